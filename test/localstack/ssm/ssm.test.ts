import {
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  type ParameterStringFilter,
  PutParameterCommand,
  SSMClient,
  UnlabelParameterVersionCommand,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SmallCloud, smallCloud } from '../cloudformation/small-cloud';

let cloud: SmallCloud;
let ssm: SSMClient;
beforeAll(async () => {
  cloud = await smallCloud();
  ssm = new SSMClient(cloud.client());
});
afterAll(() => cloud.stop());

const put = (Name: string, Value: string, more: object = {}) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));

test('a parameter comes back with its version', async () => {
  expect((await put('/app/one', '1', { Tags: [{ Key: 'a', Value: 'b' }] })).Version).toBe(1);
  expect((await put('/app/one', '2', { Overwrite: true })).Version).toBe(2);
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/app/one' }));
  expect(Parameter).toMatchObject({
    Name: '/app/one',
    Value: '2',
    Type: 'String',
    Version: 2,
    ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/app/one',
    LastModifiedDate: new Date(cloud.clock.now()),
  });
  const { TagList } = await ssm.send(
    new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: '/app/one' }),
  );
  expect(TagList).toEqual([{ Key: 'a', Value: 'b' }]);
});

test('it is overwritten only when that is asked for', async () => {
  await put('/once', '1');
  await expect(put('/once', '2')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
  await expect(ssm.send(new GetParameterCommand({ Name: '/never' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
});

test('several are read at once, by name or below a path', async () => {
  for (const name of ['/tree/a', '/tree/b', '/tree/deep/c']) await put(name, name);
  const some = await ssm.send(new GetParametersCommand({ Names: ['/tree/a', '/tree/x'] }));
  expect(some.Parameters!.map(({ Name }) => Name)).toEqual(['/tree/a']);
  expect(some.InvalidParameters).toEqual(['/tree/x']);
  const below = async (Recursive: boolean) =>
    (await ssm.send(new GetParametersByPathCommand({ Path: '/tree', Recursive }))).Parameters!.map(({ Name }) => Name);
  expect(await below(false)).toEqual(['/tree/a', '/tree/b']);
  expect(await below(true)).toEqual(['/tree/a', '/tree/b', '/tree/deep/c']);
  const gone = await ssm.send(new DeleteParametersCommand({ Names: ['/tree/a', '/tree/x'] }));
  expect(gone).toMatchObject({ DeletedParameters: ['/tree/a'], InvalidParameters: ['/tree/x'] });
});

describe('versions', () => {
  test('are kept, and found by number, by label and by ARN', async () => {
    for (const value of ['1', '2', '3']) await put('/kept/a', value, { Overwrite: true });
    const labelled = await ssm.send(
      new LabelParameterVersionCommand({ Name: '/kept/a', ParameterVersion: 2, Labels: ['good', '1st', 'aws-x'] }),
    );
    expect(labelled).toMatchObject({ ParameterVersion: 2, InvalidLabels: ['1st', 'aws-x'] });
    const arn = 'arn:aws:ssm:us-east-1:000000000000:parameter/kept/a';
    const value = async (Name: string) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter!.Value;
    expect(await value('/kept/a:1')).toBe('1');
    expect(await value('/kept/a:good')).toBe('2');
    expect(await value(arn)).toBe('3');
    expect(await value(`${arn}:1`)).toBe('1');
    await expect(value('/kept/a:4')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
    await ssm.send(new LabelParameterVersionCommand({ Name: '/kept/a', Labels: ['good'] }));
    expect((await ssm.send(new GetParameterCommand({ Name: '/kept/a:good' }))).Parameter).toMatchObject({
      Value: '3',
      Selector: ':good',
    });
    const { Parameters } = await ssm.send(new GetParameterHistoryCommand({ Name: '/kept/a' }));
    expect(Parameters!.map(({ Version, Value, Labels }) => [Version, Value, Labels])).toEqual([
      [1, '1', []],
      [2, '2', []],
      [3, '3', ['good']],
    ]);
    const unlabelled = await ssm.send(
      new UnlabelParameterVersionCommand({ Name: '/kept/a', ParameterVersion: 3, Labels: ['good', 'other'] }),
    );
    expect(unlabelled).toMatchObject({ RemovedLabels: ['good'], InvalidLabels: ['other'] });
  });

  test('are a hundred at most; a labelled one is not given up', async () => {
    await put('many', '1');
    await ssm.send(new LabelParameterVersionCommand({ Name: 'many', Labels: ['first'] }));
    for (let version = 2; version <= 100; version++) await cloud.call('ssm', 'PutParameter', again(version));
    await expect(cloud.call('ssm', 'PutParameter', again(101))).rejects.toMatchObject({
      code: 'ParameterMaxVersionLimitExceeded',
    });
    await ssm.send(new LabelParameterVersionCommand({ Name: 'many', Labels: ['first'] }));
    await cloud.call('ssm', 'PutParameter', again(101));
    const { Parameters } = await ssm.send(new GetParameterHistoryCommand({ Name: 'many', MaxResults: 1 }));
    expect(Parameters![0]!.Version).toBe(2);
  });
  const again = (value: number) => ({ Name: 'many', Value: String(value), Overwrite: true });
});

describe('secrets', () => {
  test('are told to who asks for them decrypted and may use their key', async () => {
    await put('/secret/a', 'hidden', { Type: 'SecureString' });
    const read = async (WithDecryption: boolean, client = ssm) =>
      (await client.send(new GetParameterCommand({ Name: '/secret/a', WithDecryption }))).Parameter!.Value;
    expect(await read(false)).not.toContain('hidden');
    expect(await read(true)).toBe('hidden');
    await expect(put('/secret/b', 'x', { Type: 'SecureString', KeyId: 'alias/none' })).rejects.toMatchObject({
      name: 'InvalidKeyId',
    });

    const { KeyMetadata } = await cloud.call('kms', 'CreateKey', {});
    await put('/secret/a', 'own', { Type: 'SecureString', KeyId: KeyMetadata.KeyId, Overwrite: true });
    const reader = await roleThatMay(['ssm:GetParameter']);
    await expect(read(true, reader)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('kms:Decrypt'),
    });
    expect(await read(false, reader)).not.toBe('own');
    expect(await read(true, await roleThatMay(['ssm:GetParameter', 'kms:Decrypt']))).toBe('own');
  });

  let roles = 0;
  async function roleThatMay(Action: string[]): Promise<SSMClient> {
    const RoleName = `reader-${++roles}`;
    const statement = (more: object) =>
      JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });
    const { Role } = await cloud.call('iam', 'CreateRole', {
      RoleName,
      AssumeRolePolicyDocument: statement({ Principal: { AWS: '000000000000' }, Action: 'sts:AssumeRole' }),
    });
    await cloud.call('iam', 'PutRolePolicy', {
      RoleName,
      PolicyName: 'p',
      PolicyDocument: statement({ Action, Resource: '*' }),
    });
    const { Credentials } = await cloud.call('sts', 'AssumeRole', { RoleArn: Role.Arn, RoleSessionName: 'test' });
    return new SSMClient(
      cloud.client({
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        sessionToken: Credentials.SessionToken,
      }),
    );
  }
});

test('filters choose among what there is, page by page', async () => {
  await put('/filtered/x', '1', { Tags: [{ Key: 'team', Value: 'a' }] });
  await put('/filtered/y', '1', { Type: 'StringList' });
  await put('/filtered/deep/z', '1', { Tier: 'Advanced' });
  const names = async (...ParameterFilters: ParameterStringFilter[]) =>
    (await ssm.send(new DescribeParametersCommand({ ParameterFilters }))).Parameters!.map(({ Name }) => Name);
  expect(await names({ Key: 'Path', Option: 'Recursive', Values: ['/filtered'] })).toHaveLength(3);
  expect(await names({ Key: 'Path', Values: ['/filtered'] })).toEqual(['/filtered/x', '/filtered/y']);
  expect(await names({ Key: 'Name', Option: 'BeginsWith', Values: ['/filtered/d'] })).toEqual(['/filtered/deep/z']);
  expect(await names({ Key: 'tag:team', Values: ['a'] })).toEqual(['/filtered/x']);
  expect(await names({ Key: 'Tier', Values: ['Advanced'] })).toEqual(['/filtered/deep/z']);
  await expect(names({ Key: 'Colour', Values: ['a'] })).rejects.toMatchObject({ name: 'InvalidFilterKey' });
  const below = (NextToken?: string) =>
    ssm.send(
      new GetParametersByPathCommand({
        Path: '/filtered',
        MaxResults: 1,
        NextToken,
        ParameterFilters: [{ Key: 'Type', Values: ['StringList', 'String'] }],
      }),
    );
  const first = await below();
  const second = await below(first.NextToken);
  expect([...first.Parameters!, ...second.Parameters!].map(({ Name }) => Name)).toEqual(['/filtered/x', '/filtered/y']);
});

test('names and values have their limits', async () => {
  const refused = (Name: string, Value: string, more: object = {}) =>
    put(Name, Value, more).then(
      () => 'accepted',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  expect(await refused('no/slash', '1')).toMatch('Parameter name must be a fully qualified name.');
  expect(await refused('/aws/mine', '1')).toMatch('AccessDeniedException: No access to reserved parameter name');
  expect(await refused('ssm-mine', '1')).toMatch(/can't be prefixed with "aws" or "ssm"/);
  expect(await refused('/a'.repeat(16), '1')).toMatch('HierarchyLevelLimitExceededException');
  expect(await refused('/big', 'x'.repeat(4097))).toMatch(/maximum parameter value of 4096 characters/);
  expect(await refused('/big', 'x'.repeat(8193), { Tier: 'Advanced' })).toMatch(/8192 characters/);
  const { Tier } = await put('/big', 'x'.repeat(4097), { Tier: 'Intelligent-Tiering' });
  expect(Tier).toBe('Advanced');
  expect(await refused('/big', 'x', { Tier: 'Standard', Overwrite: true })).toMatch(/can't downgrade/);
  expect(await refused('/pattern', 'x', { AllowedPattern: '\\d+' })).toMatch('ParameterPatternMismatchException');
  expect(await refused('/tagged', 'x', { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] })).toMatch(
    /tags and overwrite can't be used together/,
  );
});

test('policies, other data types and what AWS publishes are refused by name', async () => {
  await expect(put('/expiring', '1', { Policies: '[]' })).rejects.toThrow(/Policies is not implemented/);
  await expect(put('/image', '1', { DataType: 'aws:ec2:image' })).rejects.toThrow(/DataType aws:ec2:image/);
  const Name = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
  await expect(ssm.send(new GetParameterCommand({ Name }))).rejects.toThrow(
    /The public parameter .* is not implemented/,
  );
});
