import {
  CreateFunctionCommand,
  DeleteLayerVersionCommand,
  GetFunctionCommand,
  GetLayerVersionCommand,
  InvokeCommand,
  LambdaClient,
  ListLayersCommand,
  ListLayerVersionsCommand,
  PublishLayerVersionCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';

let cloud: Cloud;
let lambda: LambdaClient;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  lambda = new LambdaClient({ endpoint: cloud.endpoint, region: 'us-east-1', maxAttempts: 1, credentials });
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  await cloud.registry.call(
    'iam',
    'CreateRole',
    { RoleName: 'r', AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }) },
    cloud.rootCall(),
  );
});
afterAll(() => cloud.stop());

const zip = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, source]) => [name, strToU8(source)])));
const publish = async (LayerName: string, files: Record<string, string>): Promise<string> =>
  (await lambda.send(new PublishLayerVersionCommand({ LayerName, Content: { ZipFile: zip(files) } }))).LayerVersionArn!;
const create = (FunctionName: string, files: Record<string, string>, Layers: string[]) =>
  lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Layers,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/r',
      Code: { ZipFile: zip(files) },
    }),
  );
async function run(FunctionName: string): Promise<unknown> {
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
  return JSON.parse(Buffer.from(Payload!).toString());
}
const one = { 'nodejs/node_modules/shared/index.js': "exports.name = 'one'; exports.other = () => require('other');" };
const two = {
  'nodejs/node_modules/shared/index.js': "exports.name = 'two';",
  'nodejs/node22/node_modules/other/index.js': "module.exports = 'of node 22';",
};

test('a function finds the packages of its layers, later ones over earlier ones, its own over all', async () => {
  const layers = [await publish('first', one), await publish('second', two)];
  expect(layers[0]).toBe('arn:aws:lambda:us-east-1:000000000000:layer:first:1');
  await create(
    'cjs',
    { 'index.js': "exports.handler = async () => [require('shared').name, require('other')];" },
    layers,
  );
  expect(await run('cjs')).toEqual(['two', 'of node 22']);
  await create(
    'esm',
    { 'index.mjs': "import { name } from 'shared'; export const handler = async () => name;" },
    layers,
  );
  expect(await run('esm')).toBe('two');
  const own = { 'node_modules/shared/index.js': "exports.name = 'own';" };
  await create('own', { 'index.js': "exports.handler = async () => require('shared').name;", ...own }, layers);
  expect(await run('own')).toBe('own');
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'cjs' }));
  expect(Configuration?.Layers?.map(({ Arn }) => Arn)).toEqual(layers);
});

test('other order, other code: layers are changed and taken away again', async () => {
  const layers = [await publish('a', one), await publish('b', two)];
  await create('changed', { 'index.js': "exports.handler = async () => require('shared').name;" }, layers);
  const setLayers = (Layers: string[]) =>
    lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'changed', Layers }));
  await setLayers([...layers].reverse());
  expect(await run('changed')).toBe('one');
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'changed', Description: 'as it was' }));
  expect(await run('changed')).toBe('one');
  await setLayers([]);
  expect(await run('changed')).toMatchObject({ errorMessage: expect.stringContaining("Cannot find module 'shared'") });
});

test('what lies in a layer beside packages is found below /opt', async () => {
  const layer = await publish('plain', { 'nodejs/util.js': "module.exports = 'plain file';" });
  await create('opt', { 'index.js': "exports.handler = async () => require('/opt/nodejs/util');" }, [layer]);
  expect(await run('opt')).toBe('plain file');
});

test('versions are listed, numbers are never used twice, and a function keeps what is deleted', async () => {
  const [first] = [await publish('listed', one), await publish('listed', two)];
  await create('keeps', { 'index.js': "exports.handler = async () => require('shared').name;" }, [first]);
  await lambda.send(new DeleteLayerVersionCommand({ LayerName: 'listed', VersionNumber: 1 }));
  await lambda.send(new DeleteLayerVersionCommand({ LayerName: 'listed', VersionNumber: 2 }));
  expect(await publish('listed', one)).toMatch(/:listed:3$/);
  expect(await run('keeps')).toBe('one');
  const { LayerVersions } = await lambda.send(new ListLayerVersionsCommand({ LayerName: 'listed' }));
  expect(LayerVersions?.map(({ Version }) => Version)).toEqual([3]);
  const { Layers } = await lambda.send(new ListLayersCommand({}));
  expect(Layers?.find(({ LayerName }) => LayerName === 'listed')?.LatestMatchingVersion?.Version).toBe(3);
  await expect(
    lambda.send(new GetLayerVersionCommand({ LayerName: 'listed', VersionNumber: 1 })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('what no function here could use is refused by name', async () => {
  await expect(publish('tools', { 'bin/tool': 'x', 'nodejs/a.js': '' })).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('what a layer has outside of nodejs/ (bin)'),
  });
  const missing = 'arn:aws:lambda:us-east-1:000000000000:layer:none:1';
  await expect(create('none', { 'index.js': '' }, [missing])).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: `Layer version ${missing} does not exist.`,
  });
  const foreign = 'arn:aws:lambda:us-east-1:094274105915:layer:AWSLambdaPowertoolsTypeScriptV2:1';
  await expect(create('foreign', { 'index.js': '' }, [foreign])).rejects.toMatchObject({ name: 'NotImplemented' });
});
