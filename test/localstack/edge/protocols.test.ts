import { describe, expect, it } from '@jest/globals';
import { AwsError } from '../../../localstack/cloud/core/aws-error';
import { decodeAwsChunked } from '../../../localstack/cloud/edge/aws-chunked';
import { credentialScope } from '../../../localstack/cloud/edge/caller';
import { encodingOf } from '../../../localstack/cloud/edge/protocols';
import { parseQueryInput } from '../../../localstack/cloud/edge/query-input';
import { RouteTable } from '../../../localstack/cloud/edge/route-table';

describe('awsQuery', () => {
  it('reads nested members and lists in the order of their numbers', () => {
    const form = new URLSearchParams(
      'Action=CreateStack&Version=2010-05-15&StackName=a&Tags.member.2.Key=y&Tags.member.1.Key=x&Tags.member.10.Key=z&A.B=c&Empty=',
    );
    expect(parseQueryInput(form)).toEqual({
      action: 'CreateStack',
      input: { StackName: 'a', Tags: [{ Key: 'x' }, { Key: 'y' }, { Key: 'z' }], A: { B: 'c' }, Empty: '' },
    });
  });

  it('writes results and errors as AWS does', () => {
    const encoding = encodingOf({ kind: 'query', apiVersion: '2010-05-15', namespace: 'http://ns/' });
    expect(encoding.result('ListStacks', { Stacks: [{ Name: '<a>' }], Missing: undefined }, 'r1').body).toBe(
      '<ListStacksResponse xmlns="http://ns/"><ListStacksResult><Stacks><member><Name>&lt;a&gt;</Name></member></Stacks>' +
        '</ListStacksResult><ResponseMetadata><RequestId>r1</RequestId></ResponseMetadata></ListStacksResponse>',
    );
    const error = encoding.error(new AwsError('ValidationError', 'Stack with id a does not exist'), 'r1');
    expect(error.status).toBe(400);
    expect(error.body).toContain('<Type>Sender</Type><Code>ValidationError</Code>');
  });
});

describe('aws-chunked bodies', () => {
  it('are put together again, signed or not, with trailers', () => {
    const framed = '5;chunk-signature=abc\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n';
    expect(decodeAwsChunked(Buffer.from(framed)).body.toString()).toBe('hello world');
  });

  it('that end too early are refused', () => {
    expect(() => decodeAwsChunked(Buffer.from('ff\r\nhello'))).toThrow('terminated unexpectedly');
  });
});

describe('REST routes', () => {
  it('match by method, take one segment or the rest, and decode it', () => {
    const table = new RouteTable([
      { method: 'GET', path: '/functions/{FunctionName}', operation: 'GetFunction' },
      { method: 'GET', path: '/tags/{Resource+}', operation: 'ListTags' },
    ]);
    expect(table.match('GET', '/functions/a%3Ab')).toMatchObject({ params: { FunctionName: 'a:b' } });
    expect(table.match('GET', '/functions/a/b')).toBeUndefined();
    expect(table.match('PUT', '/functions/a')).toBeUndefined();
    expect(table.match('GET', '/tags/arn/x')).toMatchObject({ params: { Resource: 'arn/x' } });
  });
});

describe('the credential scope', () => {
  it('comes from the header or from a presigned URL', () => {
    const credential = 'AKIA/20260101/eu-west-1/dynamodb/aws4_request';
    const wanted = { accessKeyId: 'AKIA', date: '20260101', region: 'eu-west-1', signingName: 'dynamodb' };
    const header = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=1`;
    expect(credentialScope({ authorization: header }, new URLSearchParams())).toEqual(wanted);
    expect(credentialScope({}, new URLSearchParams({ 'X-Amz-Credential': credential }))).toEqual(wanted);
    expect(credentialScope({}, new URLSearchParams())).toBeUndefined();
  });
});
