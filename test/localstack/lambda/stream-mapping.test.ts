import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { STREAM } from './fake-streams';
import { arnOf, LambdaBench, queueArn, START } from './lambda-bench';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench({ stopGraceMs: 0 }).start();
});
afterEach(() => bench.stop());

/** Logs the numbers of its batch; fails, or reports, as `poison` says. */
const HANDLER = `
  export const handler = async ({ Records }) => {
    const numbers = Records.map((r) => Number(r.dynamodb.NewImage.n.N));
    console.log('BATCH ' + JSON.stringify(numbers));
    const poison = JSON.parse(process.env.POISON ?? '[]');
    const bad = Records.filter((r) => poison.includes(Number(r.dynamodb.NewImage.n.N)));
    if (process.env.MODE === 'report') {
      return { batchItemFailures: bad.map((r) => ({ itemIdentifier: r.dynamodb.SequenceNumber })) };
    }
    if (bad.length > 0) throw new Error('poison');
  };`;

async function deploy(variables: Record<string, string> = {}, settings: Record<string, unknown> = {}): Promise<void> {
  await bench.deploy('f', HANDLER, { Environment: { Variables: variables }, ...settings });
}

const map = (settings: object = {}) =>
  bench.run('CreateEventSourceMapping', {
    EventSourceArn: STREAM,
    FunctionName: 'f',
    StartingPosition: 'TRIM_HORIZON',
    ...settings,
  });

const items = (...numbers: number[]) => numbers.map((n) => ({ pk: 'order#1', n }));
const write = (...numbers: number[]) => bench.streams.write(items(...numbers), bench.clock.now());

/** The batches that the function saw, in order. */
async function batches(): Promise<number[][]> {
  return (await bench.logs('f')).flatMap((line) => {
    const match = /BATCH (.*)$/.exec(line);
    return match ? [JSON.parse(match[1]!) as number[]] : [];
  });
}

describe('what the function gets', () => {
  test('records as DynamoDB Streams sends them to Lambda', async () => {
    await bench.deploy(
      'f',
      'export const handler = async (event) => { console.log("EVENT " + JSON.stringify(event)); };',
    );
    await map();
    write(1);
    await bench.idle();
    const line = (await bench.logs('f')).find((text) => text.includes('EVENT '))!;
    expect(JSON.parse(line.slice(line.indexOf('EVENT ') + 6))).toEqual({
      Records: [
        {
          eventID: 'event-100',
          eventName: 'INSERT',
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: 'us-east-1',
          dynamodb: {
            ApproximateCreationDateTime: START / 1000,
            Keys: { pk: { S: 'order#1' }, n: { N: '1' } },
            NewImage: { pk: { S: 'order#1' }, n: { N: '1' } },
            SequenceNumber: '100',
            SizeBytes: 20,
            StreamViewType: 'NEW_IMAGE',
          },
          eventSourceARN: STREAM,
        },
      ],
    });
  });

  test('from the beginning with TRIM_HORIZON', async () => {
    await deploy();
    write(1, 2);
    await map();
    write(3);
    await bench.idle();
    expect((await batches()).flat()).toEqual([1, 2, 3]);
  });

  test('only what comes later with LATEST', async () => {
    await deploy();
    write(1, 2);
    await map({ StartingPosition: 'LATEST' });
    write(3);
    await bench.idle();
    expect((await batches()).flat()).toEqual([3]);
  });

  test('at most BatchSize records at once', async () => {
    await deploy();
    write(1, 2, 3, 4, 5);
    await map({ BatchSize: 2 });
    await bench.idle();
    expect(await batches()).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('what was written while the function ran comes as one batch', async () => {
    await deploy();
    await map();
    write(1);
    await new Promise((resolve) => setImmediate(resolve));
    for (const n of [2, 3, 4]) write(n);
    await bench.idle();
    expect(await batches()).toEqual([[1], [2, 3, 4]]);
  });

  test('with a batching window, a batch waits until it is full or the window ends', async () => {
    await deploy();
    await map({ BatchSize: 3, MaximumBatchingWindowInSeconds: 10 });
    write(1);
    await bench.idle();
    await bench.advance(9_999);
    expect(await batchesOrNone()).toEqual([]);
    await bench.advance(1);
    expect(await batches()).toEqual([[1]]);
    write(2, 3, 4);
    await bench.idle();
    expect(await batches()).toEqual([[1], [2, 3, 4]]);
  });

  test('at most 6 MB at once, and a batching window does not wait for more', async () => {
    await deploy();
    await map({ MaximumBatchingWindowInSeconds: 300 });
    const megabyte = 1024 * 1024;
    // As JSON a record may be twice as large as its items.
    bench.streams.write(
      [1, 2, 3, 4].map((n) => ({ pk: 'p', n, bytes: megabyte })),
      START,
    );
    await bench.idle();
    expect(await batches()).toEqual([[1, 2]]);
    await bench.advance(300_000);
    expect(await batches()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test('what a filter sees is what the function would see', async () => {
    await deploy();
    await map({
      FilterCriteria: { Filters: [{ Pattern: `{"eventSourceARN":["${STREAM}"],"cause":[{"exists":false}]}` }] },
    });
    bench.streams.write([{ pk: 'p', n: 1, cause: '0123456789abcdef' }], START);
    await bench.idle();
    expect(await batches()).toEqual([[1]]);
  });

  test('only what fits one of the filters', async () => {
    await deploy();
    await map({
      FilterCriteria: {
        Filters: [
          { Pattern: '{"dynamodb":{"NewImage":{"n":{"N":["2"]}}}}' },
          { Pattern: '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"n":{"N":[{"prefix":"4"}]}}}}' },
        ],
      },
    });
    write(1, 2, 3, 4, 5, 41);
    await bench.idle();
    expect((await batches()).flat()).toEqual([2, 4, 41]);
  });
});

describe('order', () => {
  test('without parallelization one batch at a time', async () => {
    await bench.deploy(
      'f',
      'let at = 0; export const handler = async () => { if (at++) throw new Error("two at once"); await new Promise((r) => setTimeout(r, 10)); at--; };',
    );
    write(...Array.from({ length: 20 }, (_, n) => n));
    await map({ BatchSize: 5 });
    await bench.idle();
    expect(bench.notes.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('with parallelization items are processed side by side, each in its own order', async () => {
    // A file, because the logs of several environments do not tell what came first.
    const file = join(bench.dir, 'seen');
    await bench.deploy(
      'f',
      `import { appendFileSync } from 'node:fs';
      export const handler = async ({ Records }) => {
        await new Promise((r) => setTimeout(r, 30));
        for (const r of Records) {
          appendFileSync(process.env.SEEN, r.dynamodb.Keys.pk.S + ' ' + r.dynamodb.NewImage.n.N + '\\n');
        }
      };`,
      { Environment: { Variables: { SEEN: file } } },
    );
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    bench.streams.key = 'pk';
    for (let n = 0; n < 5; n++)
      bench.streams.write(
        keys.map((pk) => ({ pk, n })),
        START,
      );
    await map({ BatchSize: 2, ParallelizationFactor: 4 });
    let most = 0;
    const watch = bench.registry.watch(() => {
      most = Math.max(most, bench.activity.running().filter((label) => label === 'f on its stream').length);
    });
    await bench.idle();
    watch();
    expect(most).toBeGreaterThan(1);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const pairs = lines.map((line) => [line.split(' ')[0]!, Number(line.split(' ')[1])] as const);
    expect(pairs).toHaveLength(40);
    for (const key of keys) {
      expect(pairs.filter(([pk]) => pk === key).map(([, n]) => n)).toEqual([0, 1, 2, 3, 4]);
    }
  });

  test('mappings do not wait for each other', async () => {
    await deploy({ POISON: '[1]' });
    await bench.deploy('g', HANDLER);
    await map();
    await map({ FunctionName: 'g' });
    write(1);
    await bench.idle();
    expect((await bench.logs('g')).join()).toContain('BATCH [1]');
  });
});

describe('failure', () => {
  test('the same batch is tried again, with back-off by the clock, before anything later', async () => {
    await deploy({ POISON: '[2]' });
    await map({ BatchSize: 2 });
    write(1, 2, 3);
    await bench.idle();
    expect(await batches()).toEqual([[1, 2]]);
    await bench.advance(200);
    await bench.advance(400);
    expect(await batches()).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
  });

  test('MaximumRetryAttempts gives the batch up and goes on; the destination gets a pointer to it', async () => {
    await deploy({ POISON: '[2]' });
    await bench.queue('failed');
    await map({
      BatchSize: 2,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: queueArn('failed') } },
    });
    const numbers = write(1, 2, 3);
    await bench.idle();
    await bench.advance(1000);
    expect(await batches()).toEqual([[1, 2], [1, 2], [3]]);
    const [body, ...others] = bench.messages('failed').map((text) => JSON.parse(text));
    expect(others).toEqual([]);
    expect(body).toEqual({
      requestContext: {
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        functionArn: arnOf('f'),
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: new Date(START + 200).toISOString(),
      DDBStreamBatchInfo: {
        shardId: 'shardId-00000001',
        startSequenceNumber: numbers[0],
        endSequenceNumber: numbers[1],
        approximateArrivalOfFirstRecord: '2026-01-15T12:00:00Z',
        approximateArrivalOfLastRecord: '2026-01-15T12:00:00Z',
        batchSize: 2,
        streamArn: STREAM,
      },
    });
  });

  test('a batch that is given up without a destination is passed over', async () => {
    await deploy({ POISON: '[1]' });
    await map({ BatchSize: 1, MaximumRetryAttempts: 0 });
    write(1, 2);
    await bench.idle();
    expect(await batches()).toEqual([[1], [2]]);
  });

  test('BisectBatchOnFunctionError finds the one bad record, without using up retries', async () => {
    await deploy({ POISON: '[6]' });
    await bench.queue('failed');
    await map({
      BatchSize: 8,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: queueArn('failed') } },
    });
    const numbers = write(1, 2, 3, 4, 5, 6, 7, 8);
    await bench.idle();
    expect(await batches()).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4], [5, 6, 7, 8], [5, 6], [5], [6], [7, 8]]);
    const [body, ...others] = bench.messages('failed').map((text) => JSON.parse(text).DDBStreamBatchInfo);
    expect(others).toEqual([]);
    expect(body).toMatchObject({ startSequenceNumber: numbers[5], endSequenceNumber: numbers[5], batchSize: 1 });
  });

  test('records that became too old are given up', async () => {
    await deploy({ POISON: '[1,2]' });
    await bench.queue('failed');
    await map({ MaximumRecordAgeInSeconds: 60, DestinationConfig: { OnFailure: { Destination: queueArn('failed') } } });
    write(1, 2);
    await bench.idle();
    await bench.advance(59_000);
    expect(bench.messages('failed')).toEqual([]);
    write(3);
    await bench.advance(61_000);
    const bodies = bench.messages('failed').map((text) => JSON.parse(text));
    expect(bodies).toHaveLength(1);
    expect(bodies[0].requestContext.condition).toBe('RecordAgeExceeded');
    expect(bodies[0].DDBStreamBatchInfo.batchSize).toBe(2);
    expect((await batches()).at(-1)).toEqual([3]);
  });

  test('what became too old is given up among the halves of a batch that was cut in two', async () => {
    await deploy({ POISON: '[1]' });
    await bench.queue('failed');
    bench.streams.write(items(1, 2), START - 59_000);
    bench.streams.write(items(3, 4), START);
    await map({
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: queueArn('failed') } },
    });
    await bench.idle();
    await bench.advance(2_000);
    const seen = await batches();
    expect(seen.slice(0, 3)).toEqual([[1, 2, 3, 4], [1, 2], [1]]);
    expect(seen.at(-1)).toEqual([3, 4]);
    const reports = bench.messages('failed').map((text) => {
      const { requestContext, DDBStreamBatchInfo } = JSON.parse(text);
      return [requestContext.condition, DDBStreamBatchInfo.batchSize];
    });
    expect(reports).toEqual([
      ['RecordAgeExceeded', 1],
      ['RecordAgeExceeded', 1],
    ]);
  });

  test('without limits a batch is given up when the stream forgets it, after a day', async () => {
    await deploy();
    await bench.run('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 });
    await bench.queue('failed');
    await map({ DestinationConfig: { OnFailure: { Destination: queueArn('failed') } } });
    write(1);
    await bench.idle();
    await bench.advance(86_400_000);
    expect(bench.messages('failed')).toEqual([]);
    await bench.advance(120_000);
    expect(bench.messages('failed')).toHaveLength(1);
  });

  test('throttling is waited out and is no attempt', async () => {
    await deploy();
    await bench.run('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 });
    await map({ MaximumRetryAttempts: 0 });
    write(1);
    await bench.idle();
    await bench.advance(10_000);
    expect(await batchesOrNone()).toEqual([]);
    await bench.run('DeleteFunctionConcurrency', { FunctionName: 'f' });
    await bench.advance(60_000);
    expect(await batches()).toEqual([[1]]);
  });
});

describe('ReportBatchItemFailures', () => {
  const report = { FunctionResponseTypes: ['ReportBatchItemFailures'] };

  test('the lowest failed record is where the next try begins', async () => {
    await deploy({ MODE: 'report', POISON: '[3,5]' });
    await map(report);
    write(1, 2, 3, 4, 5);
    await bench.idle();
    await bench.advance(200);
    expect(await batches()).toEqual([
      [1, 2, 3, 4, 5],
      [3, 4, 5],
      [3, 4, 5],
    ]);
  });

  test('without the setting the same answer is a success', async () => {
    await deploy({ MODE: 'report', POISON: '[3]' });
    await map();
    write(1, 2, 3);
    await bench.idle();
    await bench.advance(10_000);
    expect(await batches()).toEqual([[1, 2, 3]]);
  });

  test('with bisect, one bad record among many is isolated and given up, all others are done once', async () => {
    await deploy({ MODE: 'report', POISON: '[3]' });
    await bench.queue('failed');
    await map({
      ...report,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: queueArn('failed') } },
    });
    write(1, 2, 3, 4, 5, 6);
    await bench.idle();
    await bench.advance(10_000);
    const seen = await batches();
    expect(seen[0]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(seen[1]).toEqual([3, 4, 5, 6]);
    expect(seen.filter((batch) => batch.length === 1 && batch[0] === 3)).toHaveLength(3);
    expect(bench.messages('failed')).toHaveLength(1);
    const [last] = seen.slice(-1);
    expect(last).toEqual([5, 6]);
  });

  test.each([
    ['null', true],
    ['{}', true],
    ['{"batchItemFailures":[]}', true],
    ['{"batchItemFailures":null}', true],
    ['{"batchItemFailures":[{"itemIdentifier":""}]}', false],
    ['{"batchItemFailures":[{"itemIdentifier":null}]}', false],
    ['{"batchItemFailures":[{"wrong":"100"}]}', false],
    ['{"batchItemFailures":[{"itemIdentifier":"unknown"}]}', false],
    ['"text"', false],
    ['[]', false],
    ['{"batchItemFailures":"text"}', false],
    ['{"batchItemFailures":[null]}', false],
    ['{"batchItemFailures":[{"itemIdentifier":"100"},{"itemIdentifier":""}]}', false],
    ['undefined', true],
  ])('%s means success: %s', async (answer, success) => {
    await bench.deploy('f', `export const handler = async () => (${answer});`);
    await map(report);
    write(1);
    await bench.idle();
    await bench.advance(200);
    expect(bench.notes).toHaveLength(success ? 1 : 2);
  });
});

describe('checkpoints', () => {
  test('what is done is not done again after a crash', async () => {
    await deploy();
    await map();
    write(1, 2);
    await bench.idle();
    await bench.crash();
    write(3);
    await bench.idle();
    expect(await numbersSeen()).toEqual([1, 2, 3]);
  });

  test('LATEST is fixed when the mapping is made', async () => {
    await deploy();
    write(1);
    await map({ StartingPosition: 'LATEST' });
    write(2);
    await bench.crash();
    await bench.idle();
    expect((await batches()).flat()).toEqual([2]);
  });

  test('what was not done comes again after a crash', async () => {
    await deploy({ POISON: '[2]' });
    await map({ BatchSize: 1 });
    write(1, 2);
    await bench.idle();
    await bench.crash();
    await bench.idle();
    expect(await numbersSeen()).toEqual([1, 2, 2]);
  });

  test('records that no filter takes move the checkpoint too', async () => {
    await deploy();
    await map({ FilterCriteria: { Filters: [{ Pattern: '{"eventName":["REMOVE"]}' }] } });
    write(1, 2, 3);
    await bench.idle();
    let from: string | undefined;
    const read = bench.streams.read.bind(bench.streams);
    bench.streams.read = (arn, shard, after, limit) => {
      from ??= after;
      return read(arn, shard, after, limit);
    };
    await bench.crash();
    await bench.idle();
    expect(from).toBe('102');
  });

  test('with parallelization, each lane begins where it was', async () => {
    await deploy({ POISON: '[7]' });
    await map({ BatchSize: 1, ParallelizationFactor: 4, StartingPosition: 'TRIM_HORIZON' });
    bench.streams.write(
      Array.from({ length: 12 }, (_, n) => ({ pk: `k${n}`, n })),
      START,
    );
    await bench.idle();
    await bench.run('UpdateFunctionConfiguration', { FunctionName: 'f', Environment: {} });
    await bench.crash();
    await bench.idle();
    const times = (n: number, all: number[]) => all.filter((other) => other === n).length;
    const all = (await batches()).flat();
    // What had succeeded in the other lanes does not come again.
    for (let n = 0; n < 12; n++) expect([n, times(n, all)]).toEqual([n, n === 7 ? 2 : 1]);
  });
});

describe('the life of a mapping', () => {
  test('a disabled one reads nothing, and goes on where it was when it is enabled', async () => {
    await deploy();
    const { UUID } = await map();
    write(1);
    await bench.idle();
    await bench.run('UpdateEventSourceMapping', { UUID, Enabled: false });
    write(2);
    await bench.idle();
    expect(await batches()).toEqual([[1]]);
    expect(await bench.run('GetEventSourceMapping', { UUID })).toMatchObject({ State: 'Disabled' });
    await bench.run('UpdateEventSourceMapping', { UUID, Enabled: true });
    await bench.idle();
    expect(await batches()).toEqual([[1], [2]]);
  });

  test('new settings hold from the next batch on, and no record is done twice or left out', async () => {
    await deploy();
    const { UUID } = await map({ BatchSize: 1 });
    write(1, 2, 3, 4, 5, 6);
    await new Promise((resolve) => setImmediate(resolve));
    await bench.run('UpdateEventSourceMapping', { UUID, BatchSize: 10 });
    await bench.idle();
    expect((await batches()).flat()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('a deleted one is gone, and so is its place in the stream', async () => {
    await deploy();
    const { UUID } = await map();
    write(1);
    await bench.idle();
    expect(await bench.run('DeleteEventSourceMapping', { UUID })).toMatchObject({ State: 'Deleting' });
    write(2);
    await bench.idle();
    expect(await batches()).toEqual([[1]]);
    await expect(bench.run('GetEventSourceMapping', { UUID })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    await map();
    await bench.idle();
    expect((await batches()).flat()).toEqual([1, 1, 2]);
  });

  test('a role that may not read the stream is refused when the mapping is made', async () => {
    await deploy({}, { Role: await bench.role('poor', ['logs:*']) });
    await expect(map()).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
      message: expect.stringContaining('Cannot access stream'),
    });
  });

  test('a stream that is not there is refused', async () => {
    await deploy();
    await expect(map({ EventSourceArn: `${STREAM}-other` })).rejects.toThrow('Stream not found');
  });
});

/** Sorted: the clock stands still, so the logs of environments before and after a crash do not tell their order. */
const numbersSeen = async () => (await batches()).flat().sort((a, b) => a - b);

/** As `batches`, before the function has a log group. */
const batchesOrNone = () => batches().catch(() => []);
