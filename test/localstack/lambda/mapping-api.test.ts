import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { STREAM } from './fake-streams';
import { arnOf, LambdaBench, queueArn } from './lambda-bench';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench({ stopGraceMs: 0 }).start();
  await bench.queue('q');
  await bench.queue('q.fifo', { FifoQueue: 'true' });
  await bench.deploy('f', 'export const handler = async () => {};');
});
afterEach(() => bench.stop());

const ofStream = (settings: object = {}) =>
  bench.run('CreateEventSourceMapping', {
    EventSourceArn: STREAM,
    FunctionName: 'f',
    StartingPosition: 'TRIM_HORIZON',
    ...settings,
  });
const ofQueue = (settings: object = {}) =>
  bench.run('CreateEventSourceMapping', { EventSourceArn: queueArn('q'), FunctionName: 'f', ...settings });
const update = (UUID: string, settings: object) => bench.run('UpdateEventSourceMapping', { UUID, ...settings });
const get = (UUID: string) => bench.run('GetEventSourceMapping', { UUID });

describe('what is told of a mapping', () => {
  test('of a stream: every setting with its default', async () => {
    expect(await ofStream()).toEqual({
      UUID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      EventSourceMappingArn: expect.stringMatching(
        /^arn:aws:lambda:us-east-1:000000000000:event-source-mapping:[0-9a-f-]{36}$/,
      ),
      EventSourceArn: STREAM,
      FunctionArn: arnOf('f'),
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 1,
      BisectBatchOnFunctionError: false,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: -1,
      TumblingWindowInSeconds: 0,
      FunctionResponseTypes: [],
      DestinationConfig: { OnFailure: {} },
      LastModified: bench.clock.now() / 1000,
      LastProcessingResult: 'No records processed',
      State: 'Creating',
      StateTransitionReason: 'User action',
    });
  });

  test('of a queue: nothing about streams, and no result', async () => {
    expect(await ofQueue()).toEqual({
      UUID: expect.any(String),
      EventSourceMappingArn: expect.any(String),
      EventSourceArn: queueArn('q'),
      FunctionArn: arnOf('f'),
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: [],
      LastModified: bench.clock.now() / 1000,
      State: 'Creating',
      StateTransitionReason: 'USER_INITIATED',
    });
  });

  test('its state: Creating, Enabled, Disabling, Disabled, Enabling, Updating, Deleting', async () => {
    const { UUID } = await ofStream();
    const states = [(await get(UUID)).State];
    states.push((await update(UUID, { Enabled: false })).State, (await get(UUID)).State);
    states.push((await update(UUID, { BatchSize: 5 })).State, (await get(UUID)).State);
    states.push((await update(UUID, { Enabled: true })).State, (await get(UUID)).State);
    states.push((await update(UUID, { Enabled: true })).State);
    states.push((await bench.run('DeleteEventSourceMapping', { UUID })).State);
    expect(states).toEqual([
      'Enabled',
      'Disabling',
      'Disabled',
      'Updating',
      'Disabled',
      'Enabling',
      'Enabled',
      'Updating',
      'Deleting',
    ]);
    expect(await ofStream({ Enabled: false })).toMatchObject({ State: 'Disabled' });
  });

  test('the last result outlives a crash', async () => {
    const { UUID } = await ofStream();
    bench.streams.write([{ pk: 'p', n: 1 }], bench.clock.now());
    await bench.idle();
    await bench.crash();
    expect(await get(UUID)).toMatchObject({ LastProcessingResult: 'OK' });
  });

  test('the last result is a problem while the function fails', async () => {
    await bench.deploy('g', 'export const handler = async () => { throw new Error("no"); };');
    const { UUID } = await ofStream({ FunctionName: 'g' });
    bench.streams.write([{ pk: 'p', n: 1 }], bench.clock.now());
    await bench.idle();
    expect(await get(UUID)).toMatchObject({ LastProcessingResult: 'PROBLEM: Function call failed' });
  });

  test('one that is not there', async () => {
    const gone = { code: 'ResourceNotFoundException', message: 'The resource you requested does not exist.' };
    const UUID = '00000000-0000-4000-8000-000000000000';
    for (const operation of ['Get', 'Update', 'Delete']) {
      await expect(bench.run(`${operation}EventSourceMapping`, { UUID })).rejects.toMatchObject(gone);
    }
  });
});

describe('changing a mapping', () => {
  test('of a stream: everything but its source and where it begins', async () => {
    await bench.deploy('g', 'export const handler = async () => {};');
    await bench.queue('failed');
    const { UUID } = await ofStream();
    const settings = {
      BatchSize: 7,
      MaximumBatchingWindowInSeconds: 3,
      ParallelizationFactor: 2,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 4,
      MaximumRecordAgeInSeconds: 90,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
      DestinationConfig: { OnFailure: { Destination: queueArn('failed') } },
    };
    await update(UUID, { ...settings, FunctionName: 'g' });
    expect(await get(UUID)).toMatchObject({ ...settings, FunctionArn: arnOf('g') });
    // What is not named stays; what is named empty goes.
    await update(UUID, { BatchSize: 8 });
    expect(await get(UUID)).toMatchObject({ ...settings, BatchSize: 8 });
    await update(UUID, {
      FilterCriteria: {},
      DestinationConfig: {},
      FunctionResponseTypes: [],
      ParallelizationFactor: 1,
    });
    const after = await get(UUID);
    expect(after).toMatchObject({ DestinationConfig: { OnFailure: {} }, FunctionResponseTypes: [] });
    expect(after.FilterCriteria).toBeUndefined();
    await update(UUID, { TumblingWindowInSeconds: 30 });
    expect(await get(UUID)).toMatchObject({ TumblingWindowInSeconds: 30 });
    await expect(update(UUID, { StartingPosition: 'LATEST' })).rejects.toThrow('StartingPosition is not implemented');
  });

  test('of a queue: concurrency too, which an empty one removes', async () => {
    const { UUID } = await ofQueue({ ScalingConfig: { MaximumConcurrency: 5 } });
    expect(await get(UUID)).toMatchObject({ ScalingConfig: { MaximumConcurrency: 5 } });
    await update(UUID, { BatchSize: 3 });
    expect(await get(UUID)).toMatchObject({ ScalingConfig: { MaximumConcurrency: 5 }, BatchSize: 3 });
    await update(UUID, { ScalingConfig: {} });
    expect((await get(UUID)).ScalingConfig).toBeUndefined();
    await expect(update(UUID, { BatchSize: 11 })).rejects.toThrow(
      'Maximum batch window in seconds must be greater than 0',
    );
    await update(UUID, { BatchSize: 11, MaximumBatchingWindowInSeconds: 1 });
  });
});

describe('lists', () => {
  test('by function, qualified or not, by source, and after the function is gone', async () => {
    await bench.run('PublishVersion', { FunctionName: 'f' });
    const stream = await ofStream();
    const queue = await ofQueue();
    const version = await ofQueue({ EventSourceArn: queueArn('q.fifo'), FunctionName: `${arnOf('f')}:1` });
    const list = async (input: object) => {
      const { EventSourceMappings } = await bench.run('ListEventSourceMappings', input);
      return EventSourceMappings.map(({ UUID }: { UUID: string }) => UUID).sort();
    };
    const sorted = (...found: { UUID: string }[]) => found.map(({ UUID }) => UUID).sort();
    expect(await list({})).toEqual(sorted(stream, queue, version));
    expect(await list({ FunctionName: 'f' })).toEqual(sorted(stream, queue));
    expect(await list({ FunctionName: arnOf('f') })).toEqual(sorted(stream, queue));
    expect(await list({ FunctionName: 'f:1' })).toEqual(sorted(version));
    expect(await list({ EventSourceArn: STREAM })).toEqual(sorted(stream));
    expect(await list({ EventSourceArn: STREAM, FunctionName: 'other' })).toEqual([]);
    await bench.run('DeleteFunction', { FunctionName: 'f' });
    expect(await list({ FunctionName: 'f' })).toEqual(sorted(stream, queue));
  });

  test('page by page', async () => {
    const all = new Set<string>();
    for (let n = 0; n < 5; n++) {
      bench.streams.add(`${STREAM}-${n}`);
      all.add((await ofStream({ EventSourceArn: `${STREAM}-${n}` })).UUID);
    }
    const seen: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await bench.run('ListEventSourceMappings', { MaxItems: 2, ...(Marker ? { Marker } : {}) });
      expect(page.EventSourceMappings.length).toBeLessThanOrEqual(2);
      seen.push(...page.EventSourceMappings.map(({ UUID }: { UUID: string }) => UUID));
      Marker = page.NextMarker;
    } while (Marker);
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(all);
    await expect(bench.run('ListEventSourceMappings', { MaxItems: 0 })).rejects.toThrow("'maxItems'");
  });
});

describe('is refused', () => {
  const unsupported = (name: string) => `Unsupported ${name} parameter for given event source mapping type.`;

  test.each([
    [{ StartingPosition: '0' }, /Value '0' at 'startingPosition' .* \[LATEST, AT_TIMESTAMP, TRIM_HORIZON\]$/],
    [{ StartingPosition: undefined }, "Value null at 'startingPosition'"],
    [
      { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1 },
      `Unsupported starting position for arn type: ${STREAM}`,
    ],
    [{ StartingPositionTimestamp: 1 }, 'Timestamp only valid with StartingPosition AT_TIMESTAMP'],
    [{ FunctionName: 'none' }, 'Function does not exist'],
    [{ FunctionName: 'f:9' }, 'Function does not exist'],
    [{ EventSourceArn: undefined }, 'Unrecognized event source.'],
    [
      { EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' },
      'an event source of kinesis is not implemented',
    ],
    [
      { BatchSize: 10_001 },
      "Value '10001' at 'batchSize' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ],
    [{ MaximumBatchingWindowInSeconds: 301 }, "'maximumBatchingWindowInSeconds'"],
    [{ ParallelizationFactor: 0 }, "'parallelizationFactor'"],
    [{ MaximumRetryAttempts: 10_001 }, "'maximumRetryAttempts'"],
    [{ MaximumRetryAttempts: -2 }, "'maximumRetryAttempts'"],
    [{ MaximumRecordAgeInSeconds: 604_801 }, "'maximumRecordAgeInSeconds'"],
    [{ TumblingWindowInSeconds: 901 }, "'tumblingWindowInSeconds'"],
    [{ FunctionResponseTypes: ['Other'] }, 'enum value set: [ReportBatchItemFailures]'],
    [{ FilterCriteria: { Filters: [{}] } }, 'Invalid filter pattern definition.'],
    [{ FilterCriteria: { Filters: [{ Pattern: 'plain' }] } }, 'Invalid filter pattern definition.'],
    [
      { FilterCriteria: { Filters: [{ Pattern: '[{"eventName":["INSERT"=123}]' }] } },
      'Invalid filter pattern definition.',
    ],
    [
      { FilterCriteria: { Filters: [{ Pattern: `{"a":["${'x'.repeat(4096)}"]}` }] } },
      'length less than or equal to 4096',
    ],
    [{ FilterCriteria: { Filters: Array(6).fill({ Pattern: '{"a":["b"]}' }) } }, 'at most 5'],
    [{ ScalingConfig: { MaximumConcurrency: 2 } }, unsupported('ScalingConfig')],
    [{ DestinationConfig: { OnSuccess: { Destination: queueArn('q') } } }, unsupported('DestinationConfig')],
    [{ DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::b' } } }, 'a destination of s3 is not implemented'],
    [
      { DestinationConfig: { OnFailure: { Destination: arnOf('f') } } },
      `The provided destination ${arnOf('f')} is invalid.`,
    ],
    [{ ProvisionedPollerConfig: { MinimumPollers: 1 } }, 'ProvisionedPollerConfig is not implemented'],
    [{ MetricsConfig: { Metrics: ['EventCount'] } }, 'MetricsConfig is not implemented'],
    [{ Queues: ['q'] }, 'Queues is not implemented'],
  ])('for a stream: %j', async (settings, message) => {
    await expect(ofStream(settings)).rejects.toThrow(message);
  });

  test.each([
    [{ StartingPosition: 'TRIM_HORIZON' }, 'StartingPosition is not valid for SQS event sources.'],
    [{ StartingPositionTimestamp: 1 }, 'StartingPosition is not valid for SQS event sources.'],
    [{ ParallelizationFactor: 2 }, unsupported('ParallelizationFactor')],
    [{ BisectBatchOnFunctionError: true }, unsupported('BisectBatchOnFunctionError')],
    [{ MaximumRetryAttempts: 1 }, unsupported('MaximumRetryAttempts')],
    [{ MaximumRecordAgeInSeconds: 60 }, unsupported('MaximumRecordAgeInSeconds')],
    [{ TumblingWindowInSeconds: 1 }, unsupported('TumblingWindowInSeconds')],
    [{ DestinationConfig: { OnFailure: { Destination: queueArn('q') } } }, unsupported('DestinationConfig')],
    [
      { BatchSize: 11 },
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    ],
    [{ ScalingConfig: { MaximumConcurrency: 1 } }, 'greater than or equal to 2'],
    [{ ScalingConfig: { MaximumConcurrency: 1001 } }, 'less than or equal to 1000'],
    [
      { EventSourceArn: queueArn('q.fifo'), MaximumBatchingWindowInSeconds: 1 },
      'Batching window is not supported for FIFO queues',
    ],
    [{ EventSourceArn: queueArn('q.fifo'), BatchSize: 11 }, 'Maximum batch window'],
  ])('for a queue: %j', async (settings, message) => {
    await expect(ofQueue(settings)).rejects.toThrow(message);
  });

  test('a second mapping of the same source and function', async () => {
    const { UUID } = await ofStream();
    await expect(ofStream()).rejects.toMatchObject({
      code: 'ResourceConflictException',
      message: `The event source arn (" ${STREAM} ") and function (" f ") provided mapping already exists. Please update or delete the existing mapping with UUID ${UUID}`,
    });
    const queue = await ofQueue();
    await expect(ofQueue()).rejects.toMatchObject({
      code: 'ResourceConflictException',
      message: `An event source mapping with SQS arn (" ${queueArn('q')} ") and function (" f ") already exists. Please update or delete the existing mapping with UUID ${queue.UUID}`,
    });
  });
});

test('tags are kept with a mapping, through changes and crashes', async () => {
  const { UUID, EventSourceMappingArn: Resource } = await ofStream({ Tags: { a: '1', b: '2' } });
  await bench.run('TagResource', { Resource, Tags: { c: '3' } });
  await bench.run('UntagResource', { Resource, TagKeys: ['a'] });
  await update(UUID, { BatchSize: 5 });
  await bench.crash();
  expect(await bench.run('ListTags', { Resource })).toEqual({ Tags: { b: '2', c: '3' } });
});
