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
import { orderHistory, recorded } from '../support/recorded';

/** Batches after which a delivery that still fails is stuck: crashes pass. */
const patience = 2_000;
const now = () => new Date('2026-01-02T00:00:00.000Z');

const userHistory = (userId: string): readonly RecordedEvent[] => [
  recorded(`user#${userId}`, 1, 'UserCreated', { userId, email: `${userId}@example.com`, name: 'Ada' }),
  recorded(`user#${userId}`, 2, 'UserUpdated', { userId, name: 'Ada King' }),
  recorded(`user#${userId}`, 3, 'UserDeleted', { userId }),
];
const stockHistory = (sku: string, quantities: readonly number[]): readonly RecordedEvent[] =>
  quantities.map((quantity, i) => recorded(`inventory#${sku}`, i + 1, 'StockAdded', { sku, quantity }));

/** A few streams of all kinds; some of the orders have an event in them that nobody can read. */
const histories = fc
  .record({
    orders: fc.array(
      fc.record({ length: fc.integer({ min: 1, max: 5 }), poison: fc.option(fc.integer({ min: 1, max: 5 })) }),
      {
        maxLength: 4,
      },
    ),
    users: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    stock: fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), { maxLength: 2 }),
  })
  .map(({ orders, users, stock }) => [
    ...orders.flatMap(({ length, poison }, i) =>
      orderHistory(`o-${i}`, length).map((event) =>
        event.version === poison ? { ...event, type: 'Bewitched' } : event,
      ),
    ),
    ...users.flatMap((length, i) => userHistory(`u-${i}`).slice(0, length)),
    ...stock.flatMap((quantities, i) => stockHistory(`s-${i}`, quantities)),
  ]);

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

function expectedRows(history: readonly RecordedEvent[]): ReadonlyMap<string, ViewRow> {
  const rows = new Map<string, ViewRow>();
  for (const event of [...history].sort((one, other) => one.version - other.version)) {
    const row = rows.get(event.stream);
    const projection = projections.find(({ prefix }) => event.stream.startsWith(prefix));
    if (row?.fault) {
      rows.set(event.stream, { ...row, fault: { ...row.fault, seen: event.version } });
      continue;
    }
    try {
      if (projection) rows.set(event.stream, projection.fold(row, event));
    } catch (error) {
      const fault = { version: event.version, error: String(error), since: now().toISOString(), seen: event.version };
      rows.set(event.stream, { ...(row ?? { stream: event.stream, version: 0 }), fault });
    }
  }
  return rows;
}

const byStream = (rows: ReadonlyMap<string, ViewRow>) =>
  [...rows.values()].sort((one, other) => (one.stream < other.stream ? -1 : 1));

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
        expect(byStream(rows.rows)).toEqual(byStream(expectedRows(history)));
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
        expect(byStream(rows.rows)).toEqual(byStream(expectedRows(history)));
      }),
      { numRuns: 100 },
    );
  });
});
