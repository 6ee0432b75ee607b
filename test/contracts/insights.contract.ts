import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Ledger, Mark } from '../../functions/application/insights/ledger';
import type { OrderFact } from '../../functions/application/insights/order-fact';
import type { CounterReader, RankingReader } from '../../functions/application/insights/ports';
import { monitorSeries, series } from '../../functions/application/insights/series';
import { makeCountFacts } from '../../functions/projections/insights/count-facts';
import { expectedCounters } from '../../functions/projections/insights/expected-counters';
import { factsOf, lives } from '../support/order-facts';

export type InsightsUnderContract = {
  readonly ledger: Ledger;
  readonly counters: CounterReader & RankingReader;
};

const day = Date.parse('2026-01-05T00:00:00.000Z');
/** Some of the minutes of the first day are not kept any more by then. */
const now = new Date(day + 2.5 * 86_400_000);
const allSeries = [
  ...(['minute', 'hour', 'day'] as const).map(series.sales),
  ...[series.funnel, series.topSkus, series.cancellations, series.lifecycle],
];

/** What every store of insights keeps to. `insights` is asked for in each test; generations are new in each. */
export function insightsContract(
  name: string,
  insights: () => InsightsUnderContract,
  { numRuns }: { readonly numRuns: number },
): void {
  let generation = 0;
  const newGeneration = () => ++generation;
  const counted = async (of: number) =>
    new Map(
      await Promise.all(
        allSeries.map(async (one) => [one, await insights().counters.read(of, { series: one })] as const),
      ),
    );
  const effects = { now: () => now, random: Math.random, sleep: async () => {} };
  const life = { orderId: 'o-1', length: 5, currency: 'EUR', begin: day, pauses: [1000, 1000, 1000, 1000] };
  const lines = [{ sku: 'mug', quantity: 2, unitPrice: 1000 }];

  describe(`${name} as a store of insights`, () => {
    it('counts every fact once, whatever is repeated, mixed up, cut into batches, lost on the way or done by several at once', async () => {
      await fc.assert(
        fc.asyncProperty(
          lives(day, { maxLength: 5 }).chain((all) => {
            const facts = all.flatMap(factsOf);
            const repeated = fc.subarray(facts).map((again) => [...facts, ...again]);
            return fc.record({
              facts: fc.constant(facts),
              delivered: repeated.chain((some) => fc.shuffledSubarray(some, { minLength: some.length })),
              batchSize: fc.integer({ min: 1, max: 12 }),
              workers: fc.integer({ min: 1, max: 3 }),
              // What becomes of each commit: nothing, lost before it is written, or its answer lost.
              fates: fc.infiniteStream(fc.constantFrom('done', 'done', 'done', 'not written', 'not heard of')),
            });
          }),
          async ({ facts, delivered, batchSize, workers, fates }) => {
            const of = newGeneration();
            const { ledger } = insights();
            const fate = fates[Symbol.iterator]();
            const unreliable: Ledger = {
              read: (...asked) => ledger.read(...asked),
              commit: async (...written) => {
                const becomes = fate.next().value;
                if (becomes === 'not written') throw new Error('the connection broke');
                const outcome = await ledger.commit(...written);
                if (becomes === 'not heard of') throw new Error('the answer was lost');
                return outcome;
              },
            };
            const queue: OrderFact[][] = [];
            for (let from = 0; from < delivered.length; from += batchSize)
              queue.push(delivered.slice(from, from + batchSize));
            const work = async () => {
              const count = makeCountFacts({ ledger: unreliable, effects });
              for (let batch = queue.shift(); batch; batch = queue.shift()) {
                const { failed } = await count(batch, { generation: of });
                if (failed.length > 0) queue.push(failed.map(({ fact }) => fact));
              }
            };
            await Promise.all(Array.from({ length: workers }, work));
            const expected = expectedCounters(facts, now);
            expect(await counted(of)).toEqual(new Map(allSeries.map((one) => [one, expected.get(one) ?? []])));
          },
        ),
        { numRuns },
      );
    }, 60_000);

    it('writes nothing on a mark that somebody else has written since', async () => {
      const of = newGeneration();
      const { ledger } = insights();
      const stream = 'order#raced';
      const visit = { state: 'created', at: day };
      const first = { stream, revision: 1, upTo: 1, last: visit, ahead: new Map() };
      const other = { stream: 'order#beside', revision: 1, upTo: 0, ahead: new Map([[2, visit]]) };
      const counts = [{ generation: of, increment: { series: 'raced', key: 'all', add: { count: 1 } } }];
      const commit = (before: Mark | undefined, after: Mark) =>
        ledger.commit(
          of,
          [
            { before: undefined, after: other },
            { before, after },
          ].slice(before ? 1 : 0),
          counts,
        );
      expect(await commit(undefined, first)).toEqual({ kind: 'committed' });
      expect(await commit(undefined, first)).toEqual({ kind: 'conflict' });
      const second = { ...first, revision: 2, upTo: 2 };
      expect(await commit(first, second)).toEqual({ kind: 'committed' });
      expect(await commit(first, second)).toEqual({ kind: 'conflict' });
      expect(await ledger.read(of, [stream, other.stream, 'order#nowhere'])).toEqual(
        new Map([
          [stream, second],
          [other.stream, other],
        ]),
      );
      expect(await insights().counters.read(of, { series: 'raced' })).toEqual([{ key: 'all', values: { count: 2 } }]);
    });

    it('ranks what sold most of a day', async () => {
      const of = newGeneration();
      const skus = Array.from({ length: 12 }, (_, n) => ({ sku: `sku-${n}`, quantity: n + 1, unitPrice: 10 }));
      const facts = ['o-1', 'o-2'].flatMap((orderId) => factsOf({ ...life, orderId, lines: skus }));
      await makeCountFacts({ ledger: insights().ledger, effects })(facts, { generation: of });
      expect(await insights().counters.top(of, series.topSkus, '2026-01-05', 3)).toEqual([
        { key: '2026-01-05#sku-11', values: { quantity: 24, 'revenue.EUR': 240 } },
        { key: '2026-01-05#sku-10', values: { quantity: 22, 'revenue.EUR': 220 } },
        { key: '2026-01-05#sku-9', values: { quantity: 20, 'revenue.EUR': 200 } },
      ]);
      expect(await insights().counters.top(of, series.topSkus, '2026-01-06', 3)).toEqual([]);
    });

    it('counts what was processed, for the monitor, once and beside the generations', async () => {
      const facts = factsOf({ ...life, lines });
      const of = newGeneration();
      const total = async () => {
        const [row] = await insights().counters.read(0, { series: monitorSeries, from: 'total', to: 'total' });
        return row?.values ?? { processed: 0, processingMs: 0 };
      };
      const before = await total();
      const count = makeCountFacts({ ledger: insights().ledger, effects });
      await count(facts, { generation: of, monitored: true });
      await count(facts, { generation: of, monitored: true });
      await count(facts, { generation: newGeneration() });
      const after = await total();
      expect(after.processed! - before.processed!).toBe(5);
      const waited = facts.reduce((sum, { recordedAt }) => sum + now.getTime() - recordedAt!, 0);
      expect(after.processingMs! - before.processingMs!).toBe(waited);
    });

    it('reads a part of a series by its keys, both ends included', async () => {
      const of = newGeneration();
      const facts = [0, 1, 2, 3].flatMap((n) =>
        factsOf({ ...life, orderId: `o-${n}`, length: 1, begin: day + n * 3_600_000, lines }),
      );
      await makeCountFacts({ ledger: insights().ledger, effects })(facts, { generation: of });
      const range = { series: series.sales('hour'), from: '2026-01-05T01#EUR', to: '2026-01-05T02#EUR' };
      expect(await insights().counters.read(of, range)).toEqual([
        { key: '2026-01-05T01#EUR', values: { orders: 1, value: 2000 } },
        { key: '2026-01-05T02#EUR', values: { orders: 1, value: 2000 } },
      ]);
    });
  });
}
