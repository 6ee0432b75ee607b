import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, KeyCloud, keyPolicy, roleArn } from '../kms/key-cloud';
import { zip } from './lambda-bench';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
  await cloud.role('run');
});
afterAll(() => cloud.stop());

const lambda = (operation: string, input: object, as?: string) => cloud.call('lambda', operation, input, as);
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
const variables = { Environment: { Variables: { GREETING: 'hello' } } };
const make = (FunctionName: string, more: object, as?: string) =>
  lambda(
    'CreateFunction',
    {
      FunctionName,
      Role: roleArn('run'),
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: zip({ 'index.js': 'exports.handler = async () => process.env.GREETING;' }) },
      ...variables,
      ...more,
    },
    as,
  );
const invoke = (name: string) => cloud.cloud.registry.peer('lambda').invoke(functionArn(name), '{}');
const grantsOf = async (KeyId: string) => (await cloud.kms('ListGrants', { KeyId })).Grants;
/** Its next invocation begins cold. */
const touch = (FunctionName: string) =>
  lambda('UpdateFunctionConfiguration', { FunctionName, Description: String(Math.random()) });

test("a function's role is granted the key of its variables, and needs no policy for it", async () => {
  const KMSKeyArn = await cloud.key();
  expect(await make('greets', { KMSKeyArn })).toMatchObject({ KMSKeyArn, ...variables });
  expect(await grantsOf(KMSKeyArn)).toEqual([
    expect.objectContaining({
      GranteePrincipal: roleArn('run'),
      Operations: ['Decrypt', 'RetireGrant'],
      Constraints: { EncryptionContextEquals: { 'aws:lambda:FunctionArn': functionArn('greets') } },
    }),
  ]);
  expect((await invoke('greets')).payload).toBe('"hello"');
  await lambda('DeleteFunction', { FunctionName: 'greets' });
  expect(await grantsOf(KMSKeyArn)).toEqual([]);
});

test('without the grant, the key, or its consent, the function does not start', async () => {
  const KMSKeyArn = await cloud.key();
  await make('locked', { KMSKeyArn });
  const failure = async () => {
    await touch('locked');
    return invoke('locked').then(
      ({ payload }) => payload,
      ({ code, status }) => `${code} ${status}`,
    );
  };
  await cloud.kms('DisableKey', { KeyId: KMSKeyArn });
  // Whoever changes nothing about the variables needs no key.
  expect(await failure()).toBe('KMSDisabledException 502');
  await cloud.kms('EnableKey', { KeyId: KMSKeyArn });
  await cloud.kms('ScheduleKeyDeletion', { KeyId: KMSKeyArn });
  expect(await failure()).toBe('KMSInvalidStateException 502');
  await cloud.kms('CancelKeyDeletion', { KeyId: KMSKeyArn });
  await cloud.kms('EnableKey', { KeyId: KMSKeyArn });
  expect(await failure()).toBe('"hello"');
  const [{ GrantId }] = await grantsOf(KMSKeyArn);
  await cloud.kms('RevokeGrant', { KeyId: KMSKeyArn, GrantId });
  expect(await failure()).toBe('KMSAccessDeniedException 502');
  await expect(invoke('locked')).rejects.toThrow(
    "Lambda was unable to decrypt the environment variables because KMS access was denied. Please check the function's KMS key settings. KMS Exception: AccessDeniedException KMS Message: User: arn:aws:sts::000000000000:assumed-role/run/locked is not authorized to perform: kms:Decrypt",
  );
  // What runs already keeps what it has decrypted.
  await lambda('UpdateFunctionConfiguration', { FunctionName: 'locked', KMSKeyArn: '' });
  expect(await failure()).toBe('"hello"');
});

test('who gives a function a key may encrypt with it and make grants of it', async () => {
  const KMSKeyArn = await cloud.key();
  const make_ = { Effect: 'Allow', Action: ['lambda:*', 'iam:PassRole'], Resource: '*' };
  await cloud.role('deployer', make_);
  await expect(make('given', { KMSKeyArn }, 'deployer')).rejects.toThrow(
    /Lambda was unable to configure access to your environment variables because the KMS access was denied.*kms:Encrypt/,
  );
  const Condition = { StringEquals: { 'kms:ViaService': 'lambda.us-east-1.amazonaws.com' } };
  const via = { Effect: 'Allow', Action: ['kms:Encrypt', 'kms:CreateGrant'], Resource: KMSKeyArn, Condition };
  await cloud.role('owner', make_, via);
  await make('given', { KMSKeyArn }, 'owner');
  const unknown = `arn:aws:kms:us-east-1:${ACCOUNT}:key/00000000-0000-0000-0000-000000000000`;
  await expect(make('other', { KMSKeyArn: unknown })).rejects.toMatchObject({
    code: 'InvalidParameterValueException',
    message: expect.stringContaining('KMS Exception: NotFoundException'),
  });
  await expect(make('other', { KMSKeyArn: 'my-key' })).rejects.toMatchObject({ code: 'ValidationException' });
});

test('who may not decrypt sees no variables, only why', async () => {
  const KMSKeyArn = await cloud.key();
  await make('shown', { KMSKeyArn });
  await cloud.role('reader', { Effect: 'Allow', Action: 'lambda:Get*', Resource: '*' });
  const seen = (as?: string) => lambda('GetFunctionConfiguration', { FunctionName: 'shown' }, as);
  expect(await seen()).toMatchObject(variables);
  expect((await seen('reader')).Environment).toEqual({
    Error: { ErrorCode: 'AccessDeniedException', Message: expect.stringContaining('kms:Decrypt') },
  });
  const { Functions } = await lambda('ListFunctions', {}, 'reader');
  expect(JSON.stringify(Functions.find(isShown))).not.toContain('hello');
  const Policy = keyPolicy({
    Effect: 'Allow',
    Principal: { AWS: roleArn('reader') },
    Action: 'kms:Decrypt',
    Resource: '*',
    Condition: { StringEquals: { 'kms:EncryptionContext:aws:lambda:FunctionArn': functionArn('shown') } },
  });
  await cloud.kms('PutKeyPolicy', { KeyId: KMSKeyArn, Policy });
  expect(await seen('reader')).toMatchObject(variables);
});
const isShown = ({ FunctionName }: { FunctionName: string }) => FunctionName === 'shown';

test('another role or key gets another grant; published versions keep theirs', async () => {
  const [one, two] = [await cloud.key(), await cloud.key()];
  await cloud.role('other');
  await make('moves', { KMSKeyArn: one, Publish: true });
  await lambda('UpdateFunctionConfiguration', { FunctionName: 'moves', Role: roleArn('other') });
  const grantees = async (key: string) =>
    (await grantsOf(key)).map(({ GranteePrincipal }: { GranteePrincipal: string }) => GranteePrincipal).sort();
  expect(await grantees(one)).toEqual([roleArn('other'), roleArn('run')]);
  await lambda('UpdateFunctionConfiguration', { FunctionName: 'moves', KMSKeyArn: two });
  expect(await grantees(one)).toEqual([roleArn('run')]);
  expect(await grantees(two)).toEqual([roleArn('other')]);
  expect((await invoke('moves')).payload).toBe('"hello"');
  expect((await invoke('moves:1')).payload).toBe('"hello"');
  await lambda('DeleteFunction', { FunctionName: 'moves', Qualifier: '1' });
  expect(await grantees(one)).toEqual([]);
});
