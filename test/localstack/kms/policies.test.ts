import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, base64, DELEGATION, KeyCloud, keyPolicy, roleArn } from './key-cloud';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
  await cloud.role('nothing');
  await cloud.role('encrypts', { Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*' });
  await cloud.role('refused', { Effect: 'Deny', Action: 'kms:*', Resource: '*' });
});
afterAll(() => cloud.stop());

const encrypt = (KeyId: string, as: string, more: object = {}) =>
  cloud.kms('Encrypt', { KeyId, Plaintext: base64('x'), ...more }, as);

const allow = (role: string, Action: string | string[], more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: roleArn(role) },
  Action,
  Resource: '*',
  ...more,
});

const deniedBecause = (role: string, action: string, arn: string, reason: string) =>
  `User: arn:aws:sts::${ACCOUNT}:assumed-role/${role}/session is not authorized to perform: ${action} on resource: ${arn} ${reason}`;

test('the default policy leaves everything to the policies of the account', async () => {
  const KeyId = await cloud.key();
  const { Policy } = await cloud.kms('GetKeyPolicy', { KeyId });
  expect(JSON.parse(Policy).Statement).toEqual([{ Sid: 'Enable IAM User Permissions', ...DELEGATION }]);
  expect(await cloud.kms('ListKeyPolicies', { KeyId })).toMatchObject({ PolicyNames: ['default'] });
  await encrypt(KeyId, 'encrypts');
  await expect(encrypt(KeyId, 'nothing')).rejects.toMatchObject({
    code: 'AccessDeniedException',
    message: deniedBecause(
      'nothing',
      'kms:Encrypt',
      KeyId,
      'because no identity-based policy allows the kms:Encrypt action',
    ),
  });
});

test('a key policy that names a role needs no other; one that leaves the account out makes its policies void', async () => {
  const named = await cloud.key({ Policy: keyPolicy(allow('nothing', 'kms:Encrypt')) });
  await encrypt(named, 'nothing');
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ ...DELEGATION, Action: ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'] }],
  });
  const closed = await cloud.key({ Policy });
  await expect(encrypt(closed, 'encrypts')).rejects.toThrow(
    deniedBecause('encrypts', 'kms:Encrypt', closed, 'because no resource-based policy allows the kms:Encrypt action'),
  );
  await expect(cloud.kms('Encrypt', { KeyId: closed, Plaintext: base64('x') })).rejects.toThrow(
    `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: kms:Encrypt`,
  );
});

test('a deny counts wherever it stands', async () => {
  const open = await cloud.key({ Policy: keyPolicy(allow('refused', 'kms:Encrypt')) });
  await expect(encrypt(open, 'refused')).rejects.toThrow('with an explicit deny in an identity-based policy');
  const closed = await cloud.key({
    Policy: keyPolicy({ ...allow('encrypts', 'kms:Encrypt'), Effect: 'Deny' }),
  });
  await expect(encrypt(closed, 'encrypts')).rejects.toThrow('with an explicit deny in a resource-based policy');
});

test('conditions ask for the context, the alias, the service and more', async () => {
  const when = (key: string, value: string) => ({ Condition: { StringEquals: { [key]: value } } });
  const cases: readonly (readonly [string, string, object, object])[] = [
    [
      'kms:EncryptionContext:tenant',
      'one',
      { EncryptionContext: { tenant: 'one' } },
      { EncryptionContext: { tenant: 'two' } },
    ],
    ['kms:RequestAlias', 'alias/conditional', { KeyId: 'alias/conditional' }, {}],
    ['kms:CallerAccount', ACCOUNT, {}, { KeyId: 'unknown' }],
    ['kms:EncryptionAlgorithm', 'SYMMETRIC_DEFAULT', {}, { KeyId: 'unknown' }],
  ];
  const KeyId = await cloud.key();
  await cloud.kms('CreateAlias', { AliasName: 'alias/conditional', TargetKeyId: KeyId });
  for (const [key, value, fits, fitsNot] of cases) {
    await cloud.kms('PutKeyPolicy', { KeyId, Policy: keyPolicy(allow('nothing', 'kms:*', when(key, value))) });
    await encrypt(KeyId, 'nothing', fits);
    await expect(encrypt(KeyId, 'nothing', fitsNot)).rejects.toThrow();
  }
  const viaSqs = keyPolicy(allow('nothing', 'kms:*', when('kms:ViaService', 'sqs.us-east-1.amazonaws.com')));
  await cloud.kms('PutKeyPolicy', { KeyId, Policy: viaSqs });
  await expect(encrypt(KeyId, 'nothing')).rejects.toMatchObject({ code: 'AccessDeniedException' });
  await cloud.kms('Encrypt', { KeyId, Plaintext: base64('x') }, 'nothing', { via: 'sqs' });
});

test('a policy that KMS would not take is refused', async () => {
  const malformed = (Policy: string) =>
    expect(cloud.key({ Policy })).rejects.toMatchObject({ code: 'MalformedPolicyDocumentException' });
  await malformed('{');
  await malformed('[]');
  await malformed(JSON.stringify({ Version: '2012-10-17', Statement: [] }));
  await malformed(JSON.stringify({ Version: '2012-10-17', Statement: [{ ...DELEGATION, Principal: undefined }] }));
  await expect(cloud.key({ Policy: keyPolicy(allow('unknown-role', 'kms:*')) })).rejects.toThrow(
    'Policy contains a statement with one or more invalid principals.',
  );
});

test('nobody locks himself out, unless he says that he means it', async () => {
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allow('encrypts', 'kms:*')] });
  const refusal = 'The new key policy will not allow you to update the key policy in the future.';
  await expect(cloud.key({ Policy })).rejects.toThrow(refusal);
  const KeyId = await cloud.key();
  await expect(cloud.kms('PutKeyPolicy', { KeyId, Policy })).rejects.toThrow(refusal);
  await cloud.kms('PutKeyPolicy', { KeyId, Policy, BypassPolicyLockoutSafetyCheck: true });
  await expect(cloud.kms('DescribeKey', { KeyId })).rejects.toMatchObject({ code: 'AccessDeniedException' });
  expect((await cloud.kms('DescribeKey', { KeyId }, 'encrypts')).KeyMetadata.Arn).toBe(KeyId);
});

test('a grant allows what it names, within its constraints, until it is taken back', async () => {
  const KeyId = await cloud.key();
  const grant = await cloud.kms('CreateGrant', {
    KeyId,
    GranteePrincipal: roleArn('nothing'),
    Operations: ['Encrypt'],
    Constraints: { EncryptionContextSubset: { tenant: 'one' } },
    Name: 'for-tenant-one',
  });
  await encrypt(KeyId, 'nothing', { EncryptionContext: { tenant: 'one', more: 'x' } });
  await expect(encrypt(KeyId, 'nothing', { EncryptionContext: { tenant: 'two' } })).rejects.toMatchObject({
    code: 'AccessDeniedException',
  });
  await expect(cloud.kms('DescribeKey', { KeyId }, 'nothing')).rejects.toMatchObject({ code: 'AccessDeniedException' });
  expect((await cloud.kms('ListGrants', { KeyId })).Grants).toMatchObject([
    {
      KeyId,
      GrantId: grant.GrantId,
      Name: 'for-tenant-one',
      GranteePrincipal: roleArn('nothing'),
      Operations: ['Encrypt'],
    },
  ]);
  await cloud.kms('RevokeGrant', { KeyId, GrantId: grant.GrantId });
  await expect(encrypt(KeyId, 'nothing', { EncryptionContext: { tenant: 'one' } })).rejects.toMatchObject({
    code: 'AccessDeniedException',
  });
});

test('a grant is retired by whom it names for it; repeated by name it is the same grant', async () => {
  const KeyId = await cloud.key();
  const input = {
    KeyId,
    GranteePrincipal: roleArn('nothing'),
    RetiringPrincipal: roleArn('encrypts'),
    Operations: ['Decrypt'],
    Name: 'once',
  };
  const { GrantId, GrantToken } = await cloud.kms('CreateGrant', input);
  expect((await cloud.kms('CreateGrant', input)).GrantId).toBe(GrantId);
  expect((await cloud.kms('ListRetirableGrants', { RetiringPrincipal: roleArn('encrypts') })).Grants).toHaveLength(1);
  await expect(cloud.kms('RetireGrant', { GrantToken }, 'nothing')).rejects.toMatchObject({
    code: 'AccessDeniedException',
  });
  await cloud.kms('RetireGrant', { GrantToken }, 'encrypts');
  expect((await cloud.kms('ListGrants', { KeyId })).Grants).toEqual([]);
  await expect(cloud.kms('RevokeGrant', { KeyId, GrantId })).rejects.toMatchObject({ code: 'InvalidGrantIdException' });
  await expect(
    cloud.kms('Encrypt', { KeyId, Plaintext: base64('x'), GrantTokens: [GrantToken] }),
  ).rejects.toMatchObject({ code: 'InvalidGrantTokenException' });
});
