import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, KeyCloud, keyPolicy } from '../kms/key-cloud';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
});
afterAll(() => cloud.stop());

const logs = (operation: string, input: object) => cloud.call('logs', operation, input);
const arnOf = (name: string) => `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${name}`;
const forLogs = (arn: string) =>
  keyPolicy({
    Effect: 'Allow',
    Principal: { Service: 'logs.us-east-1.amazonaws.com' },
    Action: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    Resource: '*',
    Condition: { ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': arn } },
  });

test('a log group gets a key only when the key lets CloudWatch Logs use it', async () => {
  const logGroupName = '/app/orders';
  const kmsKeyId = await cloud.key();
  await expect(logs('CreateLogGroup', { logGroupName, kmsKeyId })).rejects.toMatchObject({
    code: 'AccessDeniedException',
    message: `The specified KMS key does not exist or is not allowed to be used with Arn '${arnOf(logGroupName)}'`,
  });
  await cloud.kms('PutKeyPolicy', { KeyId: kmsKeyId, Policy: forLogs(arnOf(logGroupName)) });
  await logs('CreateLogGroup', { logGroupName, kmsKeyId });
  const group = async () => (await logs('DescribeLogGroups', { logGroupNamePrefix: logGroupName })).logGroups[0];
  expect(await group()).toMatchObject({ kmsKeyId });
  await logs('DisassociateKmsKey', { logGroupName });
  expect(await group()).not.toHaveProperty('kmsKeyId');
  await logs('AssociateKmsKey', { logGroupName, kmsKeyId });
  await expect(logs('CreateLogGroup', { logGroupName: 'other', kmsKeyId })).rejects.toMatchObject({
    code: 'AccessDeniedException',
  });
  await expect(logs('CreateLogGroup', { logGroupName: 'other', kmsKeyId: 'alias/x' })).rejects.toMatchObject({
    code: 'InvalidParameterException',
  });
});
