import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RowPlace } from '../../functions/application/read-models/ports';
import type { ViewRow } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { projections } from '../../functions/projections/projections';
import { makeProjector } from '../../functions/projections/projector';
import { HistoryReader } from '../support/history-reader';
import { MemoryFaults } from '../support/memory-faults';
import { firstOfAll } from '../support/memory-generations';
import { MemoryViewRows } from '../support/memory-views';
import { expectedRows, histories } from '../support/projected-histories';
import { VerifiedWorld } from '../support/verified-world';

/** Batches after which a delivery that still fails is stuck: crashes pass. */
const patience = 2_000;
const now = () => new Date('2026-01-02T00:00:00.000Z');

/** Every record at least once, in any order, in batches of any size; and what goes wrong at each write. */
const deliveries = histories.chain((history) =>
  fc.record({
    history: fc.constant(history),
    records: fc.array(fc.nat({ max: Math.max(0, history.length - 1) }), { maxLength: 10 }).chain((again) =>
      fc.shuffledSubarray([...history, ...(history.length ? again.map((i) => history[i] as RecordedEvent) : [])], {
        minLength: history.length ? history.length + again.length : 0,
      }),
    ),
    cuts: fc.infiniteStream(fc.integer({ min: 1, max: 7 })),
    mishaps: fc.infiniteStream(fc.constantFrom('none', 'none', 'none', 'crash before', 'crash after')),
  }),
);

const byStream = (rows: ReadonlyMap<string, ViewRow>) =>
  [...rows.values()].sort((one, other) => (one.stream < other.stream ? -1 : 1));

/** What the product's own checker says of the rows. */
const foundIn = async (history: readonly RecordedEvent[], rows: MemoryViewRows) => {
  const names = projections.map(({ name }) => name);
  const { findings } = await new VerifiedWorld([...history], rows).verified({ names });
  return findings.map(({ stream, kind, version }) => [stream, kind, version]).sort();
};
const faultedIn = (history: readonly RecordedEvent[]) =>
  byStream(expectedRows(history, '')).flatMap(({ stream, version, fault }) =>
    fault ? [[stream, 'faulted', version]] : [],
  );

describe('whatever the order, repetition, batching, and crashes of the delivery', () => {
  test('the rows are those of the fold in order, and faults know all that waits behind them', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ history, records, cuts, mishaps }) => {
        const rows = new MemoryViewRows();
        const trouble = (when: string) => () => {
          if (mishaps.next().value === when) throw new Error(when);
        };
        rows.beforePut = trouble('crash before');
        rows.afterPut = trouble('crash after');
        const project = makeProjector({
          projections,
          generations: firstOfAll,
          rows,
          events: new HistoryReader(history),
          deadLetters: { send: () => Promise.reject(new Error('nothing here is beyond passing')) },
          faults: new MemoryFaults(),
          now,
        });
        const queue = [...records];
        for (let round = 0; queue.length > 0; round++) {
          expect(round).toBeLessThan(patience);
          const batch = queue.splice(0, cuts.next().value);
          const results = await project(
            batch.map((event) => ({ stream: event.stream, version: event.version, read: () => event })),
          );
          const failed = new Set(results.filter(({ outcome }) => outcome === 'failed').map(({ stream }) => stream));
          queue.unshift(...batch.filter(({ stream }) => failed.has(stream)));
        }
        expect(byStream(rows.rows)).toEqual(byStream(expectedRows(history, now().toISOString())));
        expect(await foundIn(history, rows)).toEqual(faultedIn(history));
      }),
      { numRuns: 300 },
    );
  });

  test('two projectors at work on the same batches end in the same rows', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, fc.scheduler(), async ({ history, records, cuts }, scheduler) => {
        const rows = new MemoryViewRows();
        const slow = {
          getMany: scheduler.scheduleFunction((places: readonly RowPlace[]) => rows.getMany(places)),
          put: scheduler.scheduleFunction((generation: number, row: ViewRow, before: ViewRow | undefined) =>
            rows.put(generation, row, before),
          ),
        };
        const project = makeProjector({
          projections,
          generations: firstOfAll,
          rows: slow,
          events: new HistoryReader(history),
          deadLetters: { send: () => Promise.reject(new Error('nothing here is beyond passing')) },
          faults: new MemoryFaults(),
          now,
        });
        const worker = async () => {
          for (let from = 0; from < records.length; ) {
            const size = cuts.next().value;
            await project(records.slice(from, from + size).map((event) => ({ ...event, read: () => event })));
            from += size;
          }
        };
        await scheduler.waitFor(Promise.all([worker(), worker()]));
        expect(byStream(rows.rows)).toEqual(byStream(expectedRows(history, now().toISOString())));
        expect(await foundIn(history, rows)).toEqual(faultedIn(history));
      }),
      { numRuns: 100 },
    );
  });
});
