import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DELEGATION, KeyCloud } from './key-cloud';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
});
afterAll(() => cloud.stop());

const deploy = async (operation: 'CreateStack' | 'UpdateStack', StackName: string, template: object) => {
  const TemplateBody = JSON.stringify(template);
  await cloud.call('cloudformation', operation, { StackName, TemplateBody });
  const { Stacks } = await cloud.call('cloudformation', 'DescribeStacks', { StackName });
  const { StackStatus, Outputs = [] } = Stacks[0];
  const outputs: Record<string, string> = {};
  for (const { OutputKey, OutputValue } of Outputs) outputs[OutputKey] = OutputValue;
  return { status: StackStatus, outputs };
};
const reasons = async (StackName: string): Promise<string> => {
  const { StackEvents } = await cloud.call('cloudformation', 'DescribeStackEvents', { StackName });
  return StackEvents.map(({ ResourceStatusReason = '' }) => ResourceStatusReason).join('\n');
};

const keyStack = (key: object, alias = 'alias/app') => ({
  Resources: {
    Key: {
      Type: 'AWS::KMS::Key',
      Properties: { KeyPolicy: { Version: '2012-10-17', Statement: [DELEGATION] }, ...key },
    },
    Alias: {
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: alias, TargetKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    },
  },
  Outputs: {
    Id: { Value: { Ref: 'Key' } },
    Arn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    Alias: { Value: { Ref: 'Alias' } },
  },
});

test('a key with its alias is made, changed in place, and scheduled for deletion with its stack', async () => {
  const Tags = [{ Key: 'team', Value: 'orders' }];
  const { status, outputs } = await deploy('CreateStack', 'keys', keyStack({ EnableKeyRotation: true, Tags }));
  expect(status).toBe('CREATE_COMPLETE');
  const KeyId = outputs.Id as string;
  expect(outputs).toMatchObject({ Arn: expect.stringContaining(`key/${KeyId}`), Alias: 'alias/app' });
  expect(await cloud.kms('GetKeyRotationStatus', { KeyId })).toMatchObject({ KeyRotationEnabled: true });
  const changed = await deploy(
    'UpdateStack',
    'keys',
    keyStack(
      { Description: 'changed', Enabled: false, EnableKeyRotation: 'false', PendingWindowInDays: 7 },
      'alias/other',
    ),
  );
  expect(changed).toMatchObject({ status: 'UPDATE_COMPLETE', outputs: { Id: KeyId, Alias: 'alias/other' } });
  expect((await cloud.kms('DescribeKey', { KeyId: 'alias/other' })).KeyMetadata).toMatchObject({
    KeyId,
    Description: 'changed',
    KeyState: 'Disabled',
  });
  expect((await cloud.kms('ListResourceTags', { KeyId })).Tags).toEqual([]);
  expect((await cloud.kms('ListAliases', { KeyId })).Aliases).toMatchObject([{ AliasName: 'alias/other' }]);
  await cloud.call('cloudformation', 'DeleteStack', { StackName: 'keys' });
  expect((await cloud.kms('DescribeKey', { KeyId })).KeyMetadata.KeyState).toBe('PendingDeletion');
});

test('what a key is cannot be changed, and what it cannot be is refused', async () => {
  await deploy('CreateStack', 'fixed', keyStack({}, 'alias/fixed'));
  const mac = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' };
  expect((await deploy('UpdateStack', 'fixed', keyStack(mac, 'alias/fixed'))).status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await reasons('fixed')).toContain('You cannot change these properties of a KMS key: KeySpec, KeyUsage.');
  expect((await deploy('CreateStack', 'many', keyStack({ MultiRegion: true }, 'alias/many'))).status).toBe(
    'ROLLBACK_COMPLETE',
  );
  expect(await reasons('many')).toContain('MultiRegion');
});

const secretStack = (secret: object, more: object = {}) => ({
  Resources: { Secret: { Type: 'AWS::SecretsManager::Secret', Properties: secret }, ...more },
  Outputs: { Arn: { Value: { Ref: 'Secret' } } },
});
const valueIn = async (SecretId: string) =>
  (await cloud.call('secretsmanager', 'GetSecretValue', { SecretId })).SecretString as string;

test('a secret is generated as the template says, once', async () => {
  const GenerateSecretString = {
    SecretStringTemplate: '{"username":"admin"}',
    GenerateStringKey: 'password',
    PasswordLength: '20',
    ExcludePunctuation: 'true',
  };
  const { outputs } = await deploy('CreateStack', 'secrets', secretStack({ GenerateSecretString }));
  const arn = outputs.Arn as string;
  expect(arn).toMatch(/:secret:Secret-[A-Z2-7]{12}-[A-Za-z0-9]{6}$/);
  const value = await valueIn(arn);
  expect(JSON.parse(value)).toEqual({ username: 'admin', password: expect.stringMatching(/^[A-Za-z0-9]{20}$/) });
  const described = { GenerateSecretString, Description: 'the same value', Tags: [{ Key: 'a', Value: 'b' }] };
  expect((await deploy('UpdateStack', 'secrets', secretStack(described))).outputs.Arn).toBe(arn);
  expect(await valueIn(arn)).toBe(value);
  expect(await cloud.call('secretsmanager', 'DescribeSecret', { SecretId: arn })).toMatchObject({
    Description: 'the same value',
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  await deploy('UpdateStack', 'secrets', secretStack({ SecretString: 'given' }));
  expect(await valueIn(arn)).toBe('given');
  await cloud.call('cloudformation', 'DeleteStack', { StackName: 'secrets' });
  await expect(valueIn(arn)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});

test('a secret has a key and a policy of the same stack', async () => {
  const Key = { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Version: '2012-10-17', Statement: [DELEGATION] } } };
  const ResourcePolicy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 'secretsmanager:DeleteSecret', Resource: '*' }],
  };
  const Policy = {
    Type: 'AWS::SecretsManager::ResourcePolicy',
    Properties: { SecretId: { Ref: 'Secret' }, ResourcePolicy },
  };
  const KmsKeyId = { 'Fn::GetAtt': ['Key', 'Arn'] };
  const template = secretStack({ Name: 'with-key', SecretString: 'x', KmsKeyId }, { Key, Policy });
  expect((await deploy('CreateStack', 'policies', template)).status).toBe('CREATE_COMPLETE');
  expect(await cloud.call('secretsmanager', 'DescribeSecret', { SecretId: 'with-key' })).toMatchObject({
    KmsKeyId: expect.stringContaining(':key/'),
  });
  const policy = await cloud.call('secretsmanager', 'GetResourcePolicy', { SecretId: 'with-key' });
  expect(JSON.parse(policy.ResourcePolicy)).toEqual(ResourcePolicy);
});

test('rotation schedules and target attachments are refused by name', async () => {
  const Rotation = { Type: 'AWS::SecretsManager::RotationSchedule', Properties: { SecretId: { Ref: 'Secret' } } };
  const { status } = await deploy('CreateStack', 'rotation', secretStack({ SecretString: 'x' }, { Rotation }));
  expect(status).toBe('ROLLBACK_COMPLETE');
  expect(await reasons('rotation')).toContain('AWS::SecretsManager::RotationSchedule');
});
