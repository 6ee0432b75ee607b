import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SyntheticEvent, seededRandom, syntheticOrder } from '../demo/synthetic-orders';
import { CloudProcess } from './support/cloud-process';
import { fixedReplyServer, sdkCallsPerSecond } from './support/floor';
import { inParallel, RawClient } from './support/raw-client';
import { atLeast, atMost, makeReport, percentile, type Report } from './support/report';

const WARM_UP_ORDERS = 1200;
const ORDERS = 1000;
const LATENCY_EVENTS = 500;
const LATENCY_RATE = 50;

/** From PutEvents to visible in Views: throughput, latency, start time, memory, calls and write units per event. */
export async function pipeline(): Promise<Report> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-pipeline-'));
  rmSync('dist/assembly-local', { recursive: true, force: true });
  try {
    say('first start (bundles, synthesises, deploys)');
    const first = await CloudProcess.start(dir);
    await first.stop();
    say('second start');
    const cloud = await CloudProcess.start(dir);
    await cloud.idle();
    const idleMemory = cloud.memory().now;
    const bench = new PipelineBench(cloud);
    say('warming up');
    await bench.throughput('warm', WARM_UP_ORDERS);
    say(`throughput: ${ORDERS} orders of 5 events, one step of every order after the other`);
    const before = sum(await cloud.calls());
    const load = await bench.throughput('load', ORDERS);
    const callsPerEvent = (sum(await cloud.calls()) - before) / load.events + 0.1;
    const peakMemory = cloud.memory().peak;
    say(`latency: ${LATENCY_EVENTS} events at ${LATENCY_RATE} a second`);
    const latencies = await bench.latency(LATENCY_EVENTS, LATENCY_RATE);
    const writeUnits = await bench.writeUnitsPerEvent('load', 50);
    say('conditional puts, raw client');
    const rawPuts = await conditionalPuts(cloud.endpoint, await bench.scratchTable());
    await cloud.stop();

    say('the floor: fixed reply');
    const floorServer = await fixedReplyServer();
    const rawFloor = await conditionalPuts(floorServer.endpoint, 'scratch');
    let sdkFloor = 0;
    for (const threads of [2, 4, 8]) {
      sdkFloor = Math.max(sdkFloor, await sdkCallsPerSecond(floorServer.endpoint, threads, 4));
    }
    floorServer.close();

    const floorEvents = sdkFloor / callsPerEvent;
    return makeReport(
      'pipeline',
      {
        'events/s, PutEvents to Views': load.eventsPerSecond,
        'floor: SDK calls/s': sdkFloor,
        'floor: events/s at as many calls': floorEvents,
        'SDK calls per event': callsPerEvent,
        'write units per event (Events)': writeUnits,
        'latency p50 ms': percentile(latencies, 0.5),
        'latency p99 ms': percentile(latencies, 0.99),
        'first start ms': first.readyMs,
        'second start ms': cloud.readyMs,
        'memory idle MB': idleMemory,
        'memory peak MB': peakMemory,
        'conditional put/s, raw client': rawPuts,
        'floor: raw client/s': rawFloor,
      },
      [
        atLeast('throughput / floor', load.eventsPerSecond / floorEvents, 0.5),
        atMost('SDK calls per event', callsPerEvent, 4.5),
        atMost('latency p99 ms at 50/s', percentile(latencies, 0.99), 60),
        atMost('second start ms', cloud.readyMs, 1500),
        atMost('first start ms', first.readyMs, 8000),
        atMost('memory idle MB', idleMemory, 150),
        atMost('memory peak MB', peakMemory, 500),
        atMost('write units per event', writeUnits, 1),
        atLeast('conditional put / floor', rawPuts / rawFloor, 0.3),
      ],
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

class PipelineBench {
  readonly #cloud: CloudProcess;
  readonly #client: RawClient;
  readonly #random = seededRandom(7);

  constructor(cloud: CloudProcess) {
    this.#cloud = cloud;
    this.#client = new RawClient(cloud.endpoint, 32);
  }

  /** Puts whole orders, ten events a call, step by step; the clock stops when the last order is `delivered` in Views. */
  async throughput(run: string, orders: number): Promise<{ events: number; eventsPerSecond: number }> {
    const stories = Array.from({ length: orders }, (_, n) => syntheticOrder(`${run}-${n}`, this.#random, 1));
    const waves = [0, 1, 2, 3, 4].map((step) => stories.map((story) => story[step]!));
    const events = waves.flat();
    const startedAt = performance.now();
    await inParallel(Math.ceil(events.length / 10), 4, (n) => this.#put(events.slice(n * 10, n * 10 + 10)));
    for (const story of stories.toReversed()) await this.#untilVersion(story[0]!.orderId, 5, 25);
    const seconds = (performance.now() - startedAt) / 1000;
    await this.#cloud.idle();
    return { events: events.length, eventsPerSecond: events.length / seconds };
  }

  /** Milliseconds from the call of PutEvents until the order's row in Views has the event's version, for each event. */
  async latency(count: number, rate: number): Promise<number[]> {
    const stories = Array.from({ length: Math.ceil(count / 5) }, (_, n) =>
      syntheticOrder(`latency-${n}`, this.#random, 1),
    );
    const latencies: number[] = [];
    const startedAt = performance.now();
    // A new order every 100 ms at 50 events a second; each order's next step goes out when the last one is seen.
    await Promise.all(
      stories.map(async (story, index) => {
        await until(startedAt + (index * 5 * 1000) / rate);
        for (const [step, event] of story.entries()) {
          const putAt = performance.now();
          await this.#put([event]);
          await this.#untilVersion(event.orderId, step + 1);
          latencies.push(performance.now() - putAt);
        }
      }),
    );
    return latencies;
  }

  /** Write units that DynamoDB charges for the items of some orders' events, on average. */
  async writeUnitsPerEvent(run: string, orders: number): Promise<number> {
    const table = await this.scratchTable();
    let units = 0;
    let events = 0;
    for (let n = 0; n < orders; n++) {
      const { Items } = await this.#dynamodb('Query', {
        TableName: this.#cloud.outputs.EventsTableName,
        KeyConditionExpression: '#s = :s',
        ExpressionAttributeNames: { '#s': 'stream' },
        ExpressionAttributeValues: { ':s': { S: `order#${run}-${n}` } },
      });
      for (const Item of Items as object[]) {
        const answer = await this.#dynamodb('PutItem', { TableName: table, Item, ReturnConsumedCapacity: 'TOTAL' });
        units += (answer.ConsumedCapacity as { CapacityUnits: number }).CapacityUnits;
        events++;
      }
    }
    return units / events;
  }

  /** A table with the keys of the Events table and nothing on it. */
  async scratchTable(): Promise<string> {
    const TableName = 'bench-scratch';
    const { TableNames } = await this.#dynamodb('ListTables', {});
    if (!(TableNames as string[]).includes(TableName)) {
      await this.#dynamodb('CreateTable', {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'stream', AttributeType: 'S' },
          { AttributeName: 'version', AttributeType: 'N' },
        ],
        KeySchema: [
          { AttributeName: 'stream', KeyType: 'HASH' },
          { AttributeName: 'version', KeyType: 'RANGE' },
        ],
      });
    }
    return TableName;
  }

  async #put(events: readonly SyntheticEvent[]): Promise<void> {
    const body = JSON.stringify({
      Entries: events.map(({ source, detailType, detail }) => ({
        EventBusName: this.#cloud.outputs.OrderBusName,
        Source: source,
        DetailType: detailType,
        Detail: JSON.stringify(detail),
      })),
    });
    const answer = JSON.parse(await this.#client.call('events', 'AWSEvents.PutEvents', '1.1', body)) as {
      FailedEntryCount: number;
    };
    if (answer.FailedEntryCount > 0) throw new Error(`PutEvents refused ${answer.FailedEntryCount} entries`);
  }

  async #untilVersion(orderId: string, version: number, pollMs = 2): Promise<void> {
    const deadline = performance.now() + 60_000;
    while (performance.now() < deadline) {
      const { Item } = await this.#dynamodb('GetItem', {
        TableName: this.#cloud.outputs.ViewsTableName,
        Key: { pk: { S: `order#${orderId}` }, sk: { S: 'summary@1' } },
        ProjectionExpression: '#v',
        ExpressionAttributeNames: { '#v': 'version' },
      });
      if (Number((Item as { version?: { N: string } } | undefined)?.version?.N ?? 0) >= version) return;
      await until(performance.now() + pollMs);
    }
    throw new Error(`order ${orderId} did not reach version ${version} within a minute`);
  }

  async #dynamodb(operation: string, input: object): Promise<Record<string, unknown>> {
    return JSON.parse(
      await this.#client.call('dynamodb', `DynamoDB_20120810.${operation}`, '1.0', JSON.stringify(input)),
    ) as Record<string, unknown>;
  }
}

/** Conditional puts a second, 32 at a time, each of a new item of the usual size. */
async function conditionalPuts(endpoint: string, table: string): Promise<number> {
  const client = new RawClient(endpoint, 32);
  const run = Date.now();
  const put = (n: number) =>
    client.call(
      'dynamodb',
      'DynamoDB_20120810.PutItem',
      '1.0',
      JSON.stringify({
        TableName: table,
        ConditionExpression: 'attribute_not_exists(#s)',
        ExpressionAttributeNames: { '#s': 'stream' },
        Item: {
          stream: { S: `order#${run}-${n}` },
          version: { N: '1' },
          id: { S: `${run}-${n}` },
          type: { S: 'OrderConfirmed' },
          data: { M: { orderId: { S: `${run}-${n}` } } },
          hash: { S: 'x'.repeat(43) },
          prevHash: { S: 'x'.repeat(43) },
        },
      }),
    );
  await inParallel(2_000, 32, (n) => put(n - 2_000 - 1_000_000));
  const seconds = await inParallel(20_000, 32, put);
  client.close();
  return 20_000 / seconds;
}

function until(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, time - performance.now())));
}

/** Calls that functions made; the load's own PutEvents (a tenth per event) is added by the caller. */
function sum(calls: Record<string, { functions: number }>): number {
  return Object.values(calls).reduce((total, { functions }) => total + functions, 0);
}

const say = (what: string) => process.stderr.write(`${what} …\n`);
