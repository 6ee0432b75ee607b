import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Controls } from '../../localstack/cloud/edge/admin/controls';
import { Operator } from '../support/operator';
import { lifecycle } from '../support/orders';
import { Subscriber } from '../support/subscriber';
import { System } from '../support/system';

// The adversary and the clock are those of a local cloud.
delete process.env.E2E_OUTPUTS;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
let system: System;
let controls: Controls;
let operator: Operator;
beforeAll(async () => {
  system = await System.start();
  controls = system.cloud!.controls;
  operator = new Operator(system);
}, 60_000);
afterAll(async () => {
  await system?.stop();
});

/** When everything has come to rest, and the insights have taken the last batch that they were waiting to fill. */
// biome-ignore lint/suspicious/noExplicitAny: as it is answered.
async function monitor(): Promise<any> {
  await system.cloud!.idle();
  await controls.advance(2_000);
  return (await system.get('/insights/monitor')).body;
}

const figures = ({
  events_published,
  events_processed,
  error_count,
  success_rate,
}: Awaited<ReturnType<typeof monitor>>) => ({
  events_published,
  events_processed,
  error_count,
  success_rate,
});

describe('GET /insights/monitor', () => {
  test('is all noughts before anything has happened', async () => {
    const seen = await monitor();
    expect(seen).toMatchObject({ average_processing_time: 0, errors: [] });
    expect(figures(seen)).toEqual({ events_published: 0, events_processed: 0, error_count: 0, success_rate: 0 });
  });

  test('counts each fact of an order once as processed, however often it is delivered', async () => {
    controls.faults.plan({
      seed: 1,
      rules: [{ fault: 'duplicate', service: 'events', operation: 'Deliver', rate: 0.7 }],
    });
    for (const n of [1, 2, 3]) await system.put(...lifecycle(`o-${n}`));
    const seen = await monitor();
    controls.faults.clear();
    expect(figures(seen)).toEqual({ events_published: 15, events_processed: 15, error_count: 0, success_rate: 1 });
    // The insights wait a second for a fuller batch.
    expect(seen.average_processing_time).toBeGreaterThan(0);
    expect(seen.average_processing_time).toBeLessThan(10_000);
  });

  test('counts what is published again: the success rate shows it', async () => {
    controls.faults.plan({
      seed: 1,
      rules: [{ fault: 'crash-after', service: 'lambda', operation: 'Invocation', target: '*project-feed', times: 1 }],
    });
    await system.put(lifecycle('o-4')[0]!);
    await controls.advance(MINUTE);
    const seen = await monitor();
    controls.faults.clear();
    expect(figures(seen)).toMatchObject({ events_published: 17, events_processed: 16, success_rate: 16 / 17 });
  });

  test('shows errors, newest first, and how many there were', async () => {
    const before = await monitor();
    // The SDK tries four times; so the run fails, and so does the one that Lambda makes a minute later.
    controls.faults.plan({
      seed: 1,
      rules: [{ fault: 'error', service: 'dynamodb', operation: 'Query', caller: '*ingest-orders', times: 8 }],
    });
    await system.put(lifecycle('o-4')[1]!);
    await controls.advance(10 * MINUTE);
    const seen = await monitor();
    controls.faults.clear();
    expect(seen).toMatchObject({ error_count: before.error_count + 2, events_processed: before.events_processed + 1 });
    const error = 'InternalServerError: Internal server error';
    const failed = { function: 'ingest-orders', message: 'failed', error };
    expect(seen.errors.slice(0, 2)).toMatchObject([failed, failed]);
    const [last, first] = seen.errors.map(({ time }: { time: string }) => Date.parse(time));
    expect(last - first).toBeGreaterThanOrEqual(MINUTE / 2);
  });
});

describe('the monitor, once a day', () => {
  let facts: Subscriber;
  beforeAll(async () => {
    facts = await Subscriber.to(system, { source: ['orderstream'], 'detail-type': ['DeadLettered'] });
  });

  test('writes the same figures as metrics, and says what has become a dead letter', async () => {
    const letter = { QueueUrl: system.outputs.IngestDlqUrl!, MessageBody: '{}' };
    for (let n = 0; n < 2; n++) await system.sqs.send(new SendMessageCommand(letter));
    await controls.advance(DAY);
    const seen = await monitor();
    expect(seen.queues['ingest-dlq']).toEqual({ visible: 2, inFlight: 0, delayed: 0 });

    const { events_published, events_processed, average_processing_time, error_count, success_rate } = seen;
    const lines = await emitted();
    expect(lines.findLast((line) => 'events_published' in line)).toMatchObject({
      stage: 'local',
      ...{ events_published, events_processed, average_processing_time, error_count, success_rate },
    });
    expect(lines.findLast(({ queue }) => queue === 'ingest-dlq')).toMatchObject({ queue_length: 2 });
    expect(lines.findLast(({ projection }) => projection === 'order-summary')).toMatchObject({ projection_lag: 0 });

    const told = await facts.received();
    expect(told).toMatchObject([
      {
        source: 'orderstream',
        detail: {
          type: 'DeadLettered',
          data: { queue: 'ingest', count: 2, before: 0, action: 'orderstream dlq list ingest' },
        },
      },
    ]);
    await controls.advance(2 * DAY);
    expect(await facts.received()).toEqual([]);

    await system.sqs.send(new PurgeQueueCommand({ QueueUrl: letter.QueueUrl }));
    await controls.advance(DAY);
    await system.sqs.send(new SendMessageCommand(letter));
    await controls.advance(DAY);
    expect(await facts.received()).toMatchObject([{ detail: { data: { count: 1, before: 0 } } }]);
  }, 30_000);

  /** The metrics in the monitor's log, as CloudWatch reads them. */
  async function emitted(): Promise<Record<string, unknown>[]> {
    const settings = {
      endpoint: system.endpoint!,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    const [lambda, logs] = [new LambdaClient(settings), new CloudWatchLogsClient(settings)];
    const { LoggingConfig } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: 'orders-local-monitor' }),
    );
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: LoggingConfig!.LogGroup!, filterPattern: 'CloudWatchMetrics' }),
    );
    lambda.destroy();
    logs.destroy();
    return events.map(({ message }) => JSON.parse(message!.slice(message!.indexOf('{'))));
  }
});

describe('orderstream capacity', () => {
  test('reckons from the runs of each function what it has to do, and whether it can', async () => {
    for (let n = 0; n < 12; n++) await system.put(lifecycle(`c-${n}`)[0]!);
    await system.cloud!.idle();
    const { functions } = await operator.json('capacity');
    const of = (name: string) => functions.find((one: { function: string }) => one.function === name);
    expect(of('ingest-orders')).toMatchObject({
      runs: 12,
      servers: { count: 1000, by: 'account' },
      queues: [{ messages: 0, batchSize: 10 }],
      load: { kind: 'stable', arrivalRate: expect.closeTo(12 / 900, 12), drainMs: 0, needed: 1 },
    });
    const { load } = of('ingest-orders');
    expect(load.utilisation).toBeCloseTo(((12 / 900) * load.serviceMs) / 1_000 / 1_000, 12);
    expect(of('insights').servers).toEqual({ count: expect.any(Number), by: 'mapping' });
    expect(of('ingest-users')).not.toHaveProperty('load');
  });

  test('as a table, for one function and as many servers as somebody asks for', async () => {
    const { code, out } = await operator.run('capacity', 'ingest-orders', '--servers', '2', '--target-wait', '50ms');
    expect(code).toBe(0);
    const [titles, row] = out.split('\n');
    expect(titles).toMatch(
      /^function +runs +per s +run ms +at a time +by +ρ +waiting +wait +in queue +drained in +for 50 ms$/,
    );
    expect(row).toMatch(/^ingest-orders +12 +0\.0133 +[\d.]+ +2 +given +<?0\.00\d+ .* 0 ms +1$/);
  });

  test('says which functions there are when it is asked for another', async () => {
    const { code, error } = await operator.run('capacity', 'ingest-carts');
    expect(code).toBe(1);
    expect(error).toContain('there is no function "ingest-carts"; there are: ');
    expect(error).toContain('project-views');
  });
});
