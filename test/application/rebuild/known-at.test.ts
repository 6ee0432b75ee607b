import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { subjectAt } from '../../../functions/application/queries/subject-at';
import type { ViewRow } from '../../../functions/application/read-models/rows';
import { knownAt } from '../../../functions/application/rebuild/known-at';
import type { RecordedEvent } from '../../../functions/application/recorded-event';
import { orderSummary } from '../../../functions/projections/order-summary';
import { makeGenerationProjector } from '../../../functions/projections/projector';
import { HistoryReader } from '../../support/history-reader';
import { MemoryViewRows } from '../../support/memory-views';
import { orderHistory } from '../../support/recorded';

/** Clocks of writers differ: times of recording need not be in the order of the versions. */
const histories = fc
  .array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 5 }), { maxLength: 3 })
  .map((streams) =>
    streams.flatMap((times, i) =>
      orderHistory(`o-${i}`, times.length).map((event, v) => ({
        ...event,
        recordedAt: `2026-01-01T12:00:0${times[v]}.000Z`,
      })),
    ),
  );
const cases = fc.record({
  history: histories,
  asOf: fc.integer({ min: 0, max: 9 }).map((second) => `2026-01-01T12:00:0${second}.000Z`),
  size: fc.integer({ min: 1, max: 4 }),
  /** Pages that are given again: a worker had died before it noted them. */
  again: fc.infiniteStream(fc.boolean()),
});

const reachedBy = (rows: MemoryViewRows, stream: string) => rows.copy(2).get(stream)?.version ?? 0;

test('wherever pages end, and whichever are given twice, the rows are what was known then', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ history, asOf, size, again }) => {
      const rows = new MemoryViewRows();
      const events = new HistoryReader(history);
      const ports = { rows, events, deadLetters: { send: async () => {} }, now: () => new Date(0) };
      const project = makeGenerationProjector(ports, orderSummary as never, 2);
      for (let from = 0; from < history.length; from += size) {
        const page = history.slice(from, from + size);
        do {
          const known = await knownAt({ reached: async (stream) => reachedBy(rows, stream), events }, 2, asOf, page);
          const results = await project(known.map((event: RecordedEvent) => ({ ...event, read: () => event })));
          expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
        } while (again.next().value);
      }
      for (const stream of new Set(history.map((event) => event.stream))) {
        const past = await subjectAt(events as never, orderSummary, stream, { kind: 'time', at: asOf });
        expect(rows.copy(2).get(stream)).toEqual(past.kind === 'found' ? (past.row as ViewRow) : undefined);
      }
    }),
  );
});

test('a part of the table that begins in the middle of a stream is filled from the stream', async () => {
  const history = orderHistory('o-1', 5);
  const ports = { reached: async () => 0, events: new HistoryReader(history) };
  const versions = async (asOf: string, page: readonly RecordedEvent[]) =>
    (await knownAt(ports, 2, asOf, page)).map(({ version }) => version);
  expect(await versions('2026-01-01T12:00:04.000Z', history.slice(2))).toEqual([1, 2, 3, 4]);
  expect(await versions('2026-01-01T12:00:00.000Z', history.slice(2))).toEqual([]);
});
