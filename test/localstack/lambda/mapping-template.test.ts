import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ResourceContext } from '../../../localstack/cloud/services/cloudformation/resources/handler';
import { lambdaEventSourceMapping } from '../../../localstack/cloud/services/cloudformation/resources/lambda-event-source-mapping';
import { STREAM } from './fake-streams';
import { LambdaBench } from './lambda-bench';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench({ stopGraceMs: 0 }).start();
  await bench.deploy('f', 'export const handler = async () => {};');
});
afterEach(() => bench.stop());

const context = (): ResourceContext => ({
  account: '000000000000',
  region: 'us-east-1',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/s/1',
  stackName: 's',
  capabilities: [],
  logicalId: 'M',
  type: 'AWS::Lambda::EventSourceMapping',
  principal: { kind: 'root', arn: 'arn:aws:iam::000000000000:root' },
  interrupted: new AbortController().signal,
  waitFor: (work) => work,
  call: (_service, operation, input) => bench.run(operation, input),
  newName: () => 'name',
});

const BASE = { EventSourceArn: STREAM, FunctionName: 'f', StartingPosition: 'LATEST' };

test('a template sets tumbling windows, changes them, and takes them back', async () => {
  const { physicalId } = await lambdaEventSourceMapping.create({ ...BASE, TumblingWindowInSeconds: '30' }, context());
  const get = () => bench.run('GetEventSourceMapping', { UUID: physicalId });
  expect(await get()).toMatchObject({ TumblingWindowInSeconds: 30 });
  const changed = { ...BASE, TumblingWindowInSeconds: 60 };
  await lambdaEventSourceMapping.update!(physicalId, changed, { ...BASE, TumblingWindowInSeconds: 30 }, context());
  expect(await get()).toMatchObject({ TumblingWindowInSeconds: 60 });
  await lambdaEventSourceMapping.update!(physicalId, BASE, changed, context());
  expect(await get()).toMatchObject({ TumblingWindowInSeconds: 0 });
});

test('tags change in place: another mapping of the same pair could not be made beside it', async () => {
  const before = {
    ...BASE,
    Tags: [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ],
  };
  const after = { ...BASE, Tags: [{ Key: 'b', Value: '3' }] };
  expect(lambdaEventSourceMapping.createOnly).not.toContain('Tags');
  const { physicalId, attributes } = await lambdaEventSourceMapping.create(before, context());
  await lambdaEventSourceMapping.update!(physicalId, after, before, context());
  expect(await bench.run('ListTags', { Resource: attributes!.EventSourceMappingArn })).toEqual({ Tags: { b: '3' } });
});
