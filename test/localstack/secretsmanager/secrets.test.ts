import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, DAY, KeyCloud, keyPolicy, roleArn } from '../kms/key-cloud';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
});
afterAll(() => cloud.stop());

let made = 0;
const token = () => `00000000-0000-4000-8000-${String(++made).padStart(12, '0')}`;
const call = (operation: string, input: object, as?: string) => cloud.call('secretsmanager', operation, input, as);
const create = (Name: string, SecretString = 'one', more: object = {}) =>
  call('CreateSecret', { Name, SecretString, ClientRequestToken: token(), ...more });
const put = (SecretId: string, SecretString: string, more: object = {}) =>
  call('PutSecretValue', { SecretId, SecretString, ClientRequestToken: token(), ...more });
const value = (SecretId: string, more: object = {}) => call('GetSecretValue', { SecretId, ...more });

test('a secret is read by name, ARN and partial ARN', async () => {
  const { ARN, VersionId } = await create('app/db');
  expect(ARN).toMatch(new RegExp(`^arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:app/db-[A-Za-z0-9]{6}$`));
  for (const id of ['app/db', ARN, ARN.slice(0, -7)]) {
    expect(await value(id)).toEqual({
      ARN,
      Name: 'app/db',
      VersionId,
      SecretString: 'one',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: cloud.cloud.clock.now() / 1000,
    });
  }
  for (const id of ['app', `${ARN}x`, ARN.replace('us-east-1', 'eu-west-1')]) {
    await expect(value(id)).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
  }
});

test('binary values come back as they were', async () => {
  const SecretBinary = Buffer.from([0, 128, 255]).toString('base64');
  await call('CreateSecret', { Name: 'binary', SecretBinary, ClientRequestToken: token() });
  expect(await value('binary')).toMatchObject({ SecretBinary });
  await expect(
    call('CreateSecret', { Name: 'both', SecretBinary, SecretString: 'x', ClientRequestToken: token() }),
  ).rejects.toMatchObject({ code: 'InvalidParameterException' });
});

test('a new value is the current one, and the last one the previous', async () => {
  const first = await create('rotating');
  const second = await put('rotating', 'two');
  expect(second.VersionStages).toEqual(['AWSCURRENT']);
  expect(await value('rotating')).toMatchObject({ SecretString: 'two', VersionId: second.VersionId });
  expect(await value('rotating', { VersionStage: 'AWSPREVIOUS' })).toMatchObject({ SecretString: 'one' });
  const third = await put('rotating', 'three', { VersionStages: ['AWSPENDING'] });
  expect(await value('rotating')).toMatchObject({ SecretString: 'two' });
  expect((await call('DescribeSecret', { SecretId: 'rotating' })).VersionIdsToStages).toEqual({
    [first.VersionId]: ['AWSPREVIOUS'],
    [second.VersionId]: ['AWSCURRENT'],
    [third.VersionId]: ['AWSPENDING'],
  });
  await call('UpdateSecretVersionStage', {
    SecretId: 'rotating',
    VersionStage: 'AWSCURRENT',
    RemoveFromVersionId: second.VersionId,
    MoveToVersionId: third.VersionId,
  });
  expect((await call('DescribeSecret', { SecretId: 'rotating' })).VersionIdsToStages).toEqual({
    [second.VersionId]: ['AWSPREVIOUS'],
    [third.VersionId]: ['AWSPENDING', 'AWSCURRENT'],
  });
  const listed = async (more: object) =>
    (await call('ListSecretVersionIds', { SecretId: 'rotating', ...more })).Versions.length;
  expect(await listed({})).toBe(2);
  expect(await listed({ IncludeDeprecated: true })).toBe(3);
  expect(await value('rotating', { VersionId: first.VersionId })).toMatchObject({ SecretString: 'one' });
});

test('labels are not lost, taken or moved by mistake', async () => {
  const { VersionId, ARN } = await create('labels');
  const other = await put('labels', 'two', { VersionStages: ['mine'] });
  const move = (input: object) => call('UpdateSecretVersionStage', { SecretId: 'labels', ...input });
  await expect(move({ VersionStage: 'AWSCURRENT', MoveToVersionId: other.VersionId })).rejects.toThrow(
    `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${VersionId}`,
  );
  await expect(move({ VersionStage: 'AWSCURRENT', RemoveFromVersionId: VersionId })).rejects.toThrow(
    "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
  );
  await move({ VersionStage: 'mine', RemoveFromVersionId: other.VersionId });
  await expect(value('labels', { VersionStage: 'mine' })).rejects.toThrow(
    "Secrets Manager can't find the specified secret value for staging label: mine",
  );
  await expect(value('labels', { VersionId, VersionStage: 'AWSPREVIOUS' })).rejects.toThrow(
    'You provided a VersionStage that is not associated to the provided VersionId.',
  );
  await expect(put('labels', 'other', { ClientRequestToken: VersionId })).rejects.toThrow(
    `You can't use ClientRequestToken ${VersionId} because that value is already in use for a version of secret ${ARN}.`,
  );
  expect((await put('labels', 'one', { ClientRequestToken: VersionId })).VersionId).toBe(VersionId);
});

test('creating is repeated safely; another secret of the name is refused', async () => {
  const ClientRequestToken = token();
  const first = await create('once', 'x', { ClientRequestToken });
  expect(await create('once', 'x', { ClientRequestToken })).toEqual(first);
  await expect(create('once')).rejects.toMatchObject({
    code: 'ResourceExistsException',
    message: 'The operation failed because the secret once already exists.',
  });
  await expect(create('in valid')).rejects.toMatchObject({ code: 'ValidationException' });
  await expect(call('CreateSecret', { Name: 'tokenless', SecretString: 'x' })).rejects.toThrow(
    'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
  );
});

test('a secret without a value gets its first one later', async () => {
  expect(await call('CreateSecret', { Name: 'empty' })).not.toHaveProperty('VersionId');
  await expect(value('empty')).rejects.toThrow(
    "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  );
  expect((await put('empty', 'x')).VersionStages).toEqual(['AWSCURRENT']);
});

test('an update changes the description, the value, or both', async () => {
  const { VersionId } = await create('updated');
  const update = (input: object) => call('UpdateSecret', { SecretId: 'updated', ...input });
  expect(await update({ Description: 'new' })).not.toHaveProperty('VersionId');
  expect(await value('updated')).toMatchObject({ VersionId });
  await update({ SecretString: 'two', ClientRequestToken: token() });
  expect(await value('updated')).toMatchObject({ SecretString: 'two' });
  expect(await call('DescribeSecret', { SecretId: 'updated' })).toMatchObject({ Description: 'new' });
});

test('a deleted secret waits, comes back when it is restored, and goes when its time has come', async () => {
  const { ARN } = await create('deleted');
  expect(await call('DeleteSecret', { SecretId: 'deleted', RecoveryWindowInDays: 7 })).toEqual({
    ARN,
    Name: 'deleted',
    DeletionDate: (cloud.cloud.clock.now() + 7 * DAY) / 1000,
  });
  await expect(value('deleted')).rejects.toMatchObject({
    code: 'InvalidRequestException',
    message: "You can't perform this operation on the secret because it was marked for deletion.",
  });
  await expect(create('deleted')).rejects.toThrow(
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  );
  await call('RestoreSecret', { SecretId: 'deleted' });
  await value('deleted');
  await call('DeleteSecret', { SecretId: 'deleted' });
  await cloud.cloud.controls.advance(30 * DAY);
  await expect(call('DescribeSecret', { SecretId: 'deleted' })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
  expect((await create('deleted')).ARN).not.toBe(ARN);
  await call('DeleteSecret', { SecretId: 'deleted', ForceDeleteWithoutRecovery: true });
  await create('deleted');
  await call('DeleteSecret', { SecretId: 'never-was', ForceDeleteWithoutRecovery: true });
  await expect(call('DeleteSecret', { SecretId: 'deleted', RecoveryWindowInDays: 6 })).rejects.toThrow(
    'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
  );
});

test('secrets are found by filters, and read in batches', async () => {
  await create('shop/orders/db', 'a', { Tags: [{ Key: 'team', Value: 'orders' }] });
  await create('shop/users/api', 'b', { Description: 'The key of the user API' });
  await create('shop/users/old', 'c');
  await call('DeleteSecret', { SecretId: 'shop/users/old' });
  const names = async (Filters: object[], more: object = {}) =>
    (await call('ListSecrets', { Filters, SortBy: 'name', ...more })).SecretList.map(
      ({ Name }: { Name: string }) => Name,
    );
  const name = { Key: 'name', Values: ['shop/'] };
  expect(await names([name])).toEqual(['shop/orders/db', 'shop/users/api']);
  expect(await names([name], { SortOrder: 'desc' })).toEqual(['shop/users/api', 'shop/orders/db']);
  expect(await names([name], { IncludePlannedDeletion: true })).toHaveLength(3);
  expect(await names([name, { Key: 'tag-key', Values: ['team'] }])).toEqual(['shop/orders/db']);
  expect(await names([name, { Key: 'tag-value', Values: ['!orders'] }])).toEqual(['shop/users/api']);
  expect(await names([{ Key: 'description', Values: ['the key'] }])).toEqual(['shop/users/api']);
  expect(await names([{ Key: 'all', Values: ['USER'] }])).toEqual(['shop/users/api']);
  const first = await call('ListSecrets', { Filters: [name], SortBy: 'name', MaxResults: 1 });
  expect(await names([name], { NextToken: first.NextToken })).toEqual(['shop/users/api']);
  const batch = await call('BatchGetSecretValue', { SecretIdList: ['shop/orders/db', 'nothing', 'shop/users/old'] });
  expect(batch).toMatchObject({
    SecretValues: [{ Name: 'shop/orders/db', SecretString: 'a' }],
    Errors: [
      { SecretId: 'nothing', ErrorCode: 'ResourceNotFoundException' },
      { SecretId: 'shop/users/old', ErrorCode: 'InvalidRequestException' },
    ],
  });
  expect((await call('BatchGetSecretValue', { Filters: [name] })).SecretValues).toHaveLength(2);
});

test('tags are put on and taken off', async () => {
  await create('tagged', 'x', { Tags: [{ Key: 'a', Value: '1' }] });
  await call('TagResource', { SecretId: 'tagged', Tags: [{ Key: 'b', Value: '2' }] });
  await call('UntagResource', { SecretId: 'tagged', TagKeys: ['a'] });
  expect((await call('DescribeSecret', { SecretId: 'tagged' })).Tags).toEqual([{ Key: 'b', Value: '2' }]);
});

test('random passwords have the length and the characters that are asked for', async () => {
  const password = async (input: object) => (await call('GetRandomPassword', input)).RandomPassword as string;
  expect(await password({})).toHaveLength(32);
  const four = await password({ PasswordLength: 4 });
  for (const type of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(four).toMatch(type);
  const digits = { ExcludeLowercase: true, ExcludeUppercase: true, ExcludePunctuation: true, ExcludeCharacters: '01' };
  expect(await password({ ...digits, PasswordLength: 200 })).toMatch(/^[2-9]{200}$/);
  expect(await password({ ...digits, IncludeSpace: true, PasswordLength: 2 })).toMatch(/ /);
  await expect(password({ PasswordLength: 3 })).rejects.toThrow(
    'Password length is too short based on the required types.',
  );
  expect(await password({ PasswordLength: 3, RequireEachIncludedType: false })).toHaveLength(3);
  await expect(password({ ...digits, ExcludeNumbers: true })).rejects.toMatchObject({
    code: 'InvalidParameterException',
  });
});

test('who may not use the key may not use the secret', async () => {
  const reads = { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' };
  await cloud.role('without-key', reads);
  await cloud.role('with-key', reads);
  const through = { StringEquals: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' } };
  const Policy = keyPolicy({
    Effect: 'Allow',
    Principal: { AWS: roleArn('with-key') },
    Action: 'kms:Decrypt',
    Resource: '*',
    Condition: through,
  });
  const KmsKeyId = await cloud.key({ Policy });
  await create('guarded', 'x', { KmsKeyId });
  expect((await call('GetSecretValue', { SecretId: 'guarded' }, 'with-key')).SecretString).toBe('x');
  await expect(call('GetSecretValue', { SecretId: 'guarded' }, 'without-key')).rejects.toMatchObject({
    code: 'AccessDeniedException',
    message: 'Access to KMS is not allowed',
  });
  // It may read, but not write.
  const input = { SecretId: 'guarded', SecretString: 'y', ClientRequestToken: token() };
  await expect(call('PutSecretValue', input, 'with-key')).rejects.toThrow('Access to KMS is not allowed');
  await cloud.kms('DisableKey', { KeyId: KmsKeyId });
  await expect(value('guarded')).rejects.toMatchObject({ code: 'DecryptionFailure' });
  await expect(create('unkeyed', 'x', { KmsKeyId: 'alias/nothing' })).rejects.toMatchObject({
    code: 'EncryptionFailure',
  });
});

test('a secret has a policy', async () => {
  await create('shared');
  await cloud.role('reader');
  const policy = (Principal: unknown) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal, Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
    });
  const ResourcePolicy = policy({ AWS: roleArn('reader') });
  const mayRead = () => cloud.judge('secretsmanager', 'GetSecretValue', { SecretId: 'shared' }, 'reader');
  expect(mayRead).toThrow('because no identity-based policy allows the secretsmanager:GetSecretValue action');
  await call('PutResourcePolicy', { SecretId: 'shared', ResourcePolicy, BlockPublicPolicy: true });
  mayRead();
  expect(await call('GetResourcePolicy', { SecretId: 'shared' })).toMatchObject({ Name: 'shared', ResourcePolicy });
  await expect(
    call('PutResourcePolicy', { SecretId: 'shared', ResourcePolicy: policy('*'), BlockPublicPolicy: true }),
  ).rejects.toMatchObject({ code: 'PublicPolicyException' });
  for (const text of ['{', '{}', '{"Statement":[{"Effect":"Allow"}]}']) {
    await expect(call('PutResourcePolicy', { SecretId: 'shared', ResourcePolicy: text })).rejects.toMatchObject({
      code: 'MalformedPolicyDocumentException',
    });
  }
  await call('DeleteResourcePolicy', { SecretId: 'shared' });
  expect(await call('GetResourcePolicy', { SecretId: 'shared' })).not.toHaveProperty('ResourcePolicy');
});

test('rotation and replication are refused by name', async () => {
  await create('plain');
  await expect(call('RotateSecret', { SecretId: 'plain' })).rejects.toThrow('secretsmanager:RotateSecret');
  await expect(create('replicated', 'x', { AddReplicaRegions: [{ Region: 'eu-west-1' }] })).rejects.toThrow(
    'AddReplicaRegions',
  );
});
