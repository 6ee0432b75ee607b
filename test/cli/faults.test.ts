import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ViewRow } from '../../functions/application/read-models/rows';
import type { FaultPorts } from '../../functions/cli/faults';
import type { Operations } from '../../functions/cli/operations';
import { orderSummary } from '../../functions/projections/order-summary';
import { projections } from '../../functions/projections/projections';
import { run } from '../support/command-line';
import { HistoryReader } from '../support/history-reader';
import { firstOfAll } from '../support/memory-generations';
import { MemoryViewLists } from '../support/memory-view-lists';
import { MemoryViewRows } from '../support/memory-views';
import { orderHistory, recorded } from '../support/recorded';

const since = '2026-01-02T00:00:00.000Z';
const fault = (version: number, seen: number) => ({ version, error: 'UnreadableEvent: no', since, seen });
const standing = (orderId: string, seen: number): ViewRow => {
  const [created] = orderHistory(orderId, 1);
  return { ...orderSummary.fold(undefined, created!), fault: fault(2, seen) };
};

let rows: MemoryViewRows;
let operations: Partial<Operations>;
beforeEach(() => {
  rows = new MemoryViewRows();
  const bewitched = orderHistory('o-2', 3).map((event) =>
    event.version === 3 ? { ...event, type: 'OrderBewitched' } : event,
  );
  const faults: FaultPorts = {
    projections,
    generations: firstOfAll,
    rows,
    lists: new MemoryViewLists(rows),
    events: new HistoryReader([...orderHistory('o-1', 3), ...bewitched, recorded('user#u-1', 1, 'UserBewitched')]),
    now: () => new Date('2026-01-04T00:00:00.000Z'),
  };
  operations = { faults };
  rows.rows.set('order#o-1', standing('o-1', 3));
  rows.rows.set('order#o-2', standing('o-2', 3));
  rows.rows.set('user#u-1', { stream: 'user#u-1', version: 0, fault: fault(1, 1) });
});

describe('orderstream faults', () => {
  it('lists each with the event that it is about, and how many wait', async () => {
    const { code, out } = await run(['faults'], operations);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'since                     projection     stream     version  event           waiting  error',
      `${since}  order-summary  order#o-1        2  OrderConfirmed        2  UnreadableEvent: no`,
      `${since}  order-summary  order#o-2        2  OrderConfirmed        2  UnreadableEvent: no`,
      `${since}  user-profile   user#u-1         1  UserBewitched         1  UnreadableEvent: no`,
      '',
      "orderstream redrive 'order#o-1' --dry-run shows what a repair would come to now",
    ]);
    const { items } = JSON.parse((await run(['faults', '--limit', '1', '--json'], operations)).out);
    expect(items).toEqual([
      {
        ...{ projection: 'order-summary', stream: 'order#o-1', generation: 1, live: true },
        ...{ ...fault(2, 3), type: 'OrderConfirmed', waiting: 2 },
      },
    ]);
  });

  it('says when there are more, and which generation is meant where there are several', async () => {
    rows.copy(2).set('order#o-1', standing('o-1', 3));
    const { out } = await run(['faults', '--limit', '3'], operations);
    expect(out).toContain('there are more: --limit 15');
    const all = await run(['faults'], operations);
    expect(all.out).toMatch(/order-summary +1, live +order#o-2/);
    expect(all.out).toMatch(/order-summary +2 +order#o-1/);
  });

  it('has nothing to say of a sound system', async () => {
    rows.rows.clear();
    expect(await run(['faults'], operations)).toMatchObject({ code: 0, out: 'nothing is faulted' });
  });
});

describe('orderstream redrive', () => {
  it('repairs a row, and shows what became of it', async () => {
    const { code, out } = await run(['redrive', 'order#o-1'], operations);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'order-summary  order#o-1: repaired',
      '  version      1                         →  3',
      '  status       created                   →  paid',
      '  updatedAt    2026-01-01T12:00:01.000Z  →  2026-01-01T12:00:03.000Z',
      '  confirmedAt  –                         →  2026-01-01T12:00:02.000Z',
      '  paidAt       –                         →  2026-01-01T12:00:03.000Z',
      '  paymentId    –                         →  pay-1',
      '  fault        at version 2              →  –',
    ]);
    expect(rows.rows.get('order#o-1')).toMatchObject({ version: 3, status: 'paid' });
    expect(await run(['redrive', 'order#o-1'], operations)).toMatchObject({ code: 0, out: 'order#o-1 has no fault' });
  });

  it('of a dry run writes nothing', async () => {
    const { code, out } = await run(['redrive', 'order#o-1', '--dry-run'], operations);
    expect(code).toBe(0);
    expect(out).toContain('order-summary  order#o-1: would be repaired');
    expect(out).toContain('nothing has been written: the same without --dry-run does it');
    expect(rows.rows.get('order#o-1')).toEqual(standing('o-1', 3));
  });

  it('says how far a row has come that is still faulty', async () => {
    const { code, out } = await run(['redrive', 'order#o-2'], operations);
    expect(code).toBe(1);
    expect(out).toMatch(/order#o-2: has passed version 2, but not 3: UnreadableEvent: OrderBewitched/);
    expect(out).toMatch(/fault +at version 2 +→ {2}at version 3/);
  });

  it('takes all of a projection, or all there is', async () => {
    const orders = await run(['redrive', '--projection', 'order-summary', '--json'], operations);
    expect(orders.code).toBe(1);
    const { redriven } = JSON.parse(orders.out);
    expect(redriven.map(({ stream, outcome }: Record<string, string>) => [stream, outcome])).toEqual([
      ['order#o-1', 'cleared'],
      ['order#o-2', 'moved'],
    ]);
    const { code, out } = await run(['redrive', '--all'], operations);
    expect(code).toBe(1);
    expect(out).toMatch(
      /order-summary {2}order#o-2: still faulty at version 3: .*\n\nuser-profile {2}user#u-1: still faulty/,
    );
    expect(out).toContain('0 repaired, 2 still faulty');
  });

  it('goes on with other streams when one cannot be redriven now', async () => {
    rows.beforePut = ({ stream }) => {
      if (stream === 'order#o-1') throw new Error('throttled');
    };
    const { code, out } = await run(['redrive', '--all'], operations);
    expect(code).toBe(1);
    expect(out).toContain('order#o-1: throttled');
    expect(out).toContain('order#o-2: has passed version 2');
  });

  it.each([
    [[], 'say what is to be redriven: a stream, --projection <name> or --all'],
    [['order#o-1', '--all'], 'say what is to be redriven'],
    [['o-1'], '"o-1" is no stream'],
    [
      ['--projection', 'orders'],
      'there is no projection "orders"; one of order-summary, user-profile, inventory-level',
    ],
  ])('%j cannot be understood', async (args, error) => {
    expect(await run(['redrive', ...args], operations)).toMatchObject({
      code: 2,
      error: expect.stringContaining(error),
    });
  });
});
