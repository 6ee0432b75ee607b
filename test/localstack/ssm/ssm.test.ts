import {
  DeleteParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
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

test('secrets, versions gone by and other tiers are refused by name', async () => {
  await expect(put('/secret', '1', { Type: 'SecureString' })).rejects.toThrow(/Type SecureString is not implemented/);
  await expect(put('/big', '1', { Tier: 'Advanced' })).rejects.toThrow(/Tier Advanced/);
  await put('/old', '1');
  await put('/old', '2', { Overwrite: true });
  await expect(ssm.send(new GetParameterCommand({ Name: '/old:1' }))).rejects.toMatchObject({
    name: 'ParameterVersionNotFound',
  });
});
