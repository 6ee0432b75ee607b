import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { STREAM } from './fake-streams';
import { LambdaBench, queueArn, START } from './lambda-bench';
import { seenEvents, seenVariable, writeDown } from './seen-events';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench({ stopGraceMs: 0 }).start();
});
afterEach(() => bench.stop());

/** Sums the numbers of a window. `POISON`: fails; `FORGET`: returns no state; `BIG`: a state of so many bytes. */
const SUM = `
  const numbersIn = (event) => event.Records.map((r) => Number(r.dynamodb.NewImage.n.N));
  const listed = (name) => JSON.parse(process.env[name] ?? '[]');
  export const handler = async (event) => {
    const numbers = numbersIn(event);
    ${writeDown(`{
      numbers,
      sum: event.state.sum ?? 0,
      start: event.window.start.slice(14, 19),
      ...(event.isFinalInvokeForWindow ? { final: true } : {}),
      ...(event.isWindowTerminatedEarly ? { early: true } : {}),
    }`)}
    if (event.isFinalInvokeForWindow && process.env.FINAL === 'fails') throw new Error('not yet');
    if (numbers.some((n) => listed('POISON').includes(n))) throw new Error('poison');
    if (numbers.some((n) => listed('FORGET').includes(n))) return JSON.parse(process.env.ANSWER ?? '{}');
    const state = { sum: numbers.reduce((sum, n) => sum + n, event.state.sum ?? 0) };
    if (numbers.some((n) => listed('BIG').includes(n))) state.filling = 'x'.repeat(1024 * 1024);
    const failed = event.Records.filter((r) => listed('FAILED').includes(Number(r.dynamodb.NewImage.n.N)));
    if (failed.length > 0) {
      // Only what came before the first failure counts.
      state.sum = (event.state.sum ?? 0) + numbers.slice(0, event.Records.indexOf(failed[0])).reduce((a, b) => a + b, 0);
    }
    return { state, batchItemFailures: failed.map((r) => ({ itemIdentifier: r.dynamodb.SequenceNumber })) };
  };`;

const variables = (more: Record<string, string> = {}) => ({
  Environment: { Variables: { ...seenVariable(bench), ...more } },
});
const deploy = (more: Record<string, string> = {}) => bench.deploy('f', SUM, variables(more));
const repair = (more: Record<string, string> = {}) =>
  bench.run('UpdateFunctionConfiguration', { FunctionName: 'f', ...variables(more) });

/** Windows of 10 seconds. */
const map = (settings: object = {}) =>
  bench.run('CreateEventSourceMapping', {
    EventSourceArn: STREAM,
    FunctionName: 'f',
    StartingPosition: 'TRIM_HORIZON',
    TumblingWindowInSeconds: 10,
    ...settings,
  });

const write = (...numbers: number[]) =>
  bench.streams.write(
    numbers.map((n) => ({ pk: 'p', n })),
    bench.clock.now(),
  );
const seen = () => seenEvents(bench);

/** Writes, and waits until the function has seen it. */
async function deliver(...numbers: number[]): Promise<void> {
  write(...numbers);
  await bench.idle();
}

describe('a tumbling window', () => {
  test('comes with the event: its bounds, the state, the shard, the stream, and whether it is over', async () => {
    await bench.deploy(
      'f',
      `export const handler = async (event) => { ${writeDown('event')} return { state: { n: 7 } }; };`,
      variables(),
    );
    await map();
    await bench.advance(3_000);
    await deliver(1);
    await bench.advance(7_000);
    const envelope = {
      window: { start: '2026-01-15T12:00:00Z', end: '2026-01-15T12:00:10Z' },
      shardId: 'shardId-00000001',
      eventSourceARN: STREAM,
      isWindowTerminatedEarly: false,
    };
    expect(seen()).toEqual([
      {
        Records: [expect.objectContaining({ eventID: 'event-100' })],
        state: {},
        isFinalInvokeForWindow: false,
        ...envelope,
      },
      { Records: [], state: { n: 7 }, isFinalInvokeForWindow: true, ...envelope },
    ]);
  });

  test('hands what the function returned to the next invocation, and to the last when the clock says that it is over', async () => {
    await deploy();
    await map();
    await deliver(1, 2);
    await bench.advance(9_000);
    await deliver(3);
    await bench.advance(999);
    expect(seen()).toHaveLength(2);
    await bench.advance(1);
    await deliver(4);
    expect(seen()).toEqual([
      { numbers: [1, 2], sum: 0, start: '00:00' },
      { numbers: [3], sum: 3, start: '00:00' },
      { numbers: [], sum: 6, start: '00:00', final: true },
      { numbers: [4], sum: 0, start: '00:10' },
    ]);
  });

  test('takes records by the time of their creation: no batch has records of two windows', async () => {
    await deploy();
    for (const [n, second] of [
      [1, 0],
      [2, 9],
      [3, 10],
      [4, 25],
    ] as const) {
      bench.streams.write([{ pk: 'p', n }], START + second * 1000);
    }
    await map();
    await bench.idle();
    expect(seen()).toEqual([
      { numbers: [1, 2], sum: 0, start: '00:00' },
      { numbers: [], sum: 3, start: '00:00', final: true },
      { numbers: [3], sum: 0, start: '00:10' },
      { numbers: [], sum: 3, start: '00:10', final: true },
      { numbers: [4], sum: 0, start: '00:20' },
    ]);
  });

  test('without records there is no invocation, and a batch that still gathers comes before the end', async () => {
    await deploy();
    await map({ MaximumBatchingWindowInSeconds: 60, BatchSize: 100 });
    await bench.advance(20_000);
    expect(seen()).toEqual([]);
    await deliver(1, 2);
    await bench.advance(10_000);
    expect(seen()).toEqual([
      { numbers: [1, 2], sum: 0, start: '00:20' },
      { numbers: [], sum: 3, start: '00:20', final: true },
    ]);
  });
});

describe('failure in a window', () => {
  test('is tried again with the same state', async () => {
    await deploy({ POISON: '[2]' });
    await map();
    await deliver(1);
    await deliver(2);
    await bench.advance(200);
    await repair();
    await bench.advance(400);
    expect(seen()).toEqual([
      { numbers: [1], sum: 0, start: '00:00' },
      { numbers: [2], sum: 1, start: '00:00' },
      { numbers: [2], sum: 1, start: '00:00' },
      { numbers: [2], sum: 1, start: '00:00' },
    ]);
    await bench.advance(10_000);
    expect(seen().at(-1)).toEqual({ numbers: [], sum: 3, start: '00:00', final: true });
  });

  test.each(['{}', '{"state":null}', '{"state":5}', '{"state":[]}', 'null'])(
    'an answer without a state object, %s, is one',
    async (answer) => {
      await deploy({ FORGET: '[1]', ANSWER: answer });
      await map();
      await deliver(1);
      await bench.advance(200);
      expect(seen()).toHaveLength(2);
    },
  );

  test('with MaximumRetryAttempts, a batch is given up and the state stays as it was', async () => {
    await deploy({ POISON: '[2]' });
    await bench.queue('failed');
    await map({ MaximumRetryAttempts: 1, DestinationConfig: { OnFailure: { Destination: queueArn('failed') } } });
    await deliver(1);
    await deliver(2);
    await bench.advance(200);
    await deliver(3);
    expect(seen().at(-1)).toEqual({ numbers: [3], sum: 1, start: '00:00' });
    expect(bench.messages('failed')).toHaveLength(1);
  });

  test('of the last invocation holds up everything behind it, until it succeeds', async () => {
    await deploy({ FINAL: 'fails' });
    await map();
    await deliver(1);
    await bench.advance(10_000);
    await deliver(2);
    const final = { numbers: [], sum: 1, start: '00:00', final: true };
    expect(seen().slice(1)).toEqual([final]);
    await bench.advance(200);
    expect(seen().slice(1)).toEqual([final, final]);
    await repair();
    await bench.advance(400);
    expect(seen().slice(1)).toEqual([final, final, final, { numbers: [2], sum: 0, start: '00:10' }]);
  });

  test('of the last invocation obeys MaximumRetryAttempts', async () => {
    await deploy({ FINAL: 'fails' });
    await map({ MaximumRetryAttempts: 1 });
    await deliver(1);
    await bench.advance(10_000);
    await deliver(2);
    await bench.advance(200);
    expect(
      seen()
        .slice(1)
        .map(({ final, numbers }) => final ?? numbers),
    ).toEqual([true, true, [2]]);
  });

  test('that is reported for some records keeps the state of those before them', async () => {
    await deploy({ FAILED: '[3]' });
    await map({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await deliver(1, 2, 3, 4);
    expect(seen()).toEqual([
      { numbers: [1, 2, 3, 4], sum: 0, start: '00:00' },
      { numbers: [3, 4], sum: 3, start: '00:00' },
    ]);
  });

  test('with bisect, each half gets the state that the one before it left', async () => {
    await deploy({ POISON: '[4]' });
    await map({ BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0 });
    await deliver(1, 2, 3, 4);
    expect(seen().map(({ numbers, sum }) => [numbers, sum])).toEqual([
      [[1, 2, 3, 4], 0],
      [[1, 2], 0],
      [[3, 4], 3],
      [[3], 3],
      [[4], 6],
    ]);
  });
});

test('a state above 1 MB ends the window early; what comes later in it begins with none', async () => {
  await deploy({ BIG: '[2]' });
  await map();
  await deliver(1);
  await deliver(2);
  await deliver(3);
  await bench.advance(10_000);
  expect(seen()).toEqual([
    { numbers: [1], sum: 0, start: '00:00' },
    { numbers: [2], sum: 1, start: '00:00' },
    { numbers: [], sum: 3, start: '00:00', final: true, early: true },
    { numbers: [3], sum: 0, start: '00:00' },
    { numbers: [], sum: 3, start: '00:00', final: true },
  ]);
});

describe('after a crash', () => {
  test('the state and the place in the stream are as they were, and the window ends by the clock', async () => {
    await deploy();
    await map();
    await deliver(1, 2);
    await bench.crash();
    await deliver(3);
    await bench.crash();
    await bench.advance(10_000);
    expect(seen()).toEqual([
      { numbers: [1, 2], sum: 0, start: '00:00' },
      { numbers: [3], sum: 3, start: '00:00' },
      { numbers: [], sum: 6, start: '00:00', final: true },
    ]);
  });

  test('a window that ended meanwhile ends at once', async () => {
    await deploy();
    const { UUID } = await map();
    await deliver(1);
    await bench.run('UpdateEventSourceMapping', { UUID, Enabled: false });
    await bench.advance(60_000);
    expect(seen()).toHaveLength(1);
    await bench.crash();
    await bench.run('UpdateEventSourceMapping', { UUID, Enabled: true });
    await bench.idle();
    expect(seen().at(-1)).toEqual({ numbers: [], sum: 1, start: '00:00', final: true });
  });

  test('records that others had overtaken are counted once', async () => {
    await deploy({ FAILED: '[2]' });
    bench.streams.key = 'pk';
    bench.faults.plan({ seed: 1, rules: [{ service: 'lambda', operation: 'StreamBatch', fault: 'reorder' }] });
    await map({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    const items = [1, 2, 3].map((n) => ({ pk: n === 3 ? 'b' : 'a', n }));
    bench.streams.write(items, bench.clock.now());
    await bench.idle();
    expect(seen().map(({ numbers, sum }) => [numbers, sum])).toEqual([
      [[3], 0],
      [[1, 2], 3],
      [[2], 4],
    ]);
    bench.faults.clear();
    await repair();
    await bench.crash();
    await bench.advance(10_000);
    expect(seen().at(-1)).toEqual({ numbers: [], sum: 6, start: '00:00', final: true });
  });

  test('a batch that was under way gets the state from before it', async () => {
    await deploy({ POISON: '[2]' });
    await map();
    await deliver(1);
    await deliver(2);
    await bench.crash();
    await bench.idle();
    expect(seen().slice(1)).toEqual([
      { numbers: [2], sum: 1, start: '00:00' },
      { numbers: [2], sum: 1, start: '00:00' },
    ]);
  });
});

describe('the setting', () => {
  test('is shown, can be changed, and an open window keeps its end', async () => {
    await deploy();
    const { UUID } = await map();
    await deliver(1);
    expect(await bench.run('GetEventSourceMapping', { UUID })).toMatchObject({ TumblingWindowInSeconds: 10 });
    await bench.run('UpdateEventSourceMapping', { UUID, TumblingWindowInSeconds: 30 });
    await bench.idle();
    await bench.advance(10_000);
    await deliver(2);
    expect(seen().slice(1)).toEqual([
      { numbers: [], sum: 1, start: '00:00', final: true },
      { numbers: [2], sum: 0, start: '00:00' },
    ]);
  });

  test('of 0 ends windows: no state any more', async () => {
    await bench.deploy(
      'f',
      `export const handler = async (event) => { ${writeDown('Object.keys(event)')} return { state: {} }; };`,
      variables(),
    );
    const { UUID } = await map();
    await deliver(1);
    await bench.run('UpdateEventSourceMapping', { UUID, TumblingWindowInSeconds: 0 });
    await deliver(2);
    await bench.advance(60_000);
    expect(seen().slice(1)).toEqual([['Records']]);
  });

  test('goes with one lane only', async () => {
    await deploy();
    await expect(map({ ParallelizationFactor: 2 })).rejects.toThrow('ParallelizationFactor must be 1');
    const { UUID } = await map();
    const change = bench.run('UpdateEventSourceMapping', { UUID, ParallelizationFactor: 2 });
    await expect(change).rejects.toThrow('ParallelizationFactor must be 1');
  });
});
