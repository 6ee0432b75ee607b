import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { arnOf, LambdaBench, zip } from './lambda-bench';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench().start();
  await bench.deploy('f', says('one'), { Publish: true });
  await publish(says('two'));
});
afterEach(() => bench.stop());

const says = (text: string) => `export const handler = async () => "${text}";`;

async function publish(source: string): Promise<void> {
  await bench.run('UpdateFunctionCode', { FunctionName: 'f', ZipFile: zip({ 'index.mjs': source }), Publish: true });
}

const alias = (RoutingConfig: object | undefined, FunctionVersion = '1', operation = 'CreateAlias') =>
  bench.run(operation, { FunctionName: 'f', Name: 'live', FunctionVersion, ...(RoutingConfig && { RoutingConfig }) });

const weighted = (weight: unknown, version = '2') => ({ AdditionalVersionWeights: { [version]: weight } });

/** What the alias answers, with the version that the answer names. */
async function answers(times: number): Promise<string[]> {
  const seen: string[] = [];
  for (let n = 0; n < times; n++) {
    const reply = await bench.raw('f:live', Buffer.from('{}'));
    seen.push(`${reply.headers?.['x-amz-executed-version']} says ${JSON.parse(String(reply.body))}`);
  }
  return seen;
}

test('the additional version takes its share of the invocations, and the answer names the version', async () => {
  await alias(weighted(0.5));
  expect(new Set(await answers(60))).toEqual(new Set(['1 says one', '2 says two']));
});

test.each([
  [0, '1 says one'],
  [1, '2 says two'],
])('a weight of %d leaves no choice', async (weight, only) => {
  await alias(weighted(weight));
  expect(new Set(await answers(8))).toEqual(new Set([only]));
});

test('asynchronous events are shared out too', async () => {
  await alias(weighted(1));
  await bench.run('PutFunctionEventInvokeConfig', {
    FunctionName: 'f',
    Qualifier: 'live',
    DestinationConfig: { OnSuccess: { Destination: 'arn:aws:events:us-east-1:000000000000:event-bus/b' } },
  });
  await bench.invoke('f:live', {}, { 'x-amz-invocation-type': 'Event' });
  await bench.idle();
  expect(JSON.parse(bench.bus.entries[0]!.detail)).toMatchObject({
    responseContext: { executedVersion: '2' },
    responsePayload: 'two',
  });
});

test('weights are shown, kept by other changes, and taken away', async () => {
  expect(await alias(weighted(0.25))).toMatchObject({ RoutingConfig: weighted(0.25) });
  await bench.run('UpdateAlias', { FunctionName: 'f', Name: 'live', Description: 'canary' });
  const shown = await bench.run('GetAlias', { FunctionName: 'f', Name: 'live' });
  expect(shown).toMatchObject({ Description: 'canary', RoutingConfig: weighted(0.25) });
  expect((await bench.run('ListAliases', { FunctionName: 'f', FunctionVersion: '2' })).Aliases).toHaveLength(1);
  await expect(bench.run('DeleteFunction', { FunctionName: 'f', Qualifier: '2' })).rejects.toMatchObject({
    code: 'ResourceConflictException',
  });
  expect(await alias({ AdditionalVersionWeights: {} }, '2', 'UpdateAlias')).not.toHaveProperty('RoutingConfig');
});

describe('weights that Lambda refuses', () => {
  test.each([
    ['two versions besides', { AdditionalVersionWeights: { 2: 0.1, 3: 0.1 } }, '1', 'cannot be greater than 1'],
    ['more than everything', weighted(1.1), '1', 'less than or equal to 1.0'],
    ['a weight that is none', weighted('much'), '1', 'Map value must satisfy constraint'],
    ['a version that is none', weighted(0.1, '$LATEST'), '1', 'Map keys must satisfy constraint'],
    ['the same version twice', weighted(0.1, '1'), '1', 'already included in routing configuration'],
    ['$LATEST beside another', weighted(0.1), '$LATEST', '$LATEST is not supported'],
    ['a version that is not there', weighted(0.1, '9'), '1', `Function not found: ${arnOf('f')}:9`],
  ])('%s', async (_what, routing, version, message) => {
    await expect(alias(routing, version)).rejects.toThrow(message);
  });

  test('versions with different roles', async () => {
    await bench.run('UpdateFunctionConfiguration', { FunctionName: 'f', Role: await bench.role('another') });
    await publish(says('three'));
    await expect(alias(weighted(0.1, '3'))).rejects.toThrow('the same execution role');
  });
});
