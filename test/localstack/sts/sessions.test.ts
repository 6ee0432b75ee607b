import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACCOUNT, JudgedCloud, type Keys, policy, roleArn, sessionArn } from '../iam/judged-cloud';

let cloud: JudgedCloud;
beforeAll(async () => {
  cloud = await JudgedCloud.start();
});
afterAll(() => cloud.stop());

const listTables = (keys: Keys) => {
  const dynamodb = new DynamoDBClient(cloud.client(keys));
  return dynamodb.send(new ListTablesCommand({})).finally(() => dynamodb.destroy());
};
const as = (keys: Keys) => new STSClient(cloud.client(keys));

describe('credentials that do not fit', () => {
  const services: [string, (keys: Keys) => Promise<unknown>][] = [
    ['DynamoDB', listTables],
    ['Lambda', (keys) => new LambdaClient(cloud.client(keys)).send(new ListFunctionsCommand({}))],
    ['SQS', (keys) => new SQSClient(cloud.client(keys)).send(new ListQueuesCommand({}))],
    ['STS', (keys) => as(keys).send(new GetCallerIdentityCommand({}))],
    ['S3', (keys) => new S3Client(cloud.client(keys)).send(new ListBucketsCommand({}))],
  ];
  let keys: Keys;
  beforeAll(async () => {
    keys = await cloud.role('anybody', [{ Action: '*' }]);
  });
  const codes = async (used: Keys) => {
    const found: [string, string, number | undefined][] = [];
    for (const [service, call] of services) {
      const { name, $metadata } = await call(used).then(
        () => ({ name: 'none', $metadata: undefined }),
        (error) => error,
      );
      found.push([service, name, $metadata?.httpStatusCode]);
    }
    return found;
  };

  test('fit, as they were issued', async () => {
    for (const [, call] of services) await call(keys);
  });

  test('signed with another secret', async () => {
    expect(await codes({ ...keys, secretAccessKey: 'guessed' })).toEqual([
      ['DynamoDB', 'InvalidSignatureException', 400],
      ['Lambda', 'InvalidSignatureException', 403],
      ['SQS', 'SignatureDoesNotMatch', 403],
      ['STS', 'SignatureDoesNotMatch', 403],
      ['S3', 'SignatureDoesNotMatch', 403],
    ]);
  });

  test('without their session token, or with another', async () => {
    const { accessKeyId, secretAccessKey } = keys;
    for (const used of [
      { accessKeyId, secretAccessKey },
      { ...keys, sessionToken: 'another' },
    ]) {
      expect(await codes(used)).toEqual([
        ['DynamoDB', 'UnrecognizedClientException', 400],
        ['Lambda', 'UnrecognizedClientException', 403],
        ['SQS', 'InvalidClientTokenId', 403],
        ['STS', 'InvalidClientTokenId', 403],
        ['S3', 'InvalidToken', 400],
      ]);
    }
  });

  test('that nobody issued', async () => {
    expect(await codes({ ...keys, accessKeyId: 'ASIA0000000000000000' })).toEqual([
      ['DynamoDB', 'UnrecognizedClientException', 400],
      ['Lambda', 'UnrecognizedClientException', 403],
      ['SQS', 'InvalidClientTokenId', 403],
      ['STS', 'InvalidClientTokenId', 403],
      ['S3', 'InvalidAccessKeyId', 403],
    ]);
  });

  test('whose time is over, by the clock of the cloud', async () => {
    const short = await cloud.assume('anybody', { DurationSeconds: 900 });
    await cloud.cloud.clock.advance(899_000);
    await listTables(short);
    await cloud.cloud.clock.advance(1_000);
    expect(await codes(short)).toEqual([
      ['DynamoDB', 'ExpiredTokenException', 400],
      ['Lambda', 'ExpiredTokenException', 403],
      ['SQS', 'ExpiredToken', 403],
      ['STS', 'ExpiredToken', 403],
      ['S3', 'ExpiredToken', 400],
    ]);
  });
});

describe('how long a session may be', () => {
  test('is what the role says, and an hour for a role that another role assumes', async () => {
    const keys = await cloud.role('long', [{ Action: 'sts:AssumeRole' }], { MaxSessionDuration: 7200 });
    await cloud.assume('long', { DurationSeconds: 7200 });
    const refusals: [number, Keys | undefined, string | RegExp][] = [
      [7201, undefined, 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'],
      [899, undefined, /Member must have value greater than or equal to 900/],
      [3601, keys, 'exceeds the 1 hour session limit for roles assumed by role chaining.'],
    ];
    for (const [DurationSeconds, by, message] of refusals) {
      await expect(cloud.assume('long', { DurationSeconds }, by)).rejects.toThrow(message);
    }
    await cloud.assume('long', { DurationSeconds: 3600 }, keys);
  });
});

describe('who may assume a role', () => {
  const make = (RoleName: string, Principal: unknown, Condition?: object) =>
    cloud.call('iam', 'CreateRole', {
      RoleName,
      AssumeRolePolicyDocument: policy({ Action: 'sts:AssumeRole', Principal, ...(Condition && { Condition }) }),
    });

  test('a role that the trust policy names, without a policy of its own', async () => {
    const keys = await cloud.role('named');
    await make('trusts-a-role', { AWS: roleArn('named') });
    await cloud.assume('trusts-a-role', {}, keys);
  });

  test('where it names the account, a role that has the permission', async () => {
    const keys = await cloud.role('some');
    await make('trusts-the-account', { AWS: ACCOUNT });
    await cloud.assume('trusts-the-account');
    await expect(cloud.assume('trusts-the-account', {}, keys)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: ${sessionArn('some')} is not authorized to perform: sts:AssumeRole on resource: ${roleArn('trusts-the-account')}`,
    });
    await cloud.grant('some', { Action: 'sts:AssumeRole', Resource: roleArn('trusts-the-account') });
    await cloud.assume('trusts-the-account', {}, keys);
  });

  test('whoever knows the external id', async () => {
    await make('external', { AWS: ACCOUNT }, { StringEquals: { 'sts:ExternalId': 'secret' } });
    await expect(cloud.assume('external')).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(cloud.assume('external', { ExternalId: 'guess' })).rejects.toMatchObject({ name: 'AccessDenied' });
    await cloud.assume('external', { ExternalId: 'secret' });
  });

  test('not by a trust policy that names a role which is not there', async () => {
    await expect(make('dangling', { AWS: roleArn('nobody') })).rejects.toThrow(
      `Invalid principal in policy: "AWS":"${roleArn('nobody')}"`,
    );
  });
});

describe('a session', () => {
  test('has the id of its role and its own name', async () => {
    const { Role } = await cloud.call('iam', 'CreateRole', {
      RoleName: 'identified',
      AssumeRolePolicyDocument: policy({ Action: 'sts:AssumeRole', Principal: '*' }),
    });
    const keys = await cloud.assume('identified', { RoleSessionName: 'me' });
    const sts = as(keys);
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      UserId: `${Role.RoleId}:me`,
      Arn: sessionArn('identified', 'me'),
      Account: ACCOUNT,
    });
    sts.destroy();
  });

  test('is limited by its policies, which give nothing', async () => {
    await cloud.role('limited', [{ Action: ['dynamodb:ListTables', 'sqs:ListQueues'] }]);
    const Policy = policy({ Action: ['sqs:*', 'lambda:*'], Resource: '*' });
    const keys = await cloud.assume('limited', { Policy });
    await new SQSClient(cloud.client(keys)).send(new ListQueuesCommand({}));
    await expect(listTables(keys)).rejects.toThrow(/because no session policy allows the dynamodb:ListTables action/);
    await expect(new LambdaClient(cloud.client(keys)).send(new ListFunctionsCommand({}))).rejects.toThrow(
      /because no identity-based policy allows/,
    );
    await listTables(await cloud.assume('limited'));
    await expect(cloud.assume('limited', { Policy: '{' })).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
    });
    await expect(cloud.assume('limited', { Policy: `${Policy}${' '.repeat(2_048)}` })).rejects.toMatchObject({
      name: 'PackedPolicyTooLargeException',
    });
  });

  test('has tags that policies know, for whoever may set them', async () => {
    const mine = { StringEquals: { 'aws:PrincipalTag/Team': 'blue' } };
    await cloud.role('tagged', [{ Action: 'dynamodb:*', Condition: mine }], { Tags: [{ Key: 'team', Value: 'blue' }] });
    await listTables(await cloud.assume('tagged'));
    const Tags = [{ Key: 'Team', Value: 'red' }];
    await expect(listTables(await cloud.assume('tagged', { Tags }))).rejects.toThrow(/no identity-based policy/);
    await cloud.call('iam', 'CreateRole', {
      RoleName: 'untaggable',
      AssumeRolePolicyDocument: policy({ Action: 'sts:AssumeRole', Principal: '*' }),
    });
    await expect(cloud.assume('untaggable', { Tags })).rejects.toThrow(/sts:TagSession/);
    const twice = [...Tags, { Key: 'TEAM', Value: 'blue' }];
    await expect(cloud.assume('tagged', { Tags: twice })).rejects.toThrow(/Duplicate tag keys/);
  });

  test('says nothing of multi-factor devices or source identities', async () => {
    const sts = new STSClient(cloud.client());
    const input = { RoleArn: roleArn('limited'), RoleSessionName: 'session' };
    for (const more of [{ SourceIdentity: 'me' }, { SerialNumber: 'arn:aws:iam::0:mfa/x', TokenCode: '123456' }]) {
      await expect(sts.send(new AssumeRoleCommand({ ...input, ...more }))).rejects.toThrow(/is not implemented/);
    }
    sts.destroy();
  });
});
