import {
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SmallCloud, smallCloud } from '../cloudformation/small-cloud';
import { bucketTools } from './world';

let cloud: SmallCloud;
let s3: S3Client;
beforeAll(async () => {
  cloud = await smallCloud();
  // Else the SDK signs the checksum of the empty body that it has, and every upload is refused, here as on AWS.
  s3 = new S3Client({ ...cloud.client(), requestChecksumCalculation: 'WHEN_REQUIRED' });
});
afterAll(() => cloud.stop());

const { newBucket, put, read } = bucketTools(() => s3);
const now = () => ({ signingDate: new Date(cloud.clock.now()) });
const codeOf = async (reply: Response) => /<Code>(.*?)<\/Code>/.exec(await reply.text())?.[1];

describe('presigned URLs', () => {
  test('let others read, write and look, until they expire by the clock', async () => {
    const Bucket = await newBucket('presigned');
    const place = { Bucket, Key: 'a key/ü+.txt' };
    const sign = (command: GetObjectCommand | PutObjectCommand | HeadObjectCommand) =>
      getSignedUrl(s3, command as GetObjectCommand, { expiresIn: 60, ...now() });
    const to = {
      put: await sign(new PutObjectCommand({ ...place, ContentType: 'text/plain' })),
      get: await sign(new GetObjectCommand({ ...place, ResponseContentType: 'text/csv' })),
      head: await sign(new HeadObjectCommand(place)),
    };
    const sent = await fetch(to.put, { method: 'PUT', body: 'hello', headers: { 'content-type': 'text/plain' } });
    expect(sent.status).toBe(200);
    const got = await fetch(to.get);
    expect([got.headers.get('content-type'), await got.text()]).toEqual(['text/csv', 'hello']);
    const looked = await fetch(to.head, { method: 'HEAD' });
    expect([looked.headers.get('content-type'), looked.headers.get('content-length')]).toEqual(['text/plain', '5']);

    await cloud.clock.advance(61_000);
    const late = await fetch(to.get);
    expect(late.status).toBe(403);
    const told = await late.text();
    expect(told).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>');
    expect(told).toContain('<X-Amz-Expires>60</X-Amz-Expires>');
  });

  test('that a role signed cannot be changed, and allow what the role may do', async () => {
    const Bucket = await newBucket('role-signed');
    await put(Bucket, 'open', '1');
    await put(Bucket, 'closed', '2');
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'sts:AssumeRole' }],
    };
    const { Role } = await cloud.call('iam', 'CreateRole', {
      RoleName: 'signer',
      AssumeRolePolicyDocument: JSON.stringify(trust),
    });
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/open` }],
    };
    await cloud.call('iam', 'PutRolePolicy', {
      RoleName: 'signer',
      PolicyName: 'read',
      PolicyDocument: JSON.stringify(policy),
    });
    const { Credentials } = await cloud.call('sts', 'AssumeRole', { RoleArn: Role.Arn, RoleSessionName: 'signer' });
    const signer = new S3Client(
      cloud.client({
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        sessionToken: Credentials.SessionToken,
      }),
    );
    const sign = (Key: string) => getSignedUrl(signer, new GetObjectCommand({ Bucket, Key }), now());
    const open = await sign('open');
    expect(await (await fetch(open)).text()).toBe('1');
    expect(await codeOf(await fetch(open.replace('/open', '/closed')))).toBe('SignatureDoesNotMatch');
    expect(await codeOf(await fetch(await sign('closed')))).toBe('AccessDenied');
  });

  test('carry headers, which are obeyed', async () => {
    const Bucket = await newBucket('hoisted');
    const sign = (client: S3Client, more: object) =>
      getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'k', ...more }), now());
    const described = await sign(s3, { Metadata: { from: 'url' }, Tagging: 'a=b' });
    expect((await fetch(described, { method: 'PUT', body: '1' })).status).toBe(200);
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).toMatchObject({
      Metadata: { from: 'url' },
      TagCount: 1,
    });
    const empty = await sign(new S3Client(cloud.client()), {});
    expect(await codeOf(await fetch(empty, { method: 'PUT', body: '2' }))).toBe('BadDigest');
    expect(await read(Bucket, 'k')).toBe('1');
  });

  test('of the older kind, which the AWS CLI makes, expire too', async () => {
    const Bucket = await newBucket('older');
    await put(Bucket, 'k', '1');
    const url = (key: string, seconds: number) =>
      `${cloud.endpoint}/${Bucket}/k?AWSAccessKeyId=${key}&Signature=abc%3D&Expires=${Math.floor(cloud.clock.now() / 1000) + seconds}`;
    expect(await (await fetch(url('test', 60))).text()).toBe('1');
    expect(await codeOf(await fetch(url('test', -1)))).toBe('AccessDenied');
  });

  test('that are not whole, or for too long, are refused', async () => {
    const Bucket = await newBucket('bad-urls');
    const url = new URL(await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'k' }), now()));
    url.searchParams.set('X-Amz-Expires', '604801');
    expect(await codeOf(await fetch(url))).toBe('AuthorizationQueryParametersError');
    url.searchParams.delete('X-Amz-Expires');
    expect(await codeOf(await fetch(url))).toBe('AuthorizationQueryParametersError');
  });
});

test.each([
  ['SIGNED.s3.localhost.localstack.cloud:4566', '/k'],
  ['SIGNED.s3.us-east-1.localhost.localstack.cloud:4566', '/k'],
  ['SIGNED.s3.amazonaws.com', '/k'],
  ['SIGNED.s3.eu-west-1.amazonaws.com', '/k'],
  ['SIGNED.localhost:4566', '/k'],
  ['s3.localhost.localstack.cloud:4566', '/SIGNED/k'],
  ['localhost:4566', '/SIGNED/k'],
])('a bucket is found by the host %s', async (host, path) => {
  const Bucket = `hosts-${host.length}-${path.length}`;
  await newBucket(Bucket);
  await put(Bucket, 'k', Bucket);
  // `fetch` sends no other host than the URL's.
  const { status, body } = await request(host.replace('SIGNED', Bucket), path.replace('SIGNED', Bucket));
  expect([status, body]).toEqual([200, Bucket]);
});

describe('browsers of other origins', () => {
  test('are told beforehand and with each answer what they may do', async () => {
    const Bucket = await newBucket('shared');
    await put(Bucket, 'k', '1');
    const ask = (method: string, headers: Record<string, string> = {}) =>
      fetch(`${cloud.endpoint}/${Bucket}/k`, {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example.com', 'access-control-request-method': method, ...headers },
      });
    expect(await codeOf(await ask('PUT'))).toBe('AccessForbidden');
    await s3.send(
      new PutBucketCorsCommand({
        Bucket,
        CORSConfiguration: {
          CORSRules: [
            {
              AllowedOrigins: ['https://*.example.com'],
              AllowedMethods: ['GET', 'PUT'],
              AllowedHeaders: ['x-amz-*'],
              ExposeHeaders: ['ETag'],
              MaxAgeSeconds: 300,
            },
          ],
        },
      }),
    );
    const allowed = await ask('PUT', { 'access-control-request-headers': 'x-amz-meta-a' });
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-methods': 'GET, PUT',
      'access-control-allow-headers': 'x-amz-meta-a',
      'access-control-expose-headers': 'ETag',
      'access-control-max-age': '300',
    });
    expect((await ask('DELETE')).status).toBe(403);
    expect((await ask('PUT', { 'access-control-request-headers': 'authorization' })).status).toBe(403);
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'k' }), now());
    const got = await fetch(url, { headers: { origin: 'https://app.example.com' } });
    expect(got.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    const foreign = await fetch(url, { headers: { origin: 'https://other.org' } });
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([200, null]);
    expect(await read(Bucket, 'k')).toBe('1');
  });
});

async function request(host: string, path: string): Promise<{ status: number | undefined; body: string }> {
  const { request: send } = await import('node:http');
  return new Promise((resolve, reject) => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';
    send(`${cloud.endpoint}${path}`, { headers: { host, authorization } }, async (reply) => {
      let body = '';
      for await (const chunk of reply) body += chunk;
      resolve({ status: reply.statusCode, body });
    })
      .on('error', reject)
      .end();
  });
}
