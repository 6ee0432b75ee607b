import { DeleteItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderSummary } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { orderSummary } from '../../functions/projections/order-summary';
import type { Cloud } from '../../localstack/cloud/cloud';
import { Operator } from '../support/operator';
import { lifecycle } from '../support/orders';
import { Subscriber } from '../support/subscriber';
import { System } from '../support/system';

// The clock has to be moved on, and workers to be killed: a local cloud of our own.
delete process.env.E2E_OUTPUTS;

const count = 120;
const name = 'order-summary';
const seconds = 1_000;

let system: System;
let cloud: Cloud;
let operator: Operator;
let subscriber: Subscriber;
const orders = Array.from({ length: count }, (_, n) => `o-${n}`);

beforeAll(async () => {
  system = await System.start();
  cloud = system.cloud!;
  operator = new Operator(system);
  subscriber = await Subscriber.to(system, { source: ['orderstream'], 'detail-type': [{ prefix: 'Order' }] });
  await steps(orders, 0, 2);
}, 60_000);
afterAll(() => system?.stop());

/** These steps of the life of each, and all that they bring about. */
async function steps(of: readonly string[], from: number, to: number): Promise<void> {
  for (let step = from; step < to; step++) {
    const entries = of.map((orderId) => lifecycle(orderId)[step]!);
    for (let i = 0; i < entries.length; i += 10) await system.put(...entries.slice(i, i + 10));
    await system.settled(async () => {});
  }
}

type Seen = Pick<OrderSummary, 'stream' | 'version'>;

/** Reads orders one after another, and pages of the list, until it is stopped; what it has seen. */
function reader(): { readonly stop: () => Promise<readonly Seen[]> } {
  let stopped = false;
  const run = async () => {
    const seen: Seen[] = [];
    for (let i = 0; !stopped; i++) {
      const one = await system.get(`/orders/${orders[(i * 7) % count]}`);
      expect(one).toMatchObject({ status: 200, body: { orderId: orders[(i * 7) % count] } });
      seen.push(one.body);
      if (i % 5 > 0) continue;
      const page = await system.get('/orders?limit=20');
      expect(page).toMatchObject({ status: 200, body: { items: expect.arrayContaining([]) } });
      // While rows move, a page may have fewer of them than asked for.
      expect(page.body.items.length).toBeGreaterThan(10);
      seen.push(...page.body.items);
    }
    return seen;
  };
  const running = run();
  // It is waited for later.
  running.catch(() => {});
  return {
    stop: () => {
      stopped = true;
      return running;
    },
  };
}

/** Each row is the fold of its stream up to its version: nothing of it is from elsewhere. */
async function expectFolds(rows: readonly Seen[]): Promise<void> {
  const streams = new Map<string, RecordedEvent[]>();
  for (const row of rows) {
    if (!streams.has(row.stream)) streams.set(row.stream, (await system.stream(row.stream)) as RecordedEvent[]);
    const events = streams.get(row.stream)!.slice(0, row.version);
    expect(row).toEqual(
      events.reduce<OrderSummary | undefined>((so, event) => orderSummary.fold(so, event), undefined),
    );
  }
}

async function itemsOf(generation: number): Promise<number> {
  const { Count } = await system.dynamodb.send(
    new ScanCommand({
      TableName: system.outputs.ViewsTableName!,
      FilterExpression: 'sk = :sk',
      ExpressionAttributeValues: { ':sk': { S: `summary@${generation}` } },
    }),
  );
  return Count ?? 0;
}

const generations = async () => (await operator.json('projection', 'status', name)).projections[0].generations;
const versionsOf = (rows: readonly { readonly version: number }[]) => [...new Set(rows.map(({ version }) => version))];

async function idsOf(path: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await system.get(`${path}limit=50${cursor === undefined ? '' : `&cursor=${cursor}`}`);
    ids.push(...page.body.items.map(({ orderId }: OrderSummary) => orderId));
    cursor = page.body.cursor;
  } while (cursor !== undefined);
  return ids;
}

describe('a read model that is rebuilt while people read it', () => {
  let knownBefore: string;
  let begun: string;

  it('is built beside the live one, although workers are killed and events come in', async () => {
    knownBefore = new Date(cloud.controls.clock.now()).toISOString();
    expect(await subscriber.received()).toHaveLength(2 * count);
    const started = await operator.json('projection', 'rebuild', name, '--no-wait', '--segments', '3');
    expect(started).toMatchObject({ generation: { number: 2, complete: false }, segments: 3, resumed: false });
    expect((await operator.run('projection', 'status', name)).out).toMatch(/2 +1 +building 0 % .*3 parts waiting/);
    expect((await operator.run('projection', 'switch', name, '--generation', '2')).error).toContain(
      'still being built',
    );

    const killed = { service: 'dynamodb', operation: 'PutItem', caller: 'orders-local-rebuild' };
    cloud.controls.faults.plan({
      seed: 1,
      rules: [
        { ...killed, fault: 'crash-after', skip: 15, times: 1 },
        { ...killed, fault: 'crash-before', skip: 40, times: 1 },
      ],
    });
    const reading = reader();
    const live = steps(orders.slice(0, count / 2), 2, 4);
    await cloud.controls.advance(6 * seconds);
    await live;
    const seen = await reading.stop();
    expect(seen.length).toBeGreaterThan(50);
    await expectFolds(seen);
    expect(cloud.controls.faults.report().rules.map(({ struck }) => struck)).toEqual([1, 1]);
    cloud.controls.faults.clear();
    expect((await generations())[1]).toMatchObject({ number: 2, state: 'building' });

    // What a dead worker had received is visible again after six timeouts.
    await cloud.controls.advance(400 * seconds);
    const [, built] = await generations();
    expect(built).toMatchObject({ number: 2, state: 'complete', work: { percent: 100, faulted: 0 } });
    expect(await itemsOf(2)).toBe(count);
  }, 60_000);

  it('is the same, row by row, and is switched to in one step', async () => {
    begun = (await system.get('/orders?limit=50')).body.cursor;
    const switched = await operator.run('projection', 'switch', name);
    expect(switched.out).toMatch(/equal +120\n/);
    expect(switched.out).toContain('readers of order-summary are shown generation 2');
    await cloud.controls.advance(2 * seconds);
    const goneOn = await system.get(`/orders?limit=50&cursor=${begun}`);
    expect(goneOn.body.items).toHaveLength(50);
    const cursor = JSON.parse(Buffer.from(goneOn.body.cursor, 'base64url').toString());
    expect(cursor[2]).toMatch(/^1@/);
    expect((await idsOf('/orders?')).toSorted()).toEqual(orders.toSorted());
    const reading = reader();
    await steps(orders.slice(count / 2), 2, 3);
    await expectFolds(await reading.stop());
  }, 30_000);

  it('publishes no fact again', async () => {
    expect(await subscriber.received()).toHaveLength(count + count / 2);
  });

  it('goes back to the generation before, which has been kept up to date', async () => {
    expect((await operator.run('projection', 'rollback', name)).out).toContain('are shown generation 1 again');
    await cloud.controls.advance(2 * seconds);
    const last = await system.get(`/orders/${orders.at(-1)}`);
    expect(last.body).toMatchObject({ version: 3, status: 'paid' });
    expect((await operator.json('projection', 'diff', name)).counts).toMatchObject({ equal: count });
    await operator.json('projection', 'switch', name, '--generation', '2');
  });

  it('takes the old rows away when nobody is to go back to them', async () => {
    const live = await operator.run('projection', 'retire', name, '2');
    expect(live.error).toContain('generation 2 is what readers are shown; switch to another one first');
    await operator.json('projection', 'retire', name, '1');
    expect((await operator.run('projection', 'rollback', name)).error).toContain('no generation before 2');
    await cloud.controls.advance(150 * seconds);
    expect([await itemsOf(1), await itemsOf(2)]).toEqual([0, count]);
    const { Items } = await system.dynamodb.send(
      new QueryCommand({
        TableName: system.outputs.ViewsTableName!,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :first)',
        ExpressionAttributeValues: { ':pk': { S: `rebuild#${name}` }, ':first': { S: '000000001#' } },
      }),
    );
    expect(Items).toEqual([]);
    const expired = await system.get(`/orders?limit=50&cursor=${begun}`);
    expect([expired.status, expired.body.detail]).toEqual([410, expect.stringContaining('begin it anew')]);
  }, 30_000);

  it('can be built as it was known at a time, to be looked at', async () => {
    const past = await operator.json('projection', 'rebuild', name, '--as-of', knownBefore, '--no-wait');
    expect(past.generation).toMatchObject({ number: 3, asOf: knownBefore });
    await steps(orders.slice(0, 10), 4, 5);
    await cloud.controls.advance(6 * seconds);
    const rows = (await system.get('/orders?generation=3&limit=100')).body.items;
    expect(rows).toHaveLength(100);
    expect(versionsOf(rows)).toEqual([2]);
    await expectFolds(rows);
    expect((await system.get('/orders/o-1?generation=3')).body).toMatchObject({ version: 2, status: 'confirmed' });
    expect((await system.get('/orders/o-1')).body).toMatchObject({ version: 5, status: 'delivered' });
    expect((await operator.run('projection', 'switch', name, '--generation', '3')).error).toContain(
      `frozen at ${knownBefore}`,
    );
    expect((await operator.run('projection', 'status', name)).out).toContain(`frozen at ${knownBefore}`);
  }, 30_000);
});

describe('the feed', () => {
  it('is written anew where it stands: a lost row is there again, and no fact is published', async () => {
    await subscriber.received();
    const [row] = (await system.get('/events?type=OrderDelivered&limit=1')).body.items;
    await system.dynamodb.send(
      new DeleteItemCommand({
        TableName: system.outputs.ViewsTableName!,
        Key: { pk: { S: `event#${row.id}` }, sk: { S: `${row.source}#${row.stream}@${row.version}` } },
      }),
    );
    expect((await system.get(`/events/${row.id}`)).status).toBe(404);
    await operator.json('projection', 'rebuild', 'feed', '--no-wait');
    await cloud.controls.advance(2 * seconds);
    expect((await system.get(`/events/${row.id}`)).body).toMatchObject({ id: row.id, version: row.version });
    const [feed] = (await operator.json('projection', 'status', 'feed')).projections;
    expect(feed.generations).toMatchObject([{ number: 2, state: 'live', work: { taken: await eventCount() } }]);
    expect(await subscriber.received()).toEqual([]);
    expect((await operator.run('projection', 'rebuild', 'feed', '--as-of', '2026-01-01')).error).toContain('in place');
  }, 30_000);
});

describe('insights', () => {
  it('are counted anew in a generation of their own, from events instead of facts, and come to the same', async () => {
    await cloud.controls.advance(10 * seconds);
    const before = (await system.get('/insights/funnel')).body;
    expect(before.items[0]).toMatchObject({ status: 'created', reached: count });
    await operator.json('projection', 'rebuild', 'insights', '--no-wait');
    await cloud.controls.advance(6 * seconds);
    const [status] = (await operator.json('projection', 'status', 'insights')).projections;
    expect(status.generations[1]).toMatchObject({ number: 2, state: 'complete', work: { faulted: 0 } });
    await operator.json('projection', 'switch', 'insights');
    await operator.json('projection', 'retire', 'insights', '1');
    await cloud.controls.advance(150 * seconds);
    expect((await system.get('/insights/funnel')).body).toEqual(before);
    const { Count } = await system.dynamodb.send(
      new ScanCommand({
        TableName: system.outputs.InsightsTableName!,
        FilterExpression: 'begins_with(pk, :first)',
        ExpressionAttributeValues: { ':first': { S: '1#' } },
      }),
    );
    expect(Count).toBe(0);
  }, 30_000);
});

async function eventCount(): Promise<number> {
  const { Count } = await system.dynamodb.send(
    new ScanCommand({ TableName: system.outputs.EventsTableName!, Select: 'COUNT' }),
  );
  return Count ?? 0;
}
