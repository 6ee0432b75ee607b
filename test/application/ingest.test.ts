import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Delivery, type Ingest, makeIngest } from '../../functions/application/ingest';
import { cloudEventEnvelope, type Envelope, envelope } from '../support/envelopes';
import { FixedEffects } from '../support/fixed-effects';
import type { MemoryEventStore } from '../support/memory-event-store';
import { MemoryFacts } from '../support/memory-facts';
import type { MemoryInbox } from '../support/memory-inbox';
import { memoryWriteSide } from '../support/memory-write-side';
import { payloads } from '../support/orders';

const stream = 'order#o-1';
const step = (type: string, payload: object, id = type): Envelope => envelope(type, payload, { id });
const created = step('OrderCreated', payloads.created('o-1'));
const confirmed = step('OrderConfirmed', payloads.confirmed('o-1'));
const paid = step('OrderPaid', payloads.paid('o-1'));
const cancelled = step('OrderCancelled', payloads.cancelled('o-1'));

let events: MemoryEventStore;
let inbox: MemoryInbox;
let facts: MemoryFacts;
const DAY = 24 * 3_600_000;
let effects: FixedEffects;
let calls: string[];
let ingest: Ingest;

/** Notes the calls, as each is one of the SDK. */
const noting = <P extends object>(port: P): P =>
  new Proxy(port, {
    get: (target, name) => {
      const member = Reflect.get(target, name);
      if (typeof member !== 'function' || name === 'assumeEmpty') return member;
      return (...args: unknown[]) => {
        calls.push(String(name));
        return member.apply(target, args);
      };
    },
  });

beforeEach(() => {
  effects = new FixedEffects();
  const side = memoryWriteSide(effects);
  events = side.events;
  inbox = side.inbox;
  facts = new MemoryFacts();
  calls = [];
  ingest = makeIngest({
    ...side,
    events: noting(events),
    inbox: noting(inbox),
    facts: noting(facts),
    parkForMs: DAY,
  });
});

const take = (event: Envelope, delivery: Partial<Delivery> = {}) => ingest({ envelope: event, ...delivery });
const types = () => events.stream(stream).map(({ type }) => type);

describe('an event whose turn it is', () => {
  it('is appended: the first of its stream without a read', async () => {
    expect(await take(created)).toEqual({
      outcome: 'appended',
      stream,
      version: 1,
      id: 'OrderCreated',
      source: 'shop',
      type: 'OrderCreated',
      correlationId: 'OrderCreated',
    });
    expect(calls).toEqual(['append']);
    expect(await take(confirmed)).toMatchObject({ outcome: 'appended', version: 2 });
    expect(calls).toEqual(['append', 'load', 'append']);
  });

  it('tells its fact what changed', async () => {
    for (const event of [created, confirmed, paid]) await take(event);
    const [, second, third] = events.stream(stream);
    expect(second?.metadata.fact).toEqual({
      userId: 'u-1',
      statusBefore: 'created',
      statusAfter: 'confirmed',
      total: 2990,
      currency: 'EUR',
    });
    expect(third?.metadata.fact).toMatchObject({ statusAfter: 'paid', items: [{ sku: 'mug' }] });
  });

  it('belongs to the story of its stream, unless it brings its own', async () => {
    await take(cloudEventEnvelope({ id: 'e-1', correlationid: 'story', data: payloads.created('o-1') }));
    await take(confirmed);
    const own = {
      id: 'e-3',
      type: 'OrderPaid',
      correlationid: 'refund',
      causationid: 'e-2',
      data: payloads.paid('o-1'),
    };
    await take(cloudEventEnvelope(own));
    expect(events.stream(stream).map(({ correlationId, causationId }) => [correlationId, causationId])).toEqual([
      ['story', 'e-1'],
      ['story', 'OrderConfirmed'],
      ['refund', 'e-2'],
    ]);
  });

  it('is an order of the usual size within one write unit', async () => {
    for (const event of [created, confirmed, paid]) await take(event);
    for (const event of events.stream(stream)) expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(1024);
  });
});

describe('an event that has come before', () => {
  it('is a duplicate: the first of its stream without a read', async () => {
    await take(created);
    calls = [];
    expect(await take(created)).toMatchObject({ outcome: 'duplicate', version: 1 });
    expect(calls).toEqual(['append']);
    await take(confirmed);
    expect(await take(confirmed)).toMatchObject({ outcome: 'duplicate', version: 2 });
    expect(types()).toEqual(['OrderCreated', 'OrderConfirmed']);
  });

  it('is redundant under another id', async () => {
    await take(created);
    expect(await take({ ...created, id: 'again' })).toMatchObject({ outcome: 'redundant', reason: expect.any(String) });
    expect(types()).toEqual(['OrderCreated']);
    expect(inbox.items).toEqual([]);
  });
});

describe('an event before its turn', () => {
  it('is parked, as it came, until the stream is there', async () => {
    await take(created);
    expect(await take(paid)).toMatchObject({ outcome: 'parked', dueAtVersion: 2 });
    expect(inbox.items).toEqual([
      {
        stream,
        state: 'parked',
        id: 'OrderPaid',
        source: 'shop',
        type: 'OrderPaid',
        reason: 'the order is created; to be paid it must be confirmed',
        event: paid,
        at: '2026-01-01T12:00:00.000Z',
        dueAtVersion: 2,
        parkedUntil: '2026-01-02T12:00:00.000Z',
      },
    ]);
  });

  it('leaves the Inbox when it is decided', async () => {
    await take(created);
    await take(paid);
    await take(confirmed);
    const [item] = inbox.items;
    expect(await take(paid, { parked: item! })).toMatchObject({ outcome: 'appended', version: 3 });
    expect(inbox.items).toEqual([]);
  });

  it('does not wait longer for having been woken too early', async () => {
    await take(paid);
    const [item] = inbox.items;
    effects.advance(30_000);
    await take(paid, { parked: item! });
    expect(inbox.items).toEqual([item]);
  });

  it('leaves the Inbox too when another delivery of it was faster', async () => {
    await take(created);
    await take(paid);
    const [left] = inbox.items;
    await take(confirmed);
    await take(paid);
    await inbox.put(left!);
    expect(await take(paid)).toMatchObject({ outcome: 'duplicate' });
    expect(inbox.items).toEqual([]);
  });

  it('is rejected when its time is up', async () => {
    await take(paid);
    const [item] = inbox.items;
    expect(await take(paid, { parked: item!, last: true })).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('waited too long'),
    });
    expect(inbox.items).toMatchObject([{ state: 'rejected', id: 'OrderPaid' }]);
    expect(facts.published).toHaveLength(1);
  });

  it('stays rejected when it is put again, with a time of its own or without', async () => {
    for (const [id, time] of Object.entries({ 'without-time': {}, 'with-time': { time: paid.time } })) {
      const event = cloudEventEnvelope({ type: 'OrderPaid', id, data: paid.detail, ...time });
      await take(event);
      await take(event, { parked: inbox.items.at(-1)!, last: true });
      effects.advance(DAY);
      // Without a time in the CloudEvent, its age is that of the envelope, which is new each time.
      const again = { ...event, time: effects.now().toISOString() };
      expect(await take(again)).toMatchObject({ outcome: 'rejected' });
    }
    for (const event of [created, confirmed]) await take(event);
    expect(inbox.items.map(({ state }) => state)).toEqual(['rejected', 'rejected']);
    for (const { event } of inbox.items)
      expect(await take({ ...(event as Envelope), time: effects.now().toISOString() })).toMatchObject({
        outcome: 'rejected',
      });
    expect(types()).toEqual(['OrderCreated', 'OrderConfirmed']);
  });
});

describe('a cancellation', () => {
  const at = (event: Envelope, time: string): Envelope => ({ ...event, time });

  it('lets the steps that happened before it go first, as the bus keeps no order', async () => {
    for (const event of [paid, confirmed, created]) await take(event);
    expect(inbox.items).toHaveLength(2);
    expect(await take(cancelled)).toMatchObject({ outcome: 'appended', version: 4 });
    expect(types()).toEqual(['OrderCreated', 'OrderConfirmed', 'OrderPaid', 'OrderCancelled']);
    expect(inbox.items).toEqual([]);
  });

  it('does not wait for a step that cannot be taken yet, nor for one that happened after it', async () => {
    await take(created);
    await take(paid);
    await take(confirmed);
    const [item] = inbox.items;
    await inbox.remove(item!);
    await inbox.put({ ...item!, event: at(paid, '2026-01-01T11:00:00Z') });
    expect(await take(cancelled)).toMatchObject({ outcome: 'appended', version: 3 });
    expect(inbox.items).toMatchObject([{ state: 'parked', id: 'OrderPaid' }]);
  });

  it('comes too late when those before it lead to a shipment', async () => {
    for (const event of [created, confirmed, step('OrderShipped', payloads.shipped('o-1')), paid]) await take(event);
    expect(await take(cancelled)).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('shipped') });
    expect(types().at(-1)).toBe('OrderShipped');
  });
});

describe('an event that can never be', () => {
  it('is put down as rejected, as it came, and its producer is told', async () => {
    const wrong = step('OrderPaid', { orderId: 'o-1', paymentId: 'p', amount: 1 });
    await take(created);
    await take(confirmed);
    const problems = [{ field: 'amount', value: 1, expected: '2990, the total of the order' }];
    expect(await take(wrong)).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('2990 EUR') });
    expect(inbox.items).toMatchObject([{ stream, state: 'rejected', id: 'OrderPaid', problems, event: wrong }]);
    expect(facts.published).toMatchObject([
      {
        type: 'EventRejected',
        detail: {
          specversion: '1.0',
          id: 'rejected:shop:OrderPaid',
          source: 'orderstream',
          subject: 'o-1',
          partitionkey: stream,
          causationid: 'OrderPaid',
          data: { stream, id: 'OrderPaid', source: 'shop', type: 'OrderPaid', problems },
        },
      },
    ]);
  });

  it('comes to nothing after a cancellation', async () => {
    for (const event of [created, cancelled]) await take(event);
    expect(await take(confirmed)).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('cancelled') });
    expect(types()).toEqual(['OrderCreated', 'OrderCancelled']);
  });

  it('is told of without personal data', async () => {
    await take(envelope('UserCreated', { userId: 'u-1', email: 'ada at example', name: 'Ada Lovelace' }));
    await take(envelope('UserRegisterd', { email: 'ada@example.com' }));
    expect(facts.published).toHaveLength(2);
    expect(JSON.stringify(facts.published)).not.toMatch(/ada at|ada@|Lovelace/);
    expect(JSON.stringify(inbox.items)).toContain('ada at example');
  });

  it('is not done with before its producer could be told', async () => {
    facts.refuse = new Map([['EventRejected', { error: 'InternalFailure', retryable: true }]]);
    await expect(take(step('OrderPaid', {}))).rejects.toThrow('could not be published: InternalFailure');
    expect(inbox.items).toHaveLength(1);
    facts.refuse = new Map();
    expect(await take(step('OrderPaid', {}))).toMatchObject({ outcome: 'rejected' });
    expect([inbox.items.length, facts.published.length]).toEqual([1, 1]);
  });

  it('leaves its place among the parked, even when it cannot be read any more', async () => {
    const parked = { stream: 'order#o-9', source: 'shop', id: 'e-9' };
    await inbox.put({ ...parked, state: 'parked', type: 'OrderOld', reason: '', event: {}, at: '' });
    await ingest({ envelope: envelope('OrderOld', {}, { id: 'e-9' }), parked });
    expect(inbox.items).toMatchObject([{ state: 'rejected' }]);
  });
});

describe('writers in a race', () => {
  it('decide again behind whoever was faster', async () => {
    await take(created);
    const load = events.load.bind(events);
    let raced = false;
    events.load = async (name) => {
      const loaded = await load(name);
      if (!raced) {
        raced = true;
        await events.append([{ loaded, events: (await cancellation()).events }]);
      }
      return loaded;
    };
    expect(await take(confirmed)).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('cancelled') });
    expect(types()).toEqual(['OrderCreated', 'OrderCancelled']);
  });

  it('give up after a while, and leave it to the next delivery', async () => {
    await take(created);
    events.append = async () => {
      throw Object.assign(new Error('lost'), { code: 'append-conflict', streams: [stream] });
    };
    await expect(take(confirmed)).rejects.toThrow('first 10 times');
    expect(effects.slept).toHaveLength(10);
    expect(Math.max(...effects.slept)).toBeLessThanOrEqual(250);
  });
});

/** Somebody else's cancellation, as a write. */
async function cancellation() {
  const other = memoryWriteSide(effects);
  const ingestThere = makeIngest({ ...other, facts, parkForMs: 1 });
  for (const event of [created, cancelled]) await ingestThere({ envelope: event });
  return { events: other.events.appended.slice(1) };
}
