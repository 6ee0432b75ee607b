import { describe, expect, test } from '@jest/globals';
import type { Generations } from '../../functions/application/read-models/generations';
import type { Projection } from '../../functions/application/read-models/projection';
import type { ViewRow } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { orderSummary } from '../../functions/projections/order-summary';
import { projections } from '../../functions/projections/projections';
import { redriveFault, redriveStream } from '../../functions/projections/redrive';
import { HistoryReader } from '../support/history-reader';
import { firstOfAll } from '../support/memory-generations';
import { MemoryViewRows, rowRefused } from '../support/memory-views';
import { orderHistory, recorded } from '../support/recorded';

const stream = 'order#o-1';
const place = { stream, generation: 1 };
const now = () => new Date('2026-01-04T00:00:00.000Z');
const since = '2026-01-02T00:00:00.000Z';

const folded = (history: readonly RecordedEvent[]): ViewRow | undefined =>
  history.reduce<ReturnType<typeof orderSummary.fold> | undefined>(
    (row, event) => orderSummary.fold(row, event),
    undefined,
  );

/** A row that stands before the second event of its stream, as projectors left it that had seen so many. */
const faulted = (seen: number): ViewRow => ({
  ...(folded(orderHistory('o-1', 1)) as ViewRow),
  fault: { version: 2, error: 'a fold of last week', since, seen },
});

function world(history: readonly RecordedEvent[], row: ViewRow | undefined = faulted(history.length)) {
  const rows = new MemoryViewRows();
  const events = new HistoryReader(history);
  if (row) rows.rows.set(stream, row);
  const ports = { projections, generations: firstOfAll, rows, events, now };
  return { rows, events, ports, row: () => rows.rows.get(stream), redrive: () => redriveFault(ports, place) };
}

const bewitched = (history: readonly RecordedEvent[], version: number) =>
  history.map((event) => (event.version === version ? { ...event, type: 'OrderBewitched' } : event));

describe('redriving a fault', () => {
  test('folds what has waited, from the row on, and clears it', async () => {
    const history = orderHistory('o-1');
    const { redrive, row, events } = world(history);
    const before = row();
    await expect(redrive()).resolves.toEqual({
      ...place,
      projection: 'order-summary',
      outcome: 'cleared',
      before,
      after: folded(history),
    });
    expect(row()).toEqual(folded(history));
    expect(events.asked).toEqual(['order#o-1 2..Infinity']);
  });

  test('takes along what nobody has seen yet', async () => {
    const { redrive, row } = world(orderHistory('o-1', 4), faulted(2));
    await expect(redrive()).resolves.toMatchObject({ outcome: 'cleared' });
    expect(row()).toEqual(folded(orderHistory('o-1', 4)));
  });

  test('reads old forms in today’s', async () => {
    const old = recorded(stream, 2, 'OrderShipped', { orderId: 'o-1', tracking: 'DHL 0034' }, { schemaVersion: 1 });
    const { redrive, row } = world([...orderHistory('o-1', 1), old]);
    await redrive();
    expect(row()).toMatchObject({ carrier: 'DHL', trackingNumber: '0034' });
  });

  test('gives a body to a row that never had one', async () => {
    const fault = { version: 1, error: 'bad', since, seen: 1 };
    const { redrive, row } = world(orderHistory('o-1', 2), { stream, version: 0, fault });
    await expect(redrive()).resolves.toMatchObject({ outcome: 'cleared' });
    expect(row()).toEqual(folded(orderHistory('o-1', 2)));
  });

  test('only tells what would be, when that is asked', async () => {
    const { ports, row, rows } = world(orderHistory('o-1', 3));
    const redriven = await redriveFault(ports, place, { dryRun: true });
    expect(redriven).toMatchObject({ outcome: 'cleared', after: folded(orderHistory('o-1', 3)) });
    expect(row()).toEqual(faulted(3));
    expect(rows.calls.map(({ call }) => call)).toEqual(['getMany']);
  });

  test('moves the row up to the next event that cannot be folded, which is news', async () => {
    const history = bewitched(orderHistory('o-1'), 4);
    const { redrive, row } = world(history);
    await expect(redrive()).resolves.toMatchObject({
      outcome: 'moved',
      error: expect.stringContaining('OrderBewitched'),
    });
    expect(row()).toEqual({
      ...folded(history.slice(0, 3)),
      fault: { version: 4, error: expect.stringContaining('OrderBewitched'), since: now().toISOString(), seen: 5 },
    });
  });

  test('leaves a row before the same event, and has it say today’s reason', async () => {
    const { redrive, row } = world(bewitched(orderHistory('o-1', 3), 2), faulted(2));
    await expect(redrive()).resolves.toMatchObject({ outcome: 'stands' });
    expect(row()).toEqual({
      ...faulted(2),
      fault: { version: 2, error: expect.stringContaining('OrderBewitched'), since, seen: 3 },
    });
  });

  test('writes nothing where nothing has changed', async () => {
    const { redrive, rows } = world(bewitched(orderHistory('o-1', 2), 2));
    await redrive();
    rows.calls.length = 0;
    await expect(redrive()).resolves.toMatchObject({ outcome: 'stands' });
    expect(rows.calls.map(({ call }) => call)).toEqual(['getMany']);
  });

  test('does not clear what the event table no longer has', async () => {
    const { redrive, row } = world(orderHistory('o-1', 3), faulted(5));
    await expect(redrive()).resolves.toMatchObject({
      outcome: 'short',
      error: 'version 5 has been seen, but the event table ends at 3',
    });
    expect(row()).toEqual(faulted(5));
  });

  test('begins again when an event arrives while it runs', async () => {
    const history = [...orderHistory('o-1', 3)];
    const { redrive, row, rows } = world(history);
    let once = true;
    rows.beforePut = () => {
      if (!once) return;
      once = false;
      history.push(orderHistory('o-1', 4)[3] as RecordedEvent);
      rows.rows.set(stream, faulted(4));
    };
    await expect(redrive()).resolves.toMatchObject({ outcome: 'cleared', before: faulted(4) });
    expect(row()).toEqual(folded(orderHistory('o-1', 4)));
  });

  test('gives up on a row that others move without end, and says so', async () => {
    const { redrive, rows } = world(orderHistory('o-1', 3));
    let seen = 3;
    rows.beforePut = () => rows.rows.set(stream, faulted(++seen - 1000));
    await expect(redrive()).rejects.toThrow('order#o-1: other writers were first 8 times; redrive it again');
  });

  test('leaves a row that still cannot be written as it is', async () => {
    const { redrive, row, rows } = world(orderHistory('o-1', 3));
    rows.beforePut = () => {
      throw rowRefused('Item size has exceeded the maximum allowed size');
    };
    await expect(redrive()).resolves.toMatchObject({
      outcome: 'refused',
      after: faulted(3),
      error: 'Error: Item size has exceeded the maximum allowed size',
    });
    expect(row()).toEqual(faulted(3));
  });

  test('has nothing to do where there is no fault, or no row', async () => {
    await expect(world(orderHistory('o-1', 1), folded(orderHistory('o-1', 1))).redrive()).resolves.toBeUndefined();
    const { ports } = world([]);
    await expect(redriveFault(ports, { stream: 'order#o-9', generation: 1 })).resolves.toBeUndefined();
  });
});

describe('redriving the generations of a stream', () => {
  const history = orderHistory('o-1', 4);
  const second: Projection = {
    ...(orderSummary as unknown as Projection),
    revision: 2,
    fold: (row, event) => ({ ...orderSummary.fold(row as never, event), revised: true }) as ViewRow,
  };
  const past = { startedAt: since, complete: true, asOf: history[2]?.recordedAt as string };
  const pointers = async (): Promise<ReadonlyMap<string, Generations>> => {
    const orders = (await firstOfAll()).get('order-summary') as Generations;
    const next = { number: 2, revision: 2, startedAt: since, complete: false };
    const all = [...orders.all, next, { ...past, number: 3, revision: 1 }];
    return new Map([['order-summary', { ...orders, all }]]);
  };

  test('goes by the fold of each, keeps a past in its past, and comes to the one that readers see last', async () => {
    const { ports, rows } = world(history);
    for (const generation of [2, 3]) rows.copy(generation).set(stream, faulted(3));
    const folds = { ...ports, projections: [...projections, second], generations: pointers };
    const redriven = await redriveStream(folds, stream);
    expect(redriven.map(({ generation, outcome }) => [generation, outcome])).toEqual([
      [2, 'cleared'],
      [3, 'cleared'],
      [1, 'cleared'],
    ]);
    expect(rows.copy(1).get(stream)).toEqual(folded(history));
    expect(rows.copy(2).get(stream)).toEqual({ ...folded(history), revised: true });
    expect(rows.copy(3).get(stream)).toEqual(folded(history.slice(0, 3)));
  });

  test('refuses the row of a fold that this release does not have', async () => {
    const { ports, rows } = world(history);
    rows.copy(2).set(stream, faulted(3));
    await expect(redriveStream({ ...ports, generations: pointers }, stream)).rejects.toThrow('revision 2 of the fold');
  });
});
