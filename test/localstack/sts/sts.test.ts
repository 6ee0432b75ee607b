import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type SmallCloud, smallCloud } from '../cloudformation/small-cloud';

let cloud: SmallCloud;
let sts: STSClient;
beforeAll(async () => {
  cloud = await smallCloud();
  sts = new STSClient(cloud.client());
});
afterAll(() => cloud.stop());

async function newRole(on: SmallCloud, RoleName: string, trusted: object): Promise<string> {
  const Statement = [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...trusted }];
  const { Role } = await on.call('iam', 'CreateRole', {
    RoleName,
    AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
  });
  return Role.Arn;
}
const assume = (RoleArn: string, more: object = {}) =>
  sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'dev', ...more }));

test('the developer is root of the account', async () => {
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '000000000000',
    Arn: 'arn:aws:iam::000000000000:root',
  });
});

test('whoever a role trusts gets its credentials, and is that role with them', async () => {
  const RoleArn = await newRole(cloud, 'trusting', { Principal: { AWS: '000000000000' } });
  const { Credentials, AssumedRoleUser } = await assume(RoleArn);
  expect(AssumedRoleUser!.Arn).toBe('arn:aws:sts::000000000000:assumed-role/trusting/dev');
  expect(Credentials!.Expiration).toEqual(new Date(cloud.clock.now() + 3_600_000));
  const asRole = new STSClient(
    cloud.client({
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    }),
  );
  expect((await asRole.send(new GetCallerIdentityCommand({}))).Arn).toBe(AssumedRoleUser!.Arn);
  await cloud.clock.advance(3_600_000);
  await expect(asRole.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'ExpiredToken',
    message: 'The security token included in the request is expired',
  });
});

test('whoever it does not trust does not', async () => {
  const forLambda = await newRole(cloud, 'for-lambda', { Principal: { Service: 'lambda.amazonaws.com' } });
  const refusal = {
    name: 'AccessDenied',
    message: expect.stringContaining('is not authorized to perform: sts:AssumeRole'),
  };
  await expect(assume(forLambda)).rejects.toMatchObject(refusal);
  await expect(assume('arn:aws:iam::000000000000:role/nobody')).rejects.toMatchObject(refusal);
  const noDeputy = await newRole(cloud, 'no-deputy', {
    Principal: { AWS: '000000000000' },
    Condition: { Null: { 'sts:ExternalId': 'true' } },
  });
  await assume(noDeputy);
  await expect(assume(noDeputy, { ExternalId: 'x' })).rejects.toMatchObject(refusal);
});

test('credentials survive a restart of the cloud', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sts-'));
  const first = await smallCloud({ dir });
  const RoleArn = await newRole(first, 'lasting', { Principal: '*' });
  const { accessKeyId, secretAccessKey } = first.registry.peer('iam').issueCredentials(RoleArn, 'session', 3600);
  await first.stop();
  const second = await smallCloud({ dir });
  expect(second.registry.peer('iam').resolve(accessKeyId)).toEqual({
    kind: 'role',
    roleArn: RoleArn,
    arn: 'arn:aws:sts::000000000000:assumed-role/lasting/session',
    session: expect.objectContaining({ userId: expect.stringMatching(/^AROA\w+:session$/) }),
  });
  expect(second.registry.peer('iam').secretOf(accessKeyId)).toBe(secretAccessKey);
  await second.stop();
  rmSync(dir, { recursive: true });
});
