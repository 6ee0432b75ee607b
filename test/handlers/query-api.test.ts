import { beforeEach, describe, expect, test } from '@jest/globals';
import { firstGenerations, type Generations } from '../../functions/application/read-models/generations';
import { knownGenerations } from '../../functions/application/read-models/known-generations';
import { liveRows } from '../../functions/application/read-models/live-rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { queryApp } from '../../functions/handlers/query/app';
import { feedRowOf } from '../../functions/projections/feed-row';
import { inventoryLevel } from '../../functions/projections/inventory-level';
import { orderSummary } from '../../functions/projections/order-summary';
import { projections } from '../../functions/projections/projections';
import { makeProjector } from '../../functions/projections/projector';
import { userProfile } from '../../functions/projections/user-profile';
import { FixedEffects } from '../support/fixed-effects';
import { HistoryReader } from '../support/history-reader';
import { MemoryFeed } from '../support/memory-feed';
import { MemoryGenerationStore } from '../support/memory-generations';
import { MemoryLedger } from '../support/memory-ledger';
import { MemoryMonitor } from '../support/memory-monitor';
import { MemoryVault } from '../support/memory-vault';
import { MemoryViewLists } from '../support/memory-view-lists';
import { MemoryViewRows } from '../support/memory-views';
import { NotedTelemetry } from '../support/noted-telemetry';
import { orderHistory, recorded } from '../support/recorded';

class World {
  readonly rows = new MemoryViewRows();
  readonly feed = new MemoryFeed();
  readonly effects = new FixedEffects(new Date('2026-01-01T12:01:00.000Z'));
  readonly telemetry = new NotedTelemetry();
  readonly history: RecordedEvent[] = [];
  readonly vault = new MemoryVault();
  private readonly events = new HistoryReader(this.history);
  readonly monitor = new MemoryMonitor();
  readonly pointers = new MemoryGenerationStore();
  private readonly generations = knownGenerations(this.pointers, projections, this.effects);
  private readonly app = queryApp({
    rows: liveRows(this.rows, this.generations, projections),
    copies: this.rows,
    generations: this.generations,
    lists: new MemoryViewLists(this.rows),
    feed: this.feed,
    events: this.events,
    vault: this.vault,
    projections,
    orders: orderSummary,
    users: userProfile,
    inventory: inventoryLevel,
    counters: new MemoryLedger(),
    monitor: this.monitor,
    telemetry: this.telemetry,
    effects: this.effects,
  });

  constructor() {
    const { sleep } = this.effects;
    Object.assign(this.effects, {
      sleep: async (ms: number) => {
        this.effects.advance(ms);
        await sleep(ms);
      },
    });
  }

  /** Since it began, in milliseconds. */
  waited(): number {
    return this.effects.slept.reduce((sum, ms) => sum + ms, 0);
  }

  /** Appended, but seen by no projection yet. */
  append(...events: readonly RecordedEvent[]): void {
    this.history.push(...events);
  }

  async project(...events: readonly RecordedEvent[]): Promise<void> {
    const deadLetters = { send: async () => {} };
    const project = makeProjector({
      projections,
      generations: this.generations.all,
      rows: this.rows,
      events: this.events,
      faults: { met: async () => {} },
      deadLetters,
      now: this.effects.now,
    });
    await project(events.map((event) => ({ stream: event.stream, version: event.version, read: () => event })));
  }

  async happened(...events: readonly RecordedEvent[]): Promise<void> {
    this.append(...events);
    await this.project(...events);
    await this.feed.put(events.map(feedRowOf));
  }

  async get(path: string, headers: Record<string, string> = {}, method = 'GET') {
    const response = await this.app.request(path, { method, headers });
    // biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, each looked at by its test
    const body = (await response.json()) as any;
    return { status: response.status, headers: response.headers, body };
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

const problem = (status: number, detail: unknown) => ({
  type: expect.stringMatching(/^urn:problem-type:orderstream:/),
  title: expect.any(String),
  status,
  detail,
});

describe('GET /orders/{id}', () => {
  test('shows the order as the projection has it, with its version as ETag', async () => {
    await world.happened(...orderHistory('o-1', 2));
    const { status, headers, body } = await world.get('/orders/o-1');
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"2"');
    expect(body).toEqual({
      stream: 'order#o-1',
      version: 2,
      orderId: 'o-1',
      userId: 'u-1',
      status: 'confirmed',
      currency: 'EUR',
      total: 2500,
      items: [{ sku: 'mug', quantity: 2, unitPrice: 1000 }],
      shippingFee: 500,
      createdAt: '2026-01-01T12:00:01.000Z',
      updatedAt: '2026-01-01T12:00:02.000Z',
      confirmedAt: '2026-01-01T12:00:02.000Z',
    });
  });

  test('shows any past, by version and by the time of recording', async () => {
    await world.happened(...orderHistory('o-1'));
    expect((await world.get('/orders/o-1?version=3')).body).toMatchObject({ version: 3, status: 'paid' });
    expect((await world.get('/orders/o-1?asOf=2026-01-01T12:00:02.500Z')).body).toMatchObject({ version: 2 });
    expect((await world.get('/orders/o-1?asOf=2026-01-01T14:00:04%2B02:00')).body).toMatchObject({ version: 4 });
  });

  test.each([
    ['/orders/o-1?version=6', 'order o-1 has only 5 versions'],
    ['/orders/o-1?asOf=2025-01-01T00:00:00Z', 'there is no order o-1 at 2025-01-01T00:00:00.000Z'],
    ['/orders/o-9?version=1', 'there is no order o-9'],
    ['/orders/o-9?consistent=true', 'there is no order o-9'],
    ['/orders/o-9', 'there is no order o-9'],
    ['/orders/o-9/events', 'there is no order o-9'],
    ['/users/u-9/events', 'there is no user u-9'],
    ['/inventory/mug/events', 'there is no SKU mug'],
    ['/nowhere', 'nothing is at GET /nowhere'],
  ])('%s is not found', async (path, detail) => {
    await world.happened(...orderHistory('o-1'));
    const { status, headers, body } = await world.get(path);
    expect(status).toBe(404);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject(problem(404, detail));
  });

  test('folds the stream when the caller cannot wait for the projection', async () => {
    const history = orderHistory('o-1', 3);
    await world.happened(...history.slice(0, 2));
    world.append(...history.slice(2));
    expect((await world.get('/orders/o-1')).body).toMatchObject({ version: 2 });
    expect((await world.get('/orders/o-1?consistent=true')).body).toMatchObject({ version: 3, status: 'paid' });
  });

  test('waits until the projection has reached what the caller has written', async () => {
    const history = orderHistory('o-1', 2);
    await world.happened(...history.slice(0, 1));
    world.append(...history.slice(1));
    const { sleep } = world.effects;
    Object.assign(world.effects, {
      sleep: async (ms: number) => {
        await sleep(ms);
        if (world.effects.slept.length === 3) await world.project(...history.slice(1));
      },
    });
    const { body } = await world.get('/orders/o-1', { 'if-consistent': 'order#o-1@2' });
    expect(body).toMatchObject({ version: 2 });
    expect(world.effects.slept).toHaveLength(3);
  });

  test('shows the row under a flag when waiting has not helped', async () => {
    await world.happened(...orderHistory('o-1', 1));
    const { status, headers, body } = await world.get('/orders/o-1', { 'if-consistent': 'order#o-1@2' });
    expect(status).toBe(202);
    expect(Object.fromEntries(headers)).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' });
    expect(headers.get('etag')).toBeNull();
    expect(body).toMatchObject({ version: 1, status: 'created' });
    expect(body.stale).toEqual({ stream: 'order#o-1', wanted: 2, reached: 1 });
    expect(world.waited()).toBe(2_000);
  });

  test.each([
    ['wait=0', 0, 'wait=0'],
    ['wait=5', 5_000, 'wait=5'],
    ['respond-async, wait = "3"; a=b, wait=1', 3_000, 'wait=3'],
    ['note="a, wait=1", wait=4', 4_000, 'wait=4'],
    ['wait=3600', 7_000, 'wait=7'],
    ['wait=soon', 2_000, null],
    ['return=minimal', 2_000, null],
  ])('waits as long as "Prefer: %s" says, within bounds', async (prefer, ms, applied) => {
    await world.happened(...orderHistory('o-1', 1));
    const asked = { 'if-consistent': 'order#o-1@2', prefer };
    const { status, headers } = await world.get('/orders/o-1', asked);
    expect([status, world.waited(), headers.get('preference-applied')]).toEqual([202, ms, applied]);
  });

  test('counts what the table takes to answer as waiting', async () => {
    await world.happened(...orderHistory('o-1', 1));
    const { getMany } = world.rows;
    world.rows.getMany = async (places) => {
      world.effects.advance(900);
      return getMany.call(world.rows, places);
    };
    expect((await world.get('/orders/o-1', { 'if-consistent': 'order#o-1@2' })).status).toBe(202);
    expect(world.waited()).toBeLessThan(200);
  });

  test('shows no more than the id while there is no row', async () => {
    world.append(...orderHistory('o-1', 1));
    const { status, body } = await world.get('/orders/o-1', { 'if-consistent': 'order#o-1@1' });
    expect([status, body]).toEqual([202, { orderId: 'o-1', stale: { stream: 'order#o-1', wanted: 1, reached: 0 } }]);
  });

  test.each([
    ['/users/u-1', 'user#u-1', { userId: 'u-1' }],
    ['/inventory/mug', 'inventory#mug', { sku: 'mug' }],
  ])('says the same of %s', async (path, stream, body) => {
    const asked = { 'if-consistent': `${stream}@1`, prefer: 'wait=0' };
    const answer = await world.get(path, asked);
    expect([answer.status, answer.body]).toEqual([202, { ...body, stale: { stream, wanted: 1, reached: 0 } }]);
    expect((await world.get(path)).status).toBe(404);
  });

  test('folds the stream when waiting has not helped and the caller asks for that', async () => {
    const history = orderHistory('o-1', 3);
    await world.happened(...history.slice(0, 1));
    world.append(...history.slice(1));
    const asked = (version: number) =>
      world.get('/orders/o-1?consistent=true', { 'if-consistent': `order#o-1@${version}`, prefer: 'wait=1' });
    const folded = await asked(2);
    expect([folded.status, folded.headers.get('etag'), world.waited()]).toEqual([200, '"3"', 1_000]);
    expect(folded.body).toMatchObject({ version: 3, status: 'paid' });
    expect(folded.body.stale).toBeUndefined();
    const beyond = await asked(4);
    expect(beyond.status).toBe(202);
    expect(beyond.body).toMatchObject({ version: 3, stale: { wanted: 4, reached: 3 } });
    const nowhere = await world.get('/orders/o-9?consistent=true', { 'if-consistent': 'order#o-9@1' });
    expect([nowhere.status, nowhere.body.stale.reached]).toEqual([202, 0]);
  });

  test('does not wait for a projection that a fault holds up', async () => {
    await world.happened(...orderHistory('o-1', 1), recorded('order#o-1', 2, 'OrderBewitched'));
    for (const path of ['/orders/o-1', '/orders/o-1?consistent=true']) {
      const { status, headers, body } = await world.get(path, { 'if-consistent': 'order#o-1@2' });
      expect([status, headers.get('retry-after')]).toEqual([202, null]);
      expect(body).toMatchObject({ version: 1, stale: { wanted: 2, reached: 1, fault: { version: 2, seen: 2 } } });
    }
    expect(world.waited()).toBe(0);
    expect((await world.get('/orders/o-1', { 'if-consistent': 'order#o-1@1' })).status).toBe(200);
    expect((await world.get('/orders/o-1')).body).toMatchObject({ version: 1, fault: { version: 2, seen: 2 } });
    expect((await world.get('/orders/o-1?consistent=true')).status).toBe(503);
    expect((await world.get('/orders/o-1?version=1')).status).toBe(200);
  });

  test('shows what a fault does not hold up any more, when the stream is folded', async () => {
    const history = orderHistory('o-1', 3);
    await world.happened(history[0]!, { ...history[1]!, type: 'OrderBewitched' });
    world.history.splice(1, 1, history[1]!, history[2]!);
    const { status, body } = await world.get('/orders/o-1?consistent=true', { 'if-consistent': 'order#o-1@3' });
    expect([status, body.version, world.waited()]).toEqual([200, 3, 0]);
  });

  test('knows its stream also where the header had to be encoded', async () => {
    await world.happened(recorded('inventory#Tasse grün', 1, 'StockAdded', { sku: 'Tasse grün', quantity: 7 }));
    const asked = { 'if-consistent': `${encodeURIComponent('inventory#Tasse grün')}@1` };
    expect((await world.get(`/inventory/${encodeURIComponent('Tasse grün')}`, asked)).status).toBe(200);
  });

  test('says why an order cannot be shown whose first event nobody can read', async () => {
    await world.happened(recorded('order#o-1', 1, 'OrderBewitched'));
    const { status, body } = await world.get('/orders/o-1');
    expect(status).toBe(503);
    expect(body.detail).toContain('type is "OrderBewitched"');
  });
});

describe('GET /users/{id} and /inventory/{sku}', () => {
  test('show a user, and of a deleted one nothing personal', async () => {
    await world.happened(
      recorded('user#u-1', 1, 'UserCreated', { userId: 'u-1', email: 'ada@example.com', name: 'Ada' }),
    );
    expect((await world.get('/users/u-1')).body).toMatchObject({ status: 'active', email: 'ada@example.com' });
    await world.happened(recorded('user#u-1', 2, 'UserDeleted', { userId: 'u-1' }));
    const { body } = await world.get('/users/u-1');
    expect(body).toMatchObject({ userId: 'u-1', status: 'deleted', version: 2 });
    expect(JSON.stringify(body)).not.toMatch(/ada/i);
  });

  test('open what is personal in a user’s row as long as there is the key', async () => {
    const key = (await world.vault.ensureKey('user#u-1'))!;
    const person = { email: 'ada@example.com', name: 'Ada' };
    await world.happened(
      recorded(
        'user#u-1',
        1,
        'UserCreated',
        { userId: 'u-1', sealed: 'v1.data' },
        { metadata: { profile: world.vault.seal(key, 'user#u-1', person) } },
      ),
    );
    const { body, headers } = await world.get('/users/u-1');
    expect(body).toEqual({
      stream: 'user#u-1',
      version: 1,
      userId: 'u-1',
      status: 'active',
      ...person,
      createdAt: '2026-01-01T12:00:01.000Z',
      updatedAt: '2026-01-01T12:00:01.000Z',
    });
    expect(headers.get('etag')).toBe('"1"');
    world.vault.destroy('user#u-1');
    expect((await world.get('/users/u-1')).body).toMatchObject({ userId: 'u-1', status: 'active', forgotten: true });
    await world.happened(recorded('user#u-1', 2, 'UserDeleted', { userId: 'u-1' }));
    expect((await world.get('/users/u-1')).body).toEqual({
      stream: 'user#u-1',
      version: 2,
      userId: 'u-1',
      status: 'deleted',
      createdAt: '2026-01-01T12:00:01.000Z',
      updatedAt: '2026-01-01T12:00:02.000Z',
    });
  });

  test('show the level of a SKU, whatever is in its name', async () => {
    await world.happened(recorded('inventory#mug/blue', 1, 'StockAdded', { sku: 'mug/blue', quantity: 7 }));
    expect((await world.get('/inventory/mug%2Fblue')).body).toMatchObject({
      sku: 'mug/blue',
      onHand: 7,
      reserved: 0,
      available: 7,
    });
  });
});

describe('lists', () => {
  const cursorOf = (body: { cursor: string }) => encodeURIComponent(body.cursor);

  test('of orders by status, last updated first, each once', async () => {
    for (const n of [1, 2, 3]) await world.happened(...orderHistory(`o-${n}`, n));
    await world.happened(...orderHistory('o-4', 2));
    const first = await world.get('/orders?status=confirmed&limit=1');
    expect(first.body.items).toMatchObject([{ orderId: 'o-4', status: 'confirmed' }]);
    const second = await world.get(`/orders?status=confirmed&limit=1&cursor=${cursorOf(first.body)}`);
    expect(second.body).toEqual({ items: [expect.objectContaining({ orderId: 'o-2' })] });
    expect((await world.get('/orders')).body.items).toHaveLength(4);
  });

  test('of the orders of a user', async () => {
    for (const n of [1, 2, 3]) await world.happened(...orderHistory(`o-${n}`, 1));
    const first = await world.get('/users/u-1/orders?limit=2');
    expect(first.body.items).toHaveLength(2);
    const second = await world.get(`/users/u-1/orders?limit=2&cursor=${cursorOf(first.body)}`);
    const ids = [...first.body.items, ...second.body.items].map(({ orderId }) => orderId);
    expect(ids.toSorted()).toEqual(['o-1', 'o-2', 'o-3']);
    expect(second.body.cursor).toBeUndefined();
    expect((await world.get('/users/nobody/orders')).body).toEqual({ items: [] });
  });

  test('and orders are shown of any generation, by its number', async () => {
    const history = orderHistory('o-1', 2);
    await world.happened(...history);
    const first = firstGenerations('order-summary', 1, new Date('2026-01-01T00:00:00.000Z'));
    const frozen = { ...first.all[0]!, number: 3, asOf: '2026-01-01T12:00:01.500Z' };
    world.pointers.pointers.set('order-summary', { ...first, sequence: 2, all: [...first.all, frozen] });
    await world.rows.put(3, orderSummary.fold(undefined, history[0]!), undefined);
    world.effects.advance(2_000);
    expect((await world.get('/orders/o-1')).body).toMatchObject({ version: 2, status: 'confirmed' });
    expect((await world.get('/orders/o-1?generation=3')).body).toMatchObject({ version: 1, status: 'created' });
    expect((await world.get('/orders/o-1?generation=1')).body).toMatchObject({ version: 2 });
    expect((await world.get('/orders?generation=3')).body.items).toMatchObject([{ version: 1 }]);
    expect((await world.get('/users/u-1/orders?generation=3')).body.items).toMatchObject([{ version: 1 }]);
    expect((await world.get('/orders?generation=3&status=confirmed')).body.items).toEqual([]);
    const detail = 'order-summary has no generation 2; it has 1, 3';
    expect((await world.get('/orders/o-1?generation=2')).body).toMatchObject(problem(404, detail));
    expect((await world.get('/orders?generation=2')).body).toMatchObject({
      ...problem(404, detail),
      generations: [1, 3],
    });
    expect((await world.get('/orders/o-1?generation=3&version=1')).status).toBe(400);
  });

  test('go on in the generation that they were begun in, until it is retired', async () => {
    const fold = projections.find(({ name }) => name === 'order-summary')!;
    const first = firstGenerations(fold.name, fold.revision, world.effects.time);
    const generation = { ...first.all[0]!, number: 2 };
    for (const n of [1, 2, 3]) await world.happened(...orderHistory(`o-${n}`, 1));
    for (const n of [1, 2, 3]) world.rows.copy(2).set(`order#o-${n}`, world.rows.copy(1).get(`order#o-${n}`)!);
    world.rows.copy(2).set('order#new', { ...world.rows.copy(1).get('order#o-1')!, orderId: 'new' } as never);
    const point = (next: Generations) => {
      world.pointers.pointers.set(next.projection, next);
      world.effects.advance(5_000);
    };
    const idsAt = (body: { items: { orderId: string }[] }) => body.items.map(({ orderId }) => orderId);

    const begun = await world.get('/orders?limit=2');
    point({ ...first, sequence: 2, live: 2, previous: 1, all: [...first.all, generation] });
    const goneOn = await world.get(`/orders?limit=2&cursor=${cursorOf(begun.body)}`);
    expect([...idsAt(begun.body), ...idsAt(goneOn.body)].toSorted()).toEqual(['o-1', 'o-2', 'o-3']);
    expect(idsAt((await world.get('/orders')).body)).toContain('new');
    point({ ...first, sequence: 3, live: 2, all: [generation] });
    const retired = await world.get(`/orders?limit=2&cursor=${cursorOf(begun.body)}`);
    expect([retired.status, retired.body.detail]).toEqual([410, expect.stringContaining('begin it anew')]);
  });

  test('of the events of an order, in their order', async () => {
    await world.happened(...orderHistory('o-1', 3));
    const first = await world.get('/orders/o-1/events?limit=2');
    expect(first.body.items.map(({ version }: RecordedEvent) => version)).toEqual([1, 2]);
    const second = await world.get(`/orders/o-1/events?limit=2&cursor=${cursorOf(first.body)}`);
    expect(second.body).toMatchObject({ items: [{ version: 3, type: 'OrderPaid' }] });
    expect(second.body.cursor).toBeUndefined();
  });

  test('of the events of any stream, with what each changed', async () => {
    await world.happened(...orderHistory('o-1', 2));
    const [, confirmed] = (await world.get('/orders/o-1/events')).body.items;
    expect(confirmed.changes).toEqual([
      { field: 'status', before: 'created', after: 'confirmed' },
      { field: 'confirmedAt', after: '2026-01-01T12:00:02.000Z' },
    ]);
    await world.happened(recorded('inventory#mug/blue', 1, 'StockAdded', { sku: 'mug/blue', quantity: 7 }));
    const stock = await world.get('/inventory/mug%2Fblue/events');
    expect(stock.body.items).toMatchObject([
      { type: 'StockAdded', changes: [{}, { field: 'onHand', after: 7 }, {}, {}] },
    ]);
    await world.happened(recorded('user#u-1', 1, 'UserCreated', { userId: 'u-1', email: 'a@b.example', name: 'Ada' }));
    const user = await world.get('/users/u-1/events');
    expect(user.body.items[0].changes).toContainEqual({ field: 'email', after: 'a@b.example' });
  });

  test('of events, newest recorded first, with their bodies', async () => {
    await world.happened(...orderHistory('o-1', 3));
    const first = await world.get('/events?limit=2');
    expect(first.body.items.map(({ type }: RecordedEvent) => type)).toEqual(['OrderPaid', 'OrderConfirmed']);
    expect(first.body.items[0]).toEqual({
      stream: 'order#o-1',
      version: 3,
      id: 'o-1-3',
      source: 'test.shop',
      type: 'OrderPaid',
      schemaVersion: 1,
      time: '2026-01-01T12:00:03.000Z',
      recordedAt: '2026-01-01T12:00:03.000Z',
      correlationId: 'story-o-1',
      causationId: 'story-o-1',
      data: { orderId: 'o-1', paymentId: 'pay-1', amount: 2500 },
    });
    const second = await world.get(`/events?limit=2&cursor=${cursorOf(first.body)}`);
    expect(second.body.items).toMatchObject([{ type: 'OrderCreated' }]);
  });

  test('of events of one type, by any name that the catalogue has for it', async () => {
    await world.happened(...orderHistory('o-1', 3));
    const { body } = await world.get('/events?type=order.placed');
    expect(body.items).toMatchObject([{ type: 'OrderCreated' }]);
  });

  test('of a story, in the order in which it was recorded', async () => {
    await world.happened(...orderHistory('o-1', 2), ...orderHistory('o-2', 1));
    const { body } = await world.get('/correlations/story-o-1');
    expect(body.items.map(({ id }: RecordedEvent) => id)).toEqual(['o-1-1', 'o-1-2']);
  });
});

describe('GET /events/{id}', () => {
  test('shows an event by the id that its producer gave it', async () => {
    await world.happened({ ...(orderHistory('o-1', 1)[0] as RecordedEvent), id: 'shop/2026/1' });
    const { body, headers } = await world.get('/events/shop%2F2026%2F1');
    expect([body.stream, body.version, headers.get('etag')]).toEqual(['order#o-1', 1, '"1"']);
    expect((await world.get('/events/nothing')).status).toBe(404);
  });

  test('lists the choices when several producers have used it', async () => {
    const [one, other] = [...orderHistory('o-1', 1), ...orderHistory('o-2', 1)] as [RecordedEvent, RecordedEvent];
    await world.happened({ ...one, id: 'e 1', source: '/a' }, { ...other, id: 'e 1', source: '/b' });
    const { status, body } = await world.get('/events/e%201');
    expect(status).toBe(300);
    expect(body).toMatchObject(problem(300, '2 events have the id e 1; say which by source'));
    expect(body.choices).toHaveLength(2);
    expect((await world.get('/events/e%201?source=/b')).body).toMatchObject({ stream: 'order#o-2' });
    for (const { href, stream } of body.choices) expect((await world.get(href)).body).toMatchObject({ stream });
  });
});

describe('a request that cannot be honoured', () => {
  test.each([
    ['/orders?status=lost', 'status', 'lost', 'one of created, confirmed, paid, shipped, delivered, cancelled'],
    ['/orders?limit=0', 'limit', '0', 'a whole number, 1 to 100'],
    ['/orders?limit=101', 'limit', '101', 'a whole number, 1 to 100'],
    ['/orders?limit=1.5', 'limit', '1.5', 'a whole number, 1 to 100'],
    ['/orders?limit=1&limit=2', 'limit', ['1', '2'], 'one value'],
    ['/orders?page=2', 'page', '2', 'one of the parameters status, generation, limit, cursor'],
    ['/events?cursor=%21', 'cursor', '!', 'the cursor of an earlier answer, unchanged'],
    ['/events?cursor=abc', 'cursor', 'abc', 'the cursor of an earlier answer, unchanged'],
    ['/events?type=OrderPlacd', 'type', 'OrderPlacd', expect.stringContaining('OrderCreated')],
    ['/orders/o-1?version=0', 'version', '0', 'a whole number from 1'],
    ['/orders/o-1?asOf=yesterday', 'asOf', 'yesterday', expect.stringContaining('RFC 3339')],
    ['/orders/o-1?consistent=yes', 'consistent', 'yes', 'true or false'],
    [
      '/orders/o-1?version=1&asOf=2026-01-01T00:00:00Z',
      'version, asOf',
      expect.anything(),
      expect.stringContaining('only one'),
    ],
    ['/health?verbose=1', 'verbose', '1', 'no query parameters here'],
  ])('%s names the field, the value and what would be right', async (path, field, value, expected) => {
    await world.happened(...orderHistory('o-1', 1));
    const { status, headers, body } = await world.get(path);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({ ...problem(400, expect.any(String)), problems: [{ field, value, expected }] });
  });

  test('is a cursor of another list', async () => {
    await world.happened(...orderHistory('o-1', 3));
    const { cursor } = (await world.get('/events?limit=1')).body;
    const { body } = await world.get(`/events?type=OrderPaid&cursor=${cursor}`);
    expect(body.problems).toMatchObject([{ expected: 'a cursor of events?type=OrderPaid; this one is of events' }]);
  });

  test.each([
    ['/orders/o-1', 'order#o-1'],
    ['/orders/o-1', 'order#o-1@0'],
    ['/orders/o-1', 'order#o-2@1'],
    ['/orders/o-1', 'user#o-1@1'],
    ['/orders/o-1', 'device#d-1@1'],
    ['/orders/o-1', '%@1'],
    ['/orders/o-1/events', 'order#o-1@1'],
    ['/users/u-1/orders', 'order#o-1@1'],
    ['/events', 'order#o-1@1'],
    ['/events/e-1', 'order#o-1@1'],
    ['/health', 'order#o-1@1'],
    ['/orders?status=paid', 'order#o-1@1'],
    ['/orders/o-1?version=1', 'order#o-1@1'],
    ['/orders/o-1?asOf=2026-01-01T12:00:00Z', 'order#o-1@1'],
  ])('%s If-Consistent: %s promises what it cannot keep', async (path, value) => {
    const { status, body } = await world.get(path, { 'if-consistent': value });
    expect(status).toBe(400);
    expect(body.problems).toMatchObject([{ field: 'If-Consistent', value }]);
  });

  test('is one that would change something', async () => {
    const { status, headers, body } = await world.get('/orders/o-1', {}, 'POST');
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('GET, HEAD');
    expect(body).toMatchObject(problem(405, expect.any(String)));
  });

  test('shows nothing of what went wrong inside, which is in the log', async () => {
    world.rows.getMany = () => Promise.reject(new Error('secret'));
    const { status, body } = await world.get('/orders/o-1');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(world.telemetry.errors).toEqual(['request failed']);
  });
});

describe('GET /health', () => {
  const none = { lagMs: 0, behind: 0, faults: 0 };

  test('of an empty system is ok', async () => {
    expect((await world.get('/health')).body).toEqual({
      status: 'ok',
      projections: { 'order-summary': none, 'user-profile': none, 'inventory-level': none, feed: none },
      faults: [],
      moreFaults: false,
      sample: { streams: 0, newestRecordedAt: null },
    });
  });

  test('is ok when both readers have kept up', async () => {
    await world.happened(...orderHistory('o-1', 3), ...orderHistory('o-2', 1));
    expect((await world.get('/health')).body).toMatchObject({
      status: 'ok',
      sample: { streams: 2, newestRecordedAt: '2026-01-01T12:00:03.000Z' },
    });
  });

  test('shows views that stand still by what the feed has seen', async () => {
    const history = orderHistory('o-1', 3);
    await world.happened(...history.slice(0, 1));
    world.append(...history.slice(1));
    await world.feed.put(history.map(feedRowOf));
    expect((await world.get('/health')).body).toMatchObject({
      status: 'lagging',
      projections: { 'order-summary': { lagMs: 58_000, behind: 2 }, feed: none },
    });
  });

  test('shows a feed that stands still by what the views have seen', async () => {
    const history = orderHistory('o-1', 1);
    world.append(...history);
    await world.project(...history);
    expect((await world.get('/health')).body).toMatchObject({
      status: 'lagging',
      projections: { 'order-summary': none, feed: { lagMs: 59_000, behind: 1 } },
    });
  });

  test('shows both that stand still by what has happened in the streams that they saw last', async () => {
    const history = orderHistory('o-1', 2);
    await world.happened(...history.slice(0, 1));
    world.append(...history.slice(1));
    expect((await world.get('/health')).body).toMatchObject({
      projections: { 'order-summary': { behind: 1 }, feed: { behind: 1 } },
    });
  });

  test('lists faults, and does not call them lag', async () => {
    await world.happened(...orderHistory('o-1', 1), recorded('order#o-1', 2, 'OrderBewitched'));
    expect((await world.get('/health')).body).toMatchObject({
      status: 'faulted',
      projections: { 'order-summary': { lagMs: 0, behind: 0, faults: 1 } },
    });
    expect((await world.get('/health')).body.faults).toEqual([
      {
        projection: 'order-summary',
        stream: 'order#o-1',
        generation: 1,
        live: true,
        version: 2,
        error: expect.stringContaining('OrderBewitched'),
        since: expect.stringMatching(/^2026-/),
        seen: 2,
      },
    ]);
  });
});
