import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, base64, DAY, KeyCloud, roleArn } from './key-cloud';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
});
afterAll(() => cloud.stop());

test('a key is as AWS describes it', async () => {
  const arn = await cloud.key({ Description: 'orders', Tags: [{ TagKey: 'team', TagValue: 'orders' }] });
  const KeyId = arn.split('/')[1];
  expect((await cloud.kms('DescribeKey', { KeyId })).KeyMetadata).toEqual({
    AWSAccountId: ACCOUNT,
    KeyId,
    Arn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/${KeyId}`,
    CreationDate: Date.UTC(2026, 0, 1) / 1000,
    Enabled: true,
    Description: 'orders',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: 'Enabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
    MultiRegion: false,
  });
  expect((await cloud.kms('ListResourceTags', { KeyId })).Tags).toEqual([{ TagKey: 'team', TagValue: 'orders' }]);
  await cloud.kms('TagResource', { KeyId, Tags: [{ TagKey: 'a', TagValue: '1' }] });
  await cloud.kms('UntagResource', { KeyId, TagKeys: ['team'] });
  expect((await cloud.kms('ListResourceTags', { KeyId })).Tags).toEqual([{ TagKey: 'a', TagValue: '1' }]);
  await expect(cloud.kms('TagResource', { KeyId, Tags: [{ TagKey: 'aws:x', TagValue: '' }] })).rejects.toMatchObject({
    code: 'TagException',
  });
});

test('keys are listed in pages', async () => {
  for (let i = 0; i < 3; i++) await cloud.key();
  const all = (await cloud.kms('ListKeys')).Keys;
  const first = await cloud.kms('ListKeys', { Limit: 2 });
  expect(first).toMatchObject({ Truncated: true });
  const second = await cloud.kms('ListKeys', { Limit: 100, Marker: first.NextMarker });
  expect([...first.Keys, ...second.Keys]).toEqual(all);
  expect(second.Truncated).toBe(false);
});

test('what is no key is refused in the words of AWS', async () => {
  const id = '00000000-0000-4000-8000-000000000000';
  const describe = (KeyId: string) => cloud.kms('DescribeKey', { KeyId });
  await expect(describe('fake-key-id')).rejects.toMatchObject({
    code: 'NotFoundException',
    message: "Invalid keyId 'fake-key-id'",
  });
  await expect(describe(id)).rejects.toThrow(`Key 'arn:aws:kms:us-east-1:${ACCOUNT}:key/${id}' does not exist`);
  await expect(describe(`arn:aws:kms:eu-west-1:${ACCOUNT}:key/${id}`)).rejects.toThrow('Invalid arn eu-west-1');
  await expect(describe('alias/none')).rejects.toThrow(
    `Alias arn:aws:kms:us-east-1:${ACCOUNT}:alias/none is not found.`,
  );
});

test('what is not there is refused by name', async () => {
  await expect(cloud.key({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })).rejects.toThrow('KeySpec RSA_2048');
  await expect(cloud.key({ Origin: 'EXTERNAL' })).rejects.toThrow('Origin EXTERNAL');
  await expect(cloud.key({ MultiRegion: true })).rejects.toThrow('MultiRegion');
  await expect(cloud.kms('Encrypt', { KeyId: 'x', DryRun: true })).rejects.toThrow('DryRun');
  await expect(cloud.kms('Sign', {})).rejects.toThrow('kms:Sign');
});

test('a disabled key does nothing until it is enabled', async () => {
  const KeyId = await cloud.key();
  const encrypt = () => cloud.kms('Encrypt', { KeyId, Plaintext: base64('x') });
  await cloud.kms('DisableKey', { KeyId });
  expect((await cloud.kms('DescribeKey', { KeyId })).KeyMetadata).toMatchObject({
    Enabled: false,
    KeyState: 'Disabled',
  });
  await expect(encrypt()).rejects.toMatchObject({ code: 'DisabledException', message: `${KeyId} is disabled.` });
  await cloud.kms('EnableKey', { KeyId });
  await encrypt();
});

test('a deletion waits, can be taken back, and is final when its time has come', async () => {
  const KeyId = await cloud.key();
  await cloud.kms('CreateAlias', { AliasName: 'alias/short-lived', TargetKeyId: KeyId });
  await expect(cloud.kms('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 6 })).rejects.toMatchObject({
    code: 'ValidationException',
  });
  expect(await cloud.kms('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })).toEqual({
    KeyId,
    DeletionDate: (cloud.cloud.clock.now() + 7 * DAY) / 1000,
    KeyState: 'PendingDeletion',
    PendingWindowInDays: 7,
  });
  await expect(cloud.kms('Encrypt', { KeyId, Plaintext: base64('x') })).rejects.toMatchObject({
    code: 'KMSInvalidStateException',
    message: `${KeyId} is pending deletion.`,
  });
  await expect(cloud.kms('EnableKey', { KeyId })).rejects.toMatchObject({ code: 'KMSInvalidStateException' });
  expect(await cloud.kms('CancelKeyDeletion', { KeyId })).toEqual({ KeyId });
  expect((await cloud.kms('DescribeKey', { KeyId })).KeyMetadata.KeyState).toBe('Disabled');
  await cloud.kms('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
  await cloud.cloud.controls.advance(7 * DAY);
  await expect(cloud.kms('DescribeKey', { KeyId })).rejects.toThrow('does not exist');
  expect((await cloud.kms('ListAliases')).Aliases).toEqual([]);
});

test('aliases name keys, everywhere where a key is used', async () => {
  const first = await cloud.key();
  const second = await cloud.key();
  const idOf = (arn: string) => arn.split('/')[1];
  const AliasName = 'alias/orders';
  await cloud.kms('CreateAlias', { AliasName, TargetKeyId: first });
  const describe = async (KeyId: string) => (await cloud.kms('DescribeKey', { KeyId })).KeyMetadata.Arn;
  expect(await describe(AliasName)).toBe(first);
  expect(await describe(`arn:aws:kms:us-east-1:${ACCOUNT}:${AliasName}`)).toBe(first);
  await cloud.kms('UpdateAlias', { AliasName, TargetKeyId: idOf(second) });
  expect(await describe(AliasName)).toBe(second);
  expect((await cloud.kms('ListAliases', { KeyId: second })).Aliases).toMatchObject([
    { AliasName, AliasArn: `arn:aws:kms:us-east-1:${ACCOUNT}:${AliasName}`, TargetKeyId: idOf(second) },
  ]);
  await expect(cloud.kms('CreateAlias', { AliasName, TargetKeyId: first })).rejects.toMatchObject({
    code: 'AlreadyExistsException',
  });
  await expect(cloud.kms('CreateAlias', { AliasName: 'orders', TargetKeyId: first })).rejects.toThrow(
    'Invalid identifier',
  );
  await expect(cloud.kms('CreateAlias', { AliasName: 'alias/aws/x', TargetKeyId: first })).rejects.toMatchObject({
    code: 'NotAuthorizedException',
  });
  await expect(cloud.kms('DisableKey', { KeyId: AliasName })).rejects.toThrow("Invalid keyId 'alias/orders'");
  await cloud.kms('DeleteAlias', { AliasName });
  await expect(describe(AliasName)).rejects.toMatchObject({ code: 'NotFoundException' });
});

test('the key that AWS manages for a service is there when it is asked for, and nobody uses it but through the service', async () => {
  const { KeyMetadata } = await cloud.kms('DescribeKey', { KeyId: 'alias/aws/sqs' });
  expect(KeyMetadata).toMatchObject({ KeyManager: 'AWS', KeyState: 'Enabled' });
  const encrypt = (via?: string) =>
    cloud.kms('Encrypt', { KeyId: 'alias/aws/sqs', Plaintext: base64('x') }, undefined, via ? { via } : {});
  await expect(encrypt()).rejects.toThrow('because no resource-based policy allows the kms:Encrypt action');
  await expect(encrypt('s3')).rejects.toMatchObject({ code: 'AccessDeniedException' });
  expect((await encrypt('sqs')).KeyId).toBe(KeyMetadata.Arn);
  expect((await cloud.kms('DescribeKey', { KeyId: 'alias/aws/sqs' })).KeyMetadata.KeyId).toBe(KeyMetadata.KeyId);
  await expect(cloud.kms('ScheduleKeyDeletion', { KeyId: KeyMetadata.KeyId })).rejects.toMatchObject({
    code: 'AccessDeniedException',
  });
});

test('a rotated key goes on decrypting what it has encrypted', async () => {
  const KeyId = await cloud.key();
  const status = () => cloud.kms('GetKeyRotationStatus', { KeyId });
  expect(await status()).toMatchObject({ KeyRotationEnabled: false });
  await cloud.kms('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 });
  const startedAt = cloud.cloud.clock.now();
  expect(await status()).toMatchObject({
    KeyRotationEnabled: true,
    RotationPeriodInDays: 90,
    NextRotationDate: (startedAt + 90 * DAY) / 1000,
  });
  const old = await cloud.kms('Encrypt', { KeyId, Plaintext: base64('before') });
  await cloud.cloud.controls.advance(200 * DAY);
  const { Rotations } = await cloud.kms('ListKeyRotations', { KeyId });
  expect(Rotations).toMatchObject(
    [90, 180].map((days) => ({ RotationDate: (startedAt + days * DAY) / 1000, RotationType: 'AUTOMATIC' })),
  );
  await cloud.kms('RotateKeyOnDemand', { KeyId });
  const now = await cloud.kms('Encrypt', { KeyId, Plaintext: base64('after') });
  const decrypt = async ({ CiphertextBlob }: { CiphertextBlob: string }) => cloud.kms('Decrypt', { CiphertextBlob });
  expect((await decrypt(old)).Plaintext).toBe(base64('before'));
  expect((await decrypt(now)).Plaintext).toBe(base64('after'));
  expect((await decrypt(old)).KeyMaterialId).not.toBe((await decrypt(now)).KeyMaterialId);
  await cloud.kms('DisableKeyRotation', { KeyId });
  expect(await status()).toMatchObject({ KeyRotationEnabled: false });
});

test('key material outlives the cloud', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'kms-'));
  try {
    const before = await KeyCloud.start({ dir });
    const KeyId = await before.key();
    await before.kms('CreateAlias', { AliasName: 'alias/kept', TargetKeyId: KeyId });
    const { CiphertextBlob } = await before.kms('Encrypt', { KeyId, Plaintext: base64('kept') });
    await before.kms('CreateGrant', { KeyId, GranteePrincipal: roleArn('x'), Operations: ['Decrypt'] });
    await before.stop();
    const after = await KeyCloud.start({ dir });
    expect((await after.kms('Decrypt', { CiphertextBlob, KeyId: 'alias/kept' })).Plaintext).toBe(base64('kept'));
    expect((await after.kms('ListGrants', { KeyId })).Grants).toHaveLength(1);
    await after.stop();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
