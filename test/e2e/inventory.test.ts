import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoDbEventStore } from '../../functions/adapters/event-store';
import { DynamoDbInbox } from '../../functions/adapters/inbox';
import { DynamoDbLine } from '../../functions/adapters/line';
import { systemEffects } from '../../functions/adapters/system-effects';
import { makeIngest } from '../../functions/application/ingest';
import { Planner } from '../../functions/application/planner';
import { reducerHashes } from '../../functions/application/reducer-hashes';
import { type Envelope, envelope } from '../support/envelopes';
import { MemoryFacts } from '../support/memory-facts';
import { plainNames } from '../support/memory-write-side';
import { type Answer, System } from '../support/system';

let system: System;
beforeAll(async () => {
  system = await System.start();
}, 60_000);
afterAll(() => system?.stop());

type Line = { readonly sku: string; readonly quantity: number };

/** An order of these lines, created over HTTP. */
async function newOrder(...lines: readonly Line[]): Promise<string> {
  const orderId = system.newId('o');
  const items = lines.map((line) => ({ ...line, unitPrice: 1000 }));
  const answer = await system.command('POST', '/orders', { orderId, userId: 'u-1', currency: 'EUR', items });
  expect(answer.status).toBe(201);
  return orderId;
}

const addStock = (sku: string, quantity: number) => system.command('POST', `/inventory/${sku}/stock`, { quantity });
const step = (orderId: string, name: string, body: object = {}) =>
  system.command('POST', `/orders/${orderId}/${name}`, body);
const pay = (orderId: string, amount: number) => step(orderId, 'pay', { paymentId: `pay-${orderId}`, amount });

async function newSku(quantity: number): Promise<string> {
  const sku = system.newId('sku');
  expect((await addStock(sku, quantity)).status).toBe(200);
  return sku;
}

/** What the views and the fold of the stream say, which has to be the same, about the stock of a SKU. */
async function levelOf(sku: string): Promise<{ onHand: number; reserved: number; available: number }> {
  return system.settled(async () => {
    const viewed = await system.get(`/inventory/${sku}`);
    const folded = await system.get(`/inventory/${sku}?consistent=true`);
    expect(viewed.body).toEqual(folded.body);
    const { onHand, reserved, available } = viewed.body;
    return { onHand, reserved, available };
  });
}

const typesOf = async (stream: string) => (await system.stream(stream)).map(({ type }) => type);

function expectShortage(answer: Answer, { sku, asked, available }: { sku: string; asked: number; available: number }) {
  expect(answer.status).toBe(409);
  expect(answer.body).toMatchObject({
    type: 'urn:problem-type:orderstream:insufficient-stock',
    detail: `there is not enough stock: ${sku}: ${asked} asked, ${available} available`,
    problems: [{ field: `stock of ${sku}`, value: asked, expected: `at most ${available}` }],
  });
}

describe('stock', () => {
  it('is added over the bus and over HTTP', async () => {
    const sku = await newSku(5);
    await system.put({ type: 'StockAdded', detail: { sku, quantity: 7 } });
    expect(await levelOf(sku)).toEqual({ onHand: 12, reserved: 0, available: 12 });
  });

  it('is reserved with the confirmation, of every line, in one transaction', async () => {
    const [a, b] = [await newSku(5), await newSku(9)];
    const orderId = await newOrder({ sku: a, quantity: 2 }, { sku: b, quantity: 3 }, { sku: a, quantity: 1 });
    expect((await step(orderId, 'confirm')).status).toBe(200);
    expect(await levelOf(a)).toEqual({ onHand: 5, reserved: 3, available: 2 });
    expect(await levelOf(b)).toEqual({ onHand: 9, reserved: 3, available: 6 });
    const [, confirmed] = await system.stream(`order#${orderId}`);
    expect(confirmed!.data.reservations).toEqual([
      { sku: a, quantity: 3 },
      { sku: b, quantity: 3 },
    ]);
    for (const sku of [a, b]) {
      const [, reserved] = await system.stream(`inventory#${sku}`);
      expect(reserved).toMatchObject({
        type: 'StockReserved',
        data: { sku, orderId, quantity: 3 },
        id: `order#${orderId}@2`,
        source: 'orderstream/reservations',
        causationId: confirmed!.id,
        correlationId: confirmed!.correlationId,
        recordedAt: confirmed!.recordedAt,
      });
    }
  });

  it('that is short of one line keeps the whole order from being confirmed, and says of which SKU, until there is more', async () => {
    const [plenty, scarce] = [await newSku(50), await newSku(1)];
    const orderId = await newOrder({ sku: plenty, quantity: 2 }, { sku: scarce, quantity: 2 });
    expectShortage(await step(orderId, 'confirm'), { sku: scarce, asked: 2, available: 1 });
    expect(await typesOf(`inventory#${plenty}`)).toEqual(['StockAdded']);
    expect(await typesOf(`order#${orderId}`)).toEqual(['OrderCreated']);
    expect(await system.inbox(`order#${orderId}`)).toMatchObject([
      { state: 'refused', type: 'OrderConfirmed', reason: expect.stringContaining(scarce) },
    ]);
    await addStock(scarce, 1);
    expect((await step(orderId, 'confirm')).status).toBe(200);
    expect(await levelOf(scarce)).toEqual({ onHand: 2, reserved: 2, available: 0 });
  });

  it('that is short turns a confirmation from the bus away with the same reason', async () => {
    const sku = await newSku(1);
    const orderId = await newOrder({ sku, quantity: 2 });
    await system.put({ type: 'OrderConfirmed', detail: { orderId } });
    await system.settled(async () => {
      expect(await system.inbox(`order#${orderId}`)).toMatchObject([
        { state: 'rejected', reason: `there is not enough stock: ${sku}: 2 asked, 1 available` },
      ]);
    });
    expect(await typesOf(`order#${orderId}`)).toEqual(['OrderCreated']);
    expect(await levelOf(sku)).toEqual({ onHand: 1, reserved: 0, available: 1 });
  });

  it('is released by a cancellation', async () => {
    const sku = await newSku(4);
    const orderId = await newOrder({ sku, quantity: 3 });
    await step(orderId, 'confirm');
    await pay(orderId, 3000);
    expect((await step(orderId, 'cancel', { reason: 'changed my mind' })).status).toBe(200);
    expect(await levelOf(sku)).toEqual({ onHand: 4, reserved: 0, available: 4 });
    expect(await typesOf(`inventory#${sku}`)).toEqual(['StockAdded', 'StockReserved', 'ReservationReleased']);
  });

  it('is committed by the shipment, over the bus as well', async () => {
    const sku = await newSku(4);
    const orderId = await newOrder({ sku, quantity: 3 });
    await step(orderId, 'confirm');
    await pay(orderId, 3000);
    await system.put({ type: 'OrderShipped', detail: { orderId, carrier: 'dhl' } });
    expect(await levelOf(sku)).toEqual({ onHand: 1, reserved: 0, available: 1 });
    expect(await typesOf(`inventory#${sku}`)).toEqual(['StockAdded', 'StockReserved', 'ReservationCommitted']);
  });

  it('that nobody has ever added is always available, and not held when it comes in between', async () => {
    const sku = system.newId('sku');
    const [cancelled, shipped] = [await newOrder({ sku, quantity: 900 }), await newOrder({ sku, quantity: 900 })];
    for (const orderId of [cancelled, shipped]) expect((await step(orderId, 'confirm')).status).toBe(200);
    expect(await system.stream(`inventory#${sku}`)).toEqual([]);
    await addStock(sku, 5);
    expect((await step(cancelled, 'cancel', { reason: 'changed my mind' })).status).toBe(200);
    await pay(shipped, 900_000);
    expect((await step(shipped, 'ship')).status).toBe(200);
    expect(await levelOf(sku)).toEqual({ onHand: 5, reserved: 0, available: 5 });
    const late = await newOrder({ sku, quantity: 6 });
    expectShortage(await step(late, 'confirm'), { sku, asked: 6, available: 5 });
  });

  it('is not reserved by anybody but us', async () => {
    const sku = await newSku(4);
    const detail = { sku, orderId: 'o-1', quantity: 1 };
    for (const type of ['StockReserved', 'ReservationReleased', 'ReservationCommitted'])
      await system.put({ type, detail });
    await system.settled(async () => {
      expect(await system.inbox(`inventory#${sku}`)).toMatchObject(Array(3).fill({ state: 'rejected' }));
    });
    expect(await levelOf(sku)).toEqual({ onHand: 4, reserved: 0, available: 4 });
  });
});

/** The write side on the deployed tables: each call as if by a process of its own, as many at a time as there are calls. */
function independentWriters() {
  const { endpoint, outputs } = system;
  const client = new DynamoDBClient({
    ...(endpoint && { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 200 } },
  });
  const inboxTable = outputs.InboxTableName!;
  const tables = { events: outputs.EventsTableName!, inbox: inboxTable, keys: 'none is needed' };
  const ingest = (one: Envelope) => {
    const events = new DynamoDbEventStore(client, tables, reducerHashes, systemEffects);
    return makeIngest({
      events,
      planner: new Planner({ events, names: plainNames }),
      // As patient as a deployed ingest.
      line: new DynamoDbLine(client, inboxTable, systemEffects, { patienceMs: 20_000 }),
      inbox: new DynamoDbInbox(client, inboxTable),
      facts: new MemoryFacts(),
      effects: systemEffects,
      parkForMs: 60_000,
    })({ envelope: one });
  };
  return { ingest, close: () => client.destroy() };
}

describe('a hundred confirmations at once', () => {
  /** A hundred orders of one piece each, made ten at a time: only their confirmations have to meet. */
  async function orders(sku: string): Promise<string[]> {
    const ids: string[] = [];
    while (ids.length < 100)
      ids.push(...(await Promise.all(Array.from({ length: 10 }, () => newOrder({ sku, quantity: 1 })))));
    return ids;
  }

  /** Versions 1..n without a hole, the stock and one reservation for each of so many orders. */
  async function expectReserved(sku: string, pieces: number): Promise<void> {
    const stream = await system.stream(`inventory#${sku}`);
    expect(stream.map(({ version }) => version)).toEqual(Array.from({ length: pieces + 1 }, (_, n) => n + 1));
    expect(new Set(stream.slice(1).map(({ data }) => data.orderId)).size).toBe(pieces);
    expect(await levelOf(sku)).toEqual({ onHand: pieces, reserved: pieces, available: 0 });
  }

  // A function has few environments here, so few calls of it meet. These writers all do.
  it.each([100, 10])(
    'by writers of which none waits for another confirm %i when there are so many pieces, and nobody gives up',
    async (pieces) => {
      const { ingest, close } = independentWriters();
      const sku = await newSku(pieces);
      const ids = Array.from({ length: 100 }, () => system.newId('o'));
      const items = [{ sku, quantity: 1, unitPrice: 1000 }];
      const order = (orderId: string) => ({ orderId, userId: 'u-1', currency: 'EUR', items });
      await Promise.all(ids.map((orderId) => ingest(envelope('OrderCreated', order(orderId)))));
      const outcomes = await Promise.all(ids.map((orderId) => ingest(envelope('OrderConfirmed', { orderId }))));
      close();
      const count = (outcome: string) => outcomes.filter((one) => one.outcome === outcome).length;
      expect([count('appended'), count('rejected')]).toEqual([pieces, 100 - pieces]);
      await expectReserved(sku, pieces);
    },
    60_000,
  );

  it('over HTTP confirm all hundred when there are a hundred pieces', async () => {
    const sku = await newSku(100);
    const answers = await Promise.all((await orders(sku)).map((orderId) => step(orderId, 'confirm')));
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(200));
    await expectReserved(sku, 100);
  }, 30_000);

  it('over HTTP confirm the last ten pieces and never an eleventh, and turn the others away', async () => {
    const sku = await newSku(10);
    const answers = await Promise.all((await orders(sku)).map((orderId) => step(orderId, 'confirm')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    for (const answer of answers.filter(({ status }) => status !== 200))
      expectShortage(answer, { sku, asked: 1, available: 0 });
    await expectReserved(sku, 10);
  }, 30_000);

  it('over the bus confirm as many as there are pieces, and reject the others', async () => {
    for (const pieces of [100, 10]) {
      const sku = await newSku(pieces);
      const ids = await orders(sku);
      const confirmations = ids.map((orderId) => ({ type: 'OrderConfirmed', detail: { orderId } }));
      const tens = Array.from({ length: 10 }, (_, n) => confirmations.slice(n * 10, n * 10 + 10));
      await Promise.all(tens.map((ten) => system.put(...ten)));
      await system.settled(() => expectReserved(sku, pieces));
      const rejected = await Promise.all(ids.map((orderId) => system.inbox(`order#${orderId}`)));
      expect(rejected.flat().map(({ state }) => state)).toEqual(Array(100 - pieces).fill('rejected'));
    }
  }, 60_000);
});
