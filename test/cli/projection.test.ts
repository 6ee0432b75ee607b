import { beforeEach, describe, expect, test } from '@jest/globals';
import { firstGenerations } from '../../functions/application/read-models/generations';
import type { Projection } from '../../functions/application/read-models/projection';
import { type Rebuildable, rebuildables } from '../../functions/application/rebuild/rebuildable';
import { makeRebuildWorker } from '../../functions/application/rebuild/worker';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import type { Rebuilds } from '../../functions/cli/rebuilds';
import { rowTargets } from '../../functions/handlers/rebuild/row-target';
import { orderSummary } from '../../functions/projections/order-summary';
import { run } from '../support/command-line';
import { FixedEffects } from '../support/fixed-effects';
import { HistoryReader } from '../support/history-reader';
import { MemoryGenerationStore } from '../support/memory-generations';
import {
  MemoryEventPages,
  MemoryRebuildProgress,
  MemoryRebuildQueue,
  MemoryStoredRows,
} from '../support/memory-rebuild';
import { MemoryViewRows } from '../support/memory-views';
import { orderHistory, recorded } from '../support/recorded';

/** The fold of today, and one that shows totals without the shipping fee. */
const cheaper: Projection = {
  ...(orderSummary as unknown as Projection),
  revision: 2,
  fold: (row, event) => {
    const folded = orderSummary.fold(row as never, event);
    return { ...folded, total: folded.total - (folded.version === 1 ? folded.shippingFee : 0) };
  },
};
const folds = [orderSummary as unknown as Projection, cheaper];

let history: RecordedEvent[];
let rows: MemoryViewRows;
let queue: MemoryRebuildQueue;
let rebuilds: Rebuilds;

beforeEach(async () => {
  history = [...orderHistory('a', 3), ...orderHistory('b', 1), ...orderHistory('c', 2)];
  rows = new MemoryViewRows();
  queue = new MemoryRebuildQueue();
  const effects = new FixedEffects(new Date('2026-01-02T00:00:00.000Z'));
  const generations = new MemoryGenerationStore();
  await generations.put(firstGenerations('order-summary', 1, effects.now()), undefined);
  const [progress, pages] = [new MemoryRebuildProgress(), new MemoryEventPages(() => history)];
  const stored = new MemoryStoredRows(rows);
  const targets = rowTargets(folds, {
    rows,
    stored,
    events: new HistoryReader(history),
    deadLetters: { send: async () => {} },
    now: effects.now,
  });
  await targets.get('order-summary')!.take(generations.pointers.get('order-summary')!.all[0]!, history);
  const work = makeRebuildWorker({ targets, generations, progress, pages, queue, effects, workMs: 1e9 });
  const { sleep } = effects;
  // While somebody waits, the workers get on.
  const waiting = async (ms: number) => {
    await sleep(ms);
    effects.advance(ms);
    for (const { part } of queue.sent.splice(0, 1)) await work(part);
  };
  Object.assign(effects, { sleep: waiting });
  rebuilds = { targets: rebuildables(folds, [1]), generations, progress, queue, pages, stored, rows, effects };
});

const orderstream = (...args: readonly string[]) => run(args, { rebuilds });

describe('orderstream projection', () => {
  test('rebuild shows how far it is, what is different, and what comes next', async () => {
    const told: string[] = [];
    const terminal = {
      input: async () => '',
      isInteractive: true,
      file: () => '',
      out: (text: string) => told.push(text),
      error: (text: string) => told.push(text),
      progress: (text: string) => told.push(text),
    };
    await run(['projection', 'rebuild', 'order-summary', '--segments', '3'], { rebuilds }, { terminal });
    expect(told[0]).toBe('0 %: 3 parts waiting for a worker');
    expect(told.slice(1, 3).join('\n')).toMatch(/^\d+ %: \d of about 6 read, \d taken, .*1 of 3 parts done/);
    expect(told.at(-1)).toBe(
      [
        'rows of generation 1, which is live, and 2:',
        '  equal      0',
        '  different  3  total 3',
        '',
        'stream   found      detail',
        ...['a', 'b', 'c'].map((id) => `order#${id}  different  total: 2500 → 2000`),
        '',
        'orderstream projection switch order-summary shows it to readers',
        'orderstream projection retire order-summary 2 takes it away',
      ].join('\n'),
    );
  });

  test('switch, rollback and status say what readers are shown', async () => {
    await orderstream('projection', 'rebuild', 'order-summary', '--switch');
    expect((await orderstream('projection', 'status')).out).toMatch(
      /1 +1 +previous .*\norder-summary +2 +2 +live .* of 6 events/,
    );
    const back = await orderstream('projection', 'rollback', 'order-summary');
    expect(back.out).toContain('readers of order-summary are shown generation 1 again');
    expect((await orderstream('projection', 'switch', 'order-summary', '--json')).out).toContain('"switched": true');
    const gone = await orderstream('projection', 'retire', 'order-summary', '1');
    expect(gone.out).toContain('retired: generation 1 of order-summary');
    expect((await orderstream('projection', 'status', 'order-summary')).out).toMatch(/1 +being removed .*waiting/);
  });

  test('switch refuses what would be worse for readers, unless it is wanted', async () => {
    await orderstream('projection', 'rebuild', 'order-summary');
    rows.copy(2).delete('order#b');
    const refused = await orderstream('projection', 'switch', 'order-summary');
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('only in 1');
    expect(refused.out).toContain('not switched: 1 rows are missing');
    expect((await orderstream('projection', 'diff', 'order-summary')).code).toBe(1);
    const anyway = await orderstream('projection', 'switch', 'order-summary', '--anyway');
    expect(anyway).toMatchObject({ code: 0, out: expect.stringContaining('are shown generation 2') });
  });

  test('faults of a new fold are counted, named, and not switched to', async () => {
    history.push(recorded('order#d', 1, 'Bewitched'));
    rows.copy(1).set('order#d', { ...rows.copy(1).get('order#a')!, stream: 'order#d', version: 1 });
    const { code, out } = await orderstream('projection', 'rebuild', 'order-summary', '--switch');
    expect(code).toBe(1);
    expect(out).toMatch(/newly faulted +1 +a fault in 2, none in 1/);
    expect(out).toMatch(/order#d +faulted +version 1: UnreadableEvent/);
    expect((await orderstream('projection', 'status')).out).toMatch(/2 +complete .*7 events, 1 fault/);
  });

  test('rebuild as of a time says how it is looked at', async () => {
    const { out } = await orderstream('projection', 'rebuild', 'order-summary', '--as-of', '2026-01-01T12:00:01Z');
    expect(out).toContain('generation 2 shows order-summary as it was known at 2026-01-01T12:00:01.000Z');
    expect([...rows.copy(2).values()].map(({ version }) => version)).toEqual([1, 1, 1]);
    expect((await orderstream('projection', 'switch', 'order-summary', '--generation', '2')).error).toContain('frozen');
    expect((await orderstream('projection', 'diff', 'order-summary', '--generation', '2')).out).toMatch(/status 2/);
  });

  test('where nothing has ever run there is nothing to show', async () => {
    const empty: readonly Rebuildable[] = [{ name: 'carts', revisions: [1], prefix: 'cart#', inPlace: false }];
    const { out } = await run(['projection', 'status'], { rebuilds: { ...rebuilds, targets: empty } });
    expect(out).toBe('nothing has been projected yet');
    const { error } = await run(['projection', 'rollback', 'carts'], { rebuilds: { ...rebuilds, targets: empty } });
    expect(error).toContain('carts has one generation only: there has never been a rebuild');
  });
});

test.each([
  [['rebuild', 'carts'], 2, 'there is no projection "carts"; one of order-summary, insights, feed'],
  [['rebuild', 'order-summary', '--segments', '65'], 2, '--segments is "65"; a whole number, 1 to 64'],
  [['rebuild', 'order-summary', '--revision', 'x'], 2, '--revision is "x"; a whole number from 1'],
  [['rebuild', 'order-summary', '--revision', '3'], 1, 'has no revision 3 of its fold; it has 1, 2'],
  [['rebuild', 'order-summary', '--as-of', 'noon'], 2, '--as-of is "noon"; a time such as'],
  [['rebuild', 'order-summary', '--as-of', '2030-01-01'], 1, 'in the future'],
  [['rebuild', 'order-summary', '--as-of', '2026-01-01', '--switch'], 2, '--switch does not go with --as-of'],
  [['rebuild', 'order-summary', '--no-wait', '--switch'], 2, '--switch does not go with --no-wait'],
  [['diff', 'order-summary'], 1, 'no generation newer than the live one (1) is complete'],
  [['diff', 'order-summary', '--generation', '1'], 1, 'generation 1 of order-summary is the live one itself'],
  [['switch', 'order-summary', '--generation', '9'], 1, 'order-summary has no generation 9; it has 1'],
  [['rollback', 'order-summary'], 1, 'no generation before 1 to go back to'],
  [['retire', 'order-summary', '1'], 1, 'generation 1 is what readers are shown'],
  [['retire', 'order-summary', 'old'], 2, '"old"; a whole number from 1'],
])('orderstream projection %s is refused with what would be right', async (args, code, message) => {
  const ran = await orderstream('projection', ...args);
  expect(ran.error).toContain(message);
  expect(ran.code).toBe(code);
});
