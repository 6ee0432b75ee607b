import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstGenerations } from '../../../functions/application/read-models/generations';
import type { RecordedEvent } from '../../../functions/application/recorded-event';
import { countableFact, makeCountFacts } from '../../../functions/projections/insights/count-facts';
import { firstOfAll } from '../../support/memory-generations';
import { orderHistory } from '../../support/recorded';
import { VerifiedWorld } from '../../support/verified-world';

const steps = ['created', 'confirmed', 'paid', 'shipped', 'delivered'];

/** An order's events with what the writer notes for their facts. */
const order = (orderId: string, length = 5): readonly RecordedEvent[] =>
  orderHistory(orderId, length).map((event, i) => ({
    ...event,
    metadata: {
      fact: { statusBefore: steps[i - 1] ?? 'none', statusAfter: steps[i], total: 2500, currency: 'EUR', items: [] },
    },
  }));

async function worldOf(events: readonly RecordedEvent[], counted = events) {
  const world = new VerifiedWorld([...events]);
  const first = new Map([...(await firstOfAll()), ['insights', firstGenerations('insights', 1, new Date(0))] as const]);
  world.generations = async () => first;
  await world.projected();
  await count(world, counted);
  return world;
}
const count = (world: VerifiedWorld, events: readonly RecordedEvent[], over = {}) =>
  makeCountFacts({ ledger: world.counted, effects: world.effects })(events.map(countableFact), {
    generation: 1,
    ...over,
  });
const insights = (world: VerifiedWorld, over = {}) => world.verified({ names: ['insights'] }, over);
const all = [...order('o-1'), ...order('o-2', 3), ...order('o-3', 1)];

describe('counters', () => {
  it('are what the events come to, whatever was counted twice', async () => {
    const world = await worldOf(all, [...all, ...all.slice(2, 7)]);
    const { findings, events, rows } = await world.verified();
    expect(findings).toEqual([]);
    expect(events).toBe(9);
    expect(rows).toBeGreaterThan(9 + 3);
  });

  it('that lack a fact are behind, when time has been given', async () => {
    const world = await worldOf(all, all.slice(1));
    const { findings } = await insights(world);
    expect(findings).toContainEqual({
      ...{ projection: 'insights', generation: 1, stream: 'funnel all', kind: 'behind', version: 0, newest: 0 },
      fields: [{ field: 'reached.created', expected: 3, found: 2 }],
    });
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['behind']));
    expect(world.effects.slept).toHaveLength(5);
  });

  it('that are only late are not', async () => {
    const world = await worldOf(all, all.slice(1));
    const sleep = async () => {
      await count(world, all.slice(0, 1));
    };
    expect((await insights(world, { effects: { ...world.effects, now: world.effects.now, sleep } })).findings).toEqual(
      [],
    );
  });

  it('that have counted something twice are ahead', async () => {
    const world = await worldOf(all);
    const increment = { series: 'funnel', key: 'all', add: { 'reached.paid': 1 } };
    await world.counted.commit(1, [], [{ generation: 1, increment }]);
    expect((await insights(world)).findings).toEqual([
      {
        ...{ projection: 'insights', generation: 1, stream: 'funnel all', kind: 'ahead', version: 0, newest: 0 },
        fields: [{ field: 'reached.paid', expected: 2, found: 3 }],
      },
    ]);
    expect(world.effects.slept).toEqual([]);
  });

  it('of what no event is about are ahead', async () => {
    const world = await worldOf(all);
    const increment = { series: 'sales-day', key: '2020-01-01#EUR', add: { orders: 1 } };
    await world.counted.commit(1, [], [{ generation: 1, increment }]);
    expect((await insights(world)).findings).toMatchObject([{ stream: 'sales-day 2020-01-01#EUR', kind: 'ahead' }]);
  });

  it('may go on while the events are read', async () => {
    const world = await worldOf(all);
    const more = order('o-4');
    const { pages } = world.ports;
    const page: typeof pages.page = async (part, from) => {
      if (part.segment === 0 && from === undefined) await count(world, more);
      return pages.page(part, from);
    };
    expect((await insights(world, { pages: { page, size: () => pages.size() } })).findings).toEqual([]);
  });

  it('are compared whatever part and page the events come in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 7 }),
        fc.option(fc.nat()),
        async (lengths, perPage, lost) => {
          const events = lengths.flatMap((length, i) => order(`o-${i}`, length));
          const without = lost === null ? events : events.filter((_, i) => i !== lost % events.length);
          const { counted, generations } = await worldOf(events, without);
          const world = Object.assign(new VerifiedWorld([...events], undefined, perPage), { counted, generations });
          const { findings } = await insights(world);
          expect(findings.length > 0).toBe(without.length < events.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('count a stream whose events stand apart once', async () => {
    const world = await worldOf(all);
    const [first, ...rest] = all;
    const page = async ({ segment }: { segment: number }) => ({
      events: segment === 0 ? [...rest, first as RecordedEvent] : [],
      read: 0,
    });
    expect((await insights(world, { pages: { page, size: async () => all.length } })).findings).toEqual([]);
  });
});
