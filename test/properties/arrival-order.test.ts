import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { brokenAt } from '../../functions/adapters/hash-chain';
import { foldInventory, foldOrder, foldUser } from '../../functions/application/aggregates';
import { type Delivery, makeIngest } from '../../functions/application/ingest';
import type { Redelivery } from '../../functions/application/ports';
import type { OrderSummary } from '../../functions/application/read-models/rows';
import { makeFeeder } from '../../functions/projections/feeder';
import { orderSummary } from '../../functions/projections/order-summary';
import { type Envelope, envelope } from '../support/envelopes';
import { FixedEffects } from '../support/fixed-effects';
import { MemoryFacts } from '../support/memory-facts';
import { memoryWriteSide } from '../support/memory-write-side';
import { payloads } from '../support/orders';

/*
 * In whatever order events come, and however often: the outcome is the same. Here one event at a time, with the feed
 * running whenever the dice say so; parking.test.ts has the interleavings.
 */

class System {
  private readonly side = memoryWriteSide(new FixedEffects(), () => new Date(0));
  readonly events = this.side.events;
  readonly inbox = this.side.inbox;
  readonly facts = new MemoryFacts();
  private readonly redelivered: Delivery[] = [];
  private fed = 0;
  private readonly ingest = makeIngest({
    ...this.side,
    facts: this.facts,
    parkForMs: 1000,
  });
  private readonly redelivery: Redelivery = {
    redeliver: async (items) => {
      this.redelivered.push(...items.map((item) => ({ envelope: item.event, parked: item })));
    },
  };
  private readonly feed = makeFeeder({
    feed: { put: async () => [] },
    facts: { publish: async () => [] },
    inbox: this.inbox,
    redelivery: this.redelivery,
    deadLetters: { send: async () => {} },
  });

  async put(event: Envelope): Promise<void> {
    await this.ingest({ envelope: event });
  }

  async runFeed(): Promise<void> {
    const batch = this.events.appended.slice(this.fed);
    this.fed += batch.length;
    if (batch.length > 0) await this.feed(batch);
    for (const delivery of this.redelivered.splice(0)) await this.ingest(delivery);
  }

  async rest(): Promise<void> {
    while (this.fed < this.events.appended.length) await this.runFeed();
  }

  types(stream: string): string[] {
    return this.events.stream(stream).map(({ type }) => type);
  }

  /** Where each event has ended. */
  places(events: readonly Envelope[]): string[] {
    return [...new Set(events.map(({ id }) => id))].flatMap((id) => [
      ...this.events.appended.filter((event) => event.id === id).map(() => `${id} appended`),
      ...this.inbox.items.filter((item) => item.id === id).map(({ state }) => `${id} ${state}`),
    ]);
  }
}

const orderId = 'o-1';
const stream = `order#${orderId}`;
const step = (type: string, payload: object): Envelope => envelope(type, payload, { id: type });
const life = [
  step('OrderCreated', payloads.created(orderId)),
  step('OrderConfirmed', payloads.confirmed(orderId)),
  step('OrderPaid', payloads.paid(orderId)),
  step('OrderShipped', payloads.shipped(orderId)),
  step('OrderDelivered', payloads.delivered(orderId)),
];
const cancelled = step('OrderCancelled', payloads.cancelled(orderId));

/** All of the events in any order, each one to three times, the feed running in between or not. */
const arrivals = (events: readonly Envelope[]) =>
  fc
    .array(fc.constantFrom(...events), { maxLength: events.length })
    .chain((again) => fc.shuffledSubarray([...events, ...again], { minLength: events.length + again.length }))
    .chain((all) =>
      fc.tuple(fc.constant(all), fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length })),
    );

async function arrive([all, feeds]: readonly [readonly Envelope[], readonly boolean[]]): Promise<System> {
  const system = new System();
  for (const [index, event] of all.entries()) {
    await system.put(event);
    if (feeds[index]) await system.runFeed();
  }
  await system.rest();
  return system;
}

const summaryOf = (system: System): OrderSummary | undefined =>
  system.events
    .stream(stream)
    .reduce<OrderSummary | undefined>((row, event) => orderSummary.fold(row, event), undefined);

const soundly = (system: System, events: readonly Envelope[]) => {
  const history = system.events.stream(stream);
  expect(history.map(({ version }) => version)).toEqual(history.map((_, index) => index + 1));
  expect(brokenAt(history)).toBeUndefined();
  expect(system.places(events)).toHaveLength(new Set(events.map(({ id }) => id)).size);
};

describe('the order of arrival', () => {
  it('does not matter to an order that is not cancelled', async () => {
    const expected = summaryOf(await arrive([life, life.map(() => true)]));
    expect(expected).toMatchObject({ status: 'delivered', version: 5 });
    await fc.assert(
      fc.asyncProperty(arrivals(life), async (arrival) => {
        const system = await arrive(arrival);
        expect(system.types(stream)).toEqual(life.map((event) => event['detail-type']));
        expect(summaryOf(system)).toEqual(expected);
        expect(system.inbox.items).toEqual([]);
        soundly(system, life);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves the steps behind a missing one parked, and nothing else', async () => {
    const missing = fc.integer({ min: 0, max: life.length - 1 });
    const cases = missing.chain((index) =>
      fc.tuple(fc.constant(index), arrivals(life.filter((_, other) => other !== index))),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([index, arrival]) => {
        const system = await arrive(arrival);
        expect(system.types(stream)).toEqual(life.slice(0, index).map((event) => event['detail-type']));
        expect(system.inbox.items.map(({ state, id }) => `${state} ${id}`).toSorted()).toEqual(
          life
            .slice(index + 1)
            .map(({ id }) => `parked ${id}`)
            .toSorted(),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('lets a cancellation end an order after some of its steps, or come too late', async () => {
    const events = [...life, cancelled];
    await fc.assert(
      fc.asyncProperty(arrivals(events), async (arrival) => {
        const system = await arrive(arrival);
        const types = system.types(stream);
        const steps = life.map((event) => event['detail-type']);
        const rejected = system.inbox.items.map(({ state, id }) => `${state} ${id}`).toSorted();
        if (types.at(-1) === 'OrderCancelled') {
          expect(types.slice(0, -1)).toEqual(steps.slice(0, types.length - 1));
          expect(types.length).toBeGreaterThan(1);
          expect(types.length).toBeLessThanOrEqual(4);
          expect(rejected).toEqual(
            steps
              .slice(types.length - 1)
              .map((type) => `rejected ${type}`)
              .toSorted(),
          );
        } else {
          expect(types).toEqual(steps);
          expect(rejected).toEqual(['rejected OrderCancelled']);
        }
        soundly(system, events);
        const told = system.facts.published.map(({ detail }) => `rejected ${(detail.data as { id: string }).id}`);
        expect([...new Set(told)].toSorted()).toEqual(rejected);
        expect(foldOrder(system.events.stream(stream)).status).toBe(
          types.at(-1) === 'OrderCancelled' ? 'cancelled' : 'delivered',
        );
      }),
      { numRuns: 300 },
    );
  });

  it('does not matter to stock, which is only added to', async () => {
    const additions = [1, 2, 3, 4].map((quantity) =>
      envelope('StockAdded', { sku: 'mug', quantity }, { id: `add-${quantity}` }),
    );
    await fc.assert(
      fc.asyncProperty(arrivals(additions), async (arrival) => {
        const system = await arrive(arrival);
        expect(foldInventory(system.events.stream('inventory#mug'))).toEqual({
          tracked: true,
          onHand: 10,
          reserved: 0,
        });
      }),
      { numRuns: 50 },
    );
  });

  it('never brings a deleted user back', async () => {
    const userId = 'u-1';
    const events = [
      step('UserCreated', { userId, email: 'ada@example.com', name: 'Ada' }),
      step('UserUpdated', { userId, name: 'Ada L.' }),
      step('UserDeleted', { userId }),
    ];
    await fc.assert(
      fc.asyncProperty(arrivals(events), async (arrival) => {
        const system = await arrive(arrival);
        expect(foldUser(system.events.stream(`user#${userId}`))).toEqual({ status: 'deleted', userId });
        expect(system.inbox.items.filter(({ state }) => state === 'parked')).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
