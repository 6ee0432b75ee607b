import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { base64, KeyCloud } from './key-cloud';

let cloud: KeyCloud;
let KeyId: string;
beforeAll(async () => {
  cloud = await KeyCloud.start();
  KeyId = await cloud.key();
});
afterAll(() => cloud.stop());

const EncryptionContext = { tenant: 'one', purpose: 'test' };

test('what was encrypted is decrypted with the same context, in any order, and with no other', async () => {
  const { CiphertextBlob, ...rest } = await cloud.kms('Encrypt', {
    KeyId,
    Plaintext: base64('secret'),
    EncryptionContext,
  });
  expect(rest).toEqual({ KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
  const decrypt = (more: object) => cloud.kms('Decrypt', { CiphertextBlob, ...more });
  expect(await decrypt({ EncryptionContext: { purpose: 'test', tenant: 'one' } })).toMatchObject({
    KeyId,
    Plaintext: base64('secret'),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  });
  for (const context of [{}, { tenant: 'one' }, { tenant: 'two', purpose: 'test' }]) {
    await expect(decrypt({ EncryptionContext: context })).rejects.toMatchObject({
      code: 'InvalidCiphertextException',
      message: '',
    });
  }
});

test('a ciphertext that was changed is no ciphertext', async () => {
  const { CiphertextBlob } = await cloud.kms('Encrypt', { KeyId, Plaintext: base64('secret') });
  const bytes = Buffer.from(CiphertextBlob, 'base64');
  for (const at of [0, bytes.length - 40, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 1;
    await expect(cloud.kms('Decrypt', { CiphertextBlob: changed.toString('base64') })).rejects.toMatchObject({
      code: 'InvalidCiphertextException',
    });
  }
  await expect(cloud.kms('Decrypt', { CiphertextBlob: base64('nonsense') })).rejects.toMatchObject({
    code: 'InvalidCiphertextException',
  });
});

test('the key that a caller names must be the one that encrypted', async () => {
  const other = await cloud.key();
  const { CiphertextBlob } = await cloud.kms('Encrypt', { KeyId, Plaintext: base64('secret') });
  await expect(cloud.kms('Decrypt', { CiphertextBlob, KeyId: other })).rejects.toMatchObject({
    code: 'IncorrectKeyException',
  });
  await expect(cloud.kms('Decrypt', { CiphertextBlob }, undefined, { region: 'eu-west-1' })).rejects.toMatchObject({
    code: 'AccessDeniedException',
    message: expect.stringContaining('The ciphertext refers to a customer master key that does not exist'),
  });
});

test('a data key comes in the clear and encrypted, or encrypted only', async () => {
  const made = await cloud.kms('GenerateDataKey', { KeyId, KeySpec: 'AES_256', EncryptionContext });
  expect(Buffer.from(made.Plaintext, 'base64')).toHaveLength(32);
  const { CiphertextBlob } = made;
  expect((await cloud.kms('Decrypt', { CiphertextBlob, EncryptionContext })).Plaintext).toBe(made.Plaintext);
  const hidden = await cloud.kms('GenerateDataKeyWithoutPlaintext', { KeyId, NumberOfBytes: 7 });
  expect(hidden).not.toHaveProperty('Plaintext');
  const { Plaintext } = await cloud.kms('Decrypt', { CiphertextBlob: hidden.CiphertextBlob });
  expect(Buffer.from(Plaintext, 'base64')).toHaveLength(7);
  for (const input of [{}, { KeySpec: 'AES_256', NumberOfBytes: 32 }]) {
    await expect(cloud.kms('GenerateDataKey', { KeyId, ...input })).rejects.toThrow(
      'Please specify either number of bytes or key spec.',
    );
  }
});

test('re-encrypting changes key and context without showing the plaintext', async () => {
  const to = await cloud.key();
  const { CiphertextBlob } = await cloud.kms('Encrypt', { KeyId, Plaintext: base64('secret'), EncryptionContext });
  const again = await cloud.kms('ReEncrypt', {
    CiphertextBlob,
    SourceEncryptionContext: EncryptionContext,
    DestinationKeyId: to,
    DestinationEncryptionContext: { tenant: 'two' },
  });
  expect(again).toMatchObject({ SourceKeyId: KeyId, KeyId: to });
  const input = { CiphertextBlob: again.CiphertextBlob, EncryptionContext: { tenant: 'two' } };
  expect((await cloud.kms('Decrypt', input)).Plaintext).toBe(base64('secret'));
});

test('sizes have limits', async () => {
  await expect(cloud.kms('Encrypt', { KeyId, Plaintext: base64('x'.repeat(4_097)) })).rejects.toThrow(
    "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
  );
  await expect(cloud.kms('GenerateRandom', {})).rejects.toThrow('NumberOfBytes is required.');
  await expect(cloud.kms('GenerateRandom', { NumberOfBytes: 1_025 })).rejects.toThrow(
    "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
  );
  const { Plaintext } = await cloud.kms('GenerateRandom', { NumberOfBytes: 12 });
  expect(Buffer.from(Plaintext, 'base64')).toHaveLength(12);
});

test('a key for message authentication codes signs and verifies, and does nothing else', async () => {
  const mac = await cloud.key({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  const message = { KeyId: mac, Message: base64('hello'), MacAlgorithm: 'HMAC_SHA_256' };
  const { Mac } = await cloud.kms('GenerateMac', message);
  expect(Buffer.from(Mac, 'base64')).toHaveLength(createHmac('sha256', '').digest().length);
  expect(await cloud.kms('VerifyMac', { ...message, Mac })).toMatchObject({ MacValid: true });
  await expect(cloud.kms('VerifyMac', { ...message, Message: base64('bye'), Mac })).rejects.toMatchObject({
    code: 'KMSInvalidMacException',
  });
  await expect(cloud.kms('GenerateMac', { ...message, KeyId })).rejects.toThrow(
    `${KeyId} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac.`,
  );
  await expect(cloud.kms('Encrypt', { KeyId: mac, Plaintext: base64('x') })).rejects.toMatchObject({
    code: 'InvalidKeyUsageException',
  });
  await expect(cloud.key({ KeySpec: 'HMAC_256' })).rejects.toThrow('You must specify a KeyUsage value');
});
