import { expect, test } from '@jest/globals';
import type { FeedRow } from '../../../functions/application/read-models/feed-row';
import type { Generation } from '../../../functions/application/read-models/generations';
import type { ProjectionDeadLetter } from '../../../functions/application/read-models/ports';
import type { Projection } from '../../../functions/application/read-models/projection';
import { feedTarget } from '../../../functions/handlers/rebuild/feed-target';
import { insightsTarget } from '../../../functions/handlers/rebuild/insights-target';
import { rowTargets } from '../../../functions/handlers/rebuild/row-target';
import { makeCountFacts } from '../../../functions/projections/insights/count-facts';
import { orderSummary } from '../../../functions/projections/order-summary';
import { FixedEffects } from '../../support/fixed-effects';
import { HistoryReader } from '../../support/history-reader';
import { MemoryLedger } from '../../support/memory-ledger';
import { MemoryStoredRows } from '../../support/memory-rebuild';
import { MemoryViewRows } from '../../support/memory-views';
import { orderHistory, recorded } from '../../support/recorded';

const generation = (number: number, revision = 1): Generation => ({
  ...{ number, revision, startedAt: '2026-01-01T00:00:00.000Z', complete: false },
});
const history = [...orderHistory('a', 3), ...orderHistory('b', 2)];

function orders(rows: MemoryViewRows) {
  const second = { ...orderSummary, revision: 2, fold: () => ({ stream: 'order#a', version: 3 }) };
  return rowTargets([orderSummary, second] as unknown as readonly Projection[], {
    rows,
    stored: new MemoryStoredRows(rows),
    events: new HistoryReader(history),
    deadLetters: { send: () => Promise.reject(new Error('nothing here is beyond passing')) },
    now: () => new Date(0),
  }).get('order-summary')!;
}

test('rows are written by the fold of their generation, without a look at what is not there yet', async () => {
  const rows = new MemoryViewRows();
  expect(await orders(rows).take(generation(2), history)).toEqual({ rows: 2, faulted: 0, failed: [] });
  expect(rows.calls.map(({ call }) => call)).toEqual(['put', 'put']);
  expect(rows.copy(2).get('order#a')).toMatchObject({ version: 3, status: 'paid' });
  await orders(rows).take(generation(3, 2), orderHistory('a', 1));
  expect(rows.copy(3).get('order#a')).toEqual({ stream: 'order#a', version: 3 });
  await expect(orders(rows).take(generation(4, 7), history)).rejects.toThrow('revision 7 of the fold');
});

test('faults are counted, what could not be written for now is named', async () => {
  const rows = new MemoryViewRows();
  const poisoned = [recorded('order#c', 1, 'Bewitched'), ...history];
  rows.beforePut = ({ stream }) => {
    if (stream === 'order#b') throw new Error('throttled');
  };
  expect(await orders(rows).take(generation(2), poisoned)).toEqual({
    rows: 2,
    faulted: 1,
    failed: ['order#b: Error: throttled'],
  });
});

test('of a retired generation its own rows are removed, and no others', async () => {
  const rows = new MemoryViewRows();
  for (const number of [1, 2]) await orders(rows).take(generation(number), history);
  rows.copy(2).set('user#1', { stream: 'user#1', version: 1 });
  let [from, removed]: [string | undefined, number] = [undefined, 0];
  do {
    const page = await orders(rows).remove!(2, { segment: 0, of: 1 }, from);
    removed += page.removed;
    from = page.next;
  } while (from !== undefined);
  expect(removed).toBe(2);
  expect([[...rows.copy(1).keys()], [...rows.copy(2).keys()]]).toEqual([['order#a', 'order#b'], ['user#1']]);
});

test('feed rows are written where they stand; one that the table can never hold is a dead letter', async () => {
  const put: FeedRow[] = [];
  const letters: ProjectionDeadLetter[] = [];
  const target = feedTarget({
    feed: {
      put: async (rows) => {
        put.push(...rows.slice(1));
        return [{ row: rows[0]!, error: 'too long' }];
      },
    },
    deadLetters: { send: async (some) => void letters.push(...some) },
  });
  expect(await target.take(generation(2), history)).toEqual({ rows: 4, faulted: 1, failed: [] });
  expect(put.map(({ id }) => id)).toEqual(['a-2', 'a-3', 'b-1', 'b-2']);
  expect(letters).toEqual([{ stream: 'order#a', version: 1, error: 'too long' }]);
});

test('events are counted as the facts they were published as, each once, and up to a time if it is to be so', async () => {
  const steps = ['none', 'created', 'confirmed', 'paid'];
  const told = orderHistory('a', 3).map((event, i) => ({
    ...event,
    metadata: {
      fact: { statusBefore: steps[i], statusAfter: steps[i + 1], total: 2500, currency: 'EUR', items: [] },
    },
  }));
  const ledger = new MemoryLedger();
  const removed: number[] = [];
  const target = insightsTarget({
    count: makeCountFacts({ ledger, effects: new FixedEffects() }),
    ledger,
    stored: {
      remove: async (number) => {
        removed.push(number);
        return { read: 0, removed: 0 };
      },
    },
    events: new HistoryReader(told),
  });
  const reached = async (number: number) => (await ledger.read(number, { series: 'funnel' }))[0]?.values;
  await target.take(generation(2), told.slice(0, 2));
  const unreadable = recorded('order#z', 1, 'Bewitched');
  expect(await target.take(generation(2), [...told, unreadable])).toMatchObject({ faulted: 1, failed: [] });
  expect(await reached(2)).toMatchObject({ 'reached.created': 1, 'reached.confirmed': 1, 'reached.paid': 1 });
  const asOf = told[1]!.recordedAt;
  for (const page of [told.slice(0, 1), told.slice(1)])
    await target.take(generation(3), await target.knownAt!(3, asOf, page));
  expect(await reached(3)).not.toHaveProperty(['reached.paid']);
  expect(await reached(3)).toMatchObject({ 'reached.confirmed': 1 });
  ledger.refuses = () => true;
  expect((await target.take(generation(4), told)).failed[0]).toMatch(/^order#a@\d: /);
  await target.remove!(4, { segment: 0, of: 1 });
  expect(removed).toEqual([4]);
});
