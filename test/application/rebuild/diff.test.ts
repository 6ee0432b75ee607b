import { beforeEach, expect, test } from '@jest/globals';
import type { OrderSummary, ViewRow } from '../../../functions/application/read-models/rows';
import { diff, worse } from '../../../functions/application/rebuild/diff';
import { FixedEffects } from '../../support/fixed-effects';
import { MemoryStoredRows } from '../../support/memory-rebuild';
import { MemoryViewRows } from '../../support/memory-views';

let rows: MemoryViewRows;
let effects: FixedEffects;
beforeEach(() => {
  rows = new MemoryViewRows();
  effects = new FixedEffects(new Date(0));
});

const order = (n: number, more: Partial<OrderSummary> = {}): ViewRow =>
  ({ stream: `order#${n}`, version: 2, total: n, status: 'paid', ...more }) as ViewRow;
const put = (generation: number, ...some: readonly ViewRow[]) => {
  for (const row of some) rows.copy(generation).set(row.stream, row);
};
const run = (over: object = {}) =>
  diff(
    { stored: new MemoryStoredRows(rows), rows, effects },
    { prefix: 'order#', old: 1, new: 2, frozen: false, limit: 3, ...over },
  );
const none = { equal: 0, different: 0, repaired: 0, faulted: 0, apart: 0, 'only-in-old': 0, 'only-in-new': 0 };

test('every row is compared once, wherever pages end', async () => {
  for (let n = 0; n < 500; n++) {
    put(1, order(n));
    put(2, n % 5 === 0 ? order(n, { total: -1, note: 'new' } as never) : order(n));
    put(3, order(n, { total: -2 }));
  }
  put(1, { stream: 'user#1', version: 1 });
  const found = await run();
  expect(found.counts).toEqual({ ...none, equal: 400, different: 100 });
  expect(found.fields).toEqual({ total: 100, note: 100 });
  expect(found.samples).toHaveLength(3);
  expect(found.samples[0]).toMatchObject({ verdict: 'different', fields: ['note', 'total'], new: { total: -1 } });
  expect(worse(found)).toEqual([]);
});

test('rows that are missing, newly faulted, or behind are what a switch stops at', async () => {
  const fault = { version: 2, error: 'no', since: 'now', seen: 2 };
  put(1, order(1), order(2), order(3), order(4, { version: 1, fault }));
  put(2, order(2, { version: 1, fault }), order(3, { version: 1 }), order(4), order(5));
  const found = await run();
  expect(found.counts).toEqual({ ...none, 'only-in-old': 1, faulted: 1, apart: 1, repaired: 1, 'only-in-new': 1 });
  expect(worse(found)).toEqual([
    '1 rows are missing',
    '1 rows are newly faulted',
    '1 rows are behind, or ahead of the old ones',
  ]);
});

test('a row between two writes is looked at again until both have come in', async () => {
  put(1, order(1, { version: 1 }));
  put(2, order(1), order(2));
  const { sleep } = effects;
  Object.assign(effects, {
    sleep: async (ms: number) => {
      await sleep(ms);
      if (effects.slept.length === 1) put(1, order(2));
      if (effects.slept.length === 2) put(1, order(1));
    },
  });
  expect((await run()).counts).toEqual({ ...none, equal: 2 });
  expect(effects.slept).toEqual([200, 400]);
});

test('a generation that follows nothing is compared as it is', async () => {
  put(1, order(1));
  put(2, order(1, { version: 1 }));
  const found = await run({ frozen: true });
  expect(found.counts).toEqual({ ...none, different: 1 });
  expect(effects.slept).toEqual([]);
});
