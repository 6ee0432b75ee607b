import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Hop } from '../../../localstack/cloud/core/trace';
import { STREAM } from './fake-streams';
import { arnOf, LambdaBench, queueArn } from './lambda-bench';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench({ stopGraceMs: 0 }).start();
});
afterEach(() => bench.stop());

const deploy = (body: string) => bench.deploy('f', `export const handler = async (event) => { ${body} };`);
const map = (settings: object = {}) =>
  bench.run('CreateEventSourceMapping', {
    EventSourceArn: STREAM,
    FunctionName: 'f',
    StartingPosition: 'TRIM_HORIZON',
    ...settings,
  });

/** A write, as the trace knows it. */
const put = (about: string): string =>
  bench.trace.note({ service: 'dynamodb', operation: 'PutItem', target: 'Events', by: 'root', about });

const hops = (operation: string): Hop[] => bench.trace.latest(1000).filter((hop) => hop.operation === operation);
const idsOf = (found: readonly Hop[], operation: string) =>
  found.filter((hop) => hop.operation === operation).map(({ id }) => id);

describe('a batch of a stream', () => {
  test('follows from the writes of its records, each once, and is found by what one of them is about', async () => {
    await deploy('');
    const [one, two] = [put('order-1'), put('order-2')];
    bench.streams.write(
      [
        { pk: 'order-1', n: 1, cause: one },
        { pk: 'order-1', n: 2, cause: one },
        { pk: 'order-2', n: 3, cause: two },
        { pk: 'order-3', n: 4 },
      ],
      bench.clock.now(),
    );
    await map();
    await bench.idle();
    const [invocation] = hops('Invoke');
    expect(invocation).toMatchObject({ causes: [one, two], target: arnOf('f'), by: 'dynamodb', outcome: 'ok' });
    for (const order of ['order-1', 'order-3'])
      expect(idsOf(bench.trace.find(order), 'Invoke')).toEqual([invocation!.id]);
    expect(bench.trace.find('order-4')).toEqual([]);
    expect(idsOf(bench.trace.find('order-2'), 'PutItem')).toContain(two);
  });

  test('does not show the function what the trace knows', async () => {
    await deploy('console.log("KEYS " + Object.keys(event.Records[0]).includes("cause"));');
    bench.streams.write([{ pk: 'p', n: 1, cause: put('p') }], bench.clock.now());
    await map();
    await bench.idle();
    expect((await bench.logs('f')).join('\n')).toContain('KEYS false');
  });

  test('that is given up is a hop after its last invocation, and the message to the destination one after that', async () => {
    await deploy('throw new Error("no");');
    await bench.queue('failed');
    await map({ MaximumRetryAttempts: 1, DestinationConfig: { OnFailure: { Destination: queueArn('failed') } } });
    bench.streams.write([{ pk: 'order-1', n: 1, cause: put('order-1') }], bench.clock.now());
    await bench.idle();
    await bench.advance(200);
    const invocations = hops('Invoke');
    expect(invocations.map(({ outcome }) => outcome)).toEqual(['error', 'error']);
    const [discard, ...others] = hops('Discard');
    expect(others).toEqual([]);
    expect(discard).toMatchObject({
      causes: [invocations[1]!.id],
      target: queueArn('failed'),
      outcome: 'RetryAttemptsExhausted',
    });
    expect(idsOf(bench.trace.find('order-1'), 'Discard')).toEqual([discard!.id]);
  });

  test('that is given up without a destination leaves a trace all the same', async () => {
    await deploy('throw new Error("no");');
    await map({ MaximumRetryAttempts: 0 });
    bench.streams.write([{ pk: 'order-1', n: 1 }], bench.clock.now());
    await bench.idle();
    expect(hops('Discard')).toMatchObject([{ target: arnOf('f'), outcome: 'RetryAttemptsExhausted' }]);
  });

  test('that no destination takes says why', async () => {
    await deploy('throw new Error("no");');
    await bench.queue('failed');
    await map({ MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: queueArn('failed') } } });
    await bench.other('sqs', 'DeleteQueue', { QueueUrl: 'http://127.0.0.1:4566/000000000000/failed' });
    bench.streams.write([{ pk: 'order-1', n: 1 }], bench.clock.now());
    await bench.idle();
    expect(hops('Discard')).toMatchObject([{ error: expect.stringContaining('queue does not exist') }]);
  });
});

test('the last invocation for a tumbling window follows from those before it', async () => {
  await deploy('return { state: { last: "order-9" } };');
  await map({ TumblingWindowInSeconds: 10, BatchSize: 1 });
  bench.streams.write(
    [1, 2].map((n) => ({ pk: 'p', n })),
    bench.clock.now(),
  );
  await bench.idle();
  await bench.advance(10_000);
  const [one, two, last] = hops('Invoke');
  expect(last!.causes).toEqual([one!.id, two!.id]);
  expect(idsOf(bench.trace.find('order-9'), 'Invoke')).toContain(last!.id);
});

test('a batch of a queue follows from what sent its messages', async () => {
  await bench.queue('q');
  await deploy('');
  const sender = put('order-1');
  const sqs = bench.registry.peer('sqs');
  bench.trace.within(sender, () => {
    sqs.send(queueArn('q'), { body: '{"order":"order-1"}' }, bench.call.principal);
    sqs.send(queueArn('q'), { body: '{"order":"order-2"}' }, bench.call.principal);
  });
  await bench.run('CreateEventSourceMapping', { EventSourceArn: queueArn('q'), FunctionName: 'f' });
  await bench.idle();
  const [invocation] = hops('Invoke');
  // SQS may have a hop of its own between the sender and the batch.
  expect(bench.trace.find('order-2').map(({ id }) => id)).toEqual(expect.arrayContaining([sender, invocation!.id]));
  expect(invocation!.causes).toHaveLength(new Set(invocation!.causes).size);
});
