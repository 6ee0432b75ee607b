import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aws, describeWithAwsCli } from '../../support/aws-cli';
import { base64, KeyCloud } from './key-cloud';

const dir = mkdtempSync(join(tmpdir(), 'wire-'));
let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
});
afterAll(async () => {
  await cloud.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** A request as SDKs send it: JSON 1.1, with a signature that nobody checks for the developer's keys. */
async function send(service: 'kms' | 'secretsmanager', target: string, input: object): Promise<[number, unknown]> {
  const response = await fetch(cloud.cloud.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
  return [response.status, await response.json()];
}

test('KMS speaks JSON 1.1', async () => {
  const [status, made] = await send('kms', 'TrentService.CreateKey', { Description: 'wire' });
  expect([status, made]).toMatchObject([200, { KeyMetadata: { Description: 'wire' } }]);
  expect(await send('kms', 'TrentService.Decrypt', { CiphertextBlob: base64('nonsense') })).toEqual([
    400,
    { __type: 'InvalidCiphertextException', message: '' },
  ]);
  expect(await send('kms', 'TrentService.Sign', {})).toMatchObject([501, { __type: 'NotImplemented' }]);
});

test('Secrets Manager speaks JSON 1.1', async () => {
  const ClientRequestToken = '00000000-0000-4000-8000-000000000000';
  const input = { Name: 'wire', SecretString: 'x', ClientRequestToken };
  expect(await send('secretsmanager', 'secretsmanager.CreateSecret', input)).toMatchObject([200, { Name: 'wire' }]);
  expect(await send('secretsmanager', 'secretsmanager.GetSecretValue', { SecretId: 'none' })).toMatchObject([
    400,
    { __type: 'ResourceNotFoundException' },
  ]);
});

describeWithAwsCli('aws', () => {
  const run = <T = Record<string, string>>(...args: string[]) => aws<T>(cloud.cloud.endpoint, ...args);

  test('kms encrypts and decrypts', async () => {
    const AliasName = 'alias/cli';
    await cloud.kms('CreateAlias', { AliasName, TargetKeyId: await cloud.key() });
    const encrypted = await run('kms', 'encrypt', '--key-id', AliasName, '--plaintext', 'hello');
    const file = join(dir, 'ciphertext');
    writeFileSync(file, Buffer.from(encrypted.CiphertextBlob as string, 'base64'));
    const { Plaintext } = await run('kms', 'decrypt', '--ciphertext-blob', `fileb://${file}`);
    expect(Buffer.from(Plaintext as string, 'base64').toString()).toBe('hello');
  }, 60_000);

  test('secretsmanager makes and reads a secret', async () => {
    await run('secretsmanager', 'create-secret', '--name', 'cli', '--secret-string', 'hello');
    const { SecretString } = await run('secretsmanager', 'get-secret-value', '--secret-id', 'cli');
    expect(SecretString).toBe('hello');
    await expect(run('secretsmanager', 'get-secret-value', '--secret-id', 'none')).rejects.toThrow(
      "An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find the specified secret.",
    );
  }, 60_000);
});
