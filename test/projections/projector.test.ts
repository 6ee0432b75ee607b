import { describe, expect, test } from '@jest/globals';
import type { Generations } from '../../functions/application/read-models/generations';
import type { ProjectionDeadLetter } from '../../functions/application/read-models/ports';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { projections } from '../../functions/projections/projections';
import { makeProjector } from '../../functions/projections/projector';
import { HistoryReader } from '../support/history-reader';
import { MemoryFaults } from '../support/memory-faults';
import { firstOfAll } from '../support/memory-generations';
import { MemoryViewRows, rowRefused } from '../support/memory-views';
import { orderHistory, recorded } from '../support/recorded';

const now = new Date('2026-01-02T00:00:00.000Z');

function projecting(history: readonly RecordedEvent[]) {
  const rows = new MemoryViewRows();
  const events = new HistoryReader(history);
  const letters: ProjectionDeadLetter[] = [];
  const deadLetters = { send: async (sent: readonly ProjectionDeadLetter[]) => void letters.push(...sent) };
  const faults = new MemoryFaults();
  const projector = makeProjector({
    projections,
    generations: firstOfAll,
    rows,
    events,
    deadLetters,
    faults,
    now: () => now,
  });
  const project = (...batch: readonly RecordedEvent[]) =>
    projector(batch.map((event) => ({ stream: event.stream, version: event.version, read: () => event })));
  return { rows, events, letters, faults, project, row: (stream: string) => rows.rows.get(stream) };
}

/** An order whose second event no fold can read. */
function poisoned(orderId: string): readonly RecordedEvent[] {
  const history = orderHistory(orderId);
  return history.map((event) => (event.version === 2 ? { ...event, type: 'OrderBewitched' } : event));
}

describe('the projector', () => {
  test('costs one write for a new stream, however many of its events the batch has', async () => {
    const history = orderHistory('o-1');
    const { project, rows, row } = projecting(history);
    await expect(project(...history)).resolves.toEqual([{ stream: 'order#o-1', outcome: 'projected' }]);
    expect(row('order#o-1')).toMatchObject({ version: 5, status: 'delivered' });
    expect(rows.calls).toEqual([{ call: 'put', streams: ['order#o-1'] }]);
  });

  test('costs one read for all known streams of a batch, and one write for each', async () => {
    const [one, other] = [orderHistory('o-1'), orderHistory('o-2')];
    const { project, rows } = projecting([...one, ...other]);
    await project(...one.slice(0, 2), ...other.slice(0, 2));
    rows.calls.length = 0;
    await project(...one.slice(2), ...other.slice(2));
    expect(rows.calls).toEqual([
      { call: 'getMany', streams: ['order#o-1', 'order#o-2'] },
      { call: 'put', streams: ['order#o-1'] },
      { call: 'put', streams: ['order#o-2'] },
    ]);
  });

  test('costs one read and no write for a batch that was projected before', async () => {
    const history = orderHistory('o-1');
    const { project, rows } = projecting(history);
    await project(...history);
    rows.calls.length = 0;
    await expect(project(...history.slice(1))).resolves.toEqual([{ stream: 'order#o-1', outcome: 'settled' }]);
    expect(rows.calls).toEqual([{ call: 'getMany', streams: ['order#o-1'] }]);
  });

  test('fills a hole from the event table, and only the hole', async () => {
    const history = orderHistory('o-1');
    const { project, events, row } = projecting(history);
    await project(...history.slice(0, 1));
    await project(...history.slice(3, 4));
    expect(row('order#o-1')).toMatchObject({ version: 4, status: 'shipped' });
    expect(events.asked).toEqual(['order#o-1 2..4']);
  });

  test('gives a stream back when the event table does not show the hole yet', async () => {
    const history = orderHistory('o-1');
    const { project } = projecting(history.slice(3));
    await expect(project(...history.slice(3, 4))).resolves.toEqual([
      { stream: 'order#o-1', outcome: 'failed', error: 'Error: order#o-1: versions 1..4 cannot be read yet' },
    ]);
  });

  test('goes on from the row of another writer that was first', async () => {
    const history = orderHistory('o-1');
    const { project, rows, row } = projecting(history);
    await project(...history.slice(0, 2));
    let once = true;
    rows.beforePut = () => {
      if (once)
        rows.rows.set('order#o-1', { ...row('order#o-1'), stream: 'order#o-1', version: 3, note: 'theirs' } as never);
      once = false;
    };
    await expect(project(...history.slice(2, 4))).resolves.toEqual([{ stream: 'order#o-1', outcome: 'projected' }]);
    expect(row('order#o-1')).toMatchObject({ version: 4, status: 'shipped', note: 'theirs' });
  });

  test('gives up on a stream that others write without end, and says so', async () => {
    const history = orderHistory('o-1');
    const { project, rows } = projecting(history);
    rows.beforePut = () =>
      rows.rows.set('order#o-1', { stream: 'order#o-1', version: 0, fault: fault(rows.calls.length) });
    const [result] = await project({ ...(history[0] as RecordedEvent), version: 1_000 });
    expect(result).toMatchObject({ outcome: 'failed' });
  });

  test('passes over streams that no read model is about', async () => {
    const { project, rows } = projecting([]);
    await expect(project(recorded('device#d-1', 7, 'DoorOpened'))).resolves.toEqual([
      { stream: 'device#d-1', outcome: 'ignored' },
    ]);
    expect(rows.calls).toEqual([]);
  });

  test('gives back all streams when the rows cannot be read, and only its own when a row cannot be written', async () => {
    const [one, other] = [orderHistory('o-1'), orderHistory('o-2')];
    const { project, rows } = projecting([...one, ...other]);
    rows.beforePut = (row) => {
      if (row.stream === 'order#o-1') throw new Error('throttled');
    };
    await expect(project(...one, ...other)).resolves.toEqual([
      { stream: 'order#o-1', outcome: 'failed', error: 'Error: throttled' },
      { stream: 'order#o-2', outcome: 'projected' },
    ]);
    rows.getMany = () => Promise.reject(new Error('throttled'));
    const outcomes = (await project(...one.slice(1), ...other)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['failed', 'failed']);
  });
});

const fault = (seen: number) => ({ version: 1, error: 'bad', since: now.toISOString(), seen });

describe('an event that no fold can read', () => {
  test('stops its own stream with the reason in the row, and no other', async () => {
    const [bad, good] = [poisoned('o-1'), orderHistory('o-2')];
    const { project, row } = projecting([...bad, ...good]);
    const results = await project(...bad.slice(0, 3), ...good);
    expect(results.map(({ outcome }) => outcome)).toEqual(['faulted', 'projected']);
    expect(row('order#o-1')).toMatchObject({
      version: 1,
      status: 'created',
      fault: {
        version: 2,
        error: expect.stringContaining('type is "OrderBewitched", expected an event of an order'),
        since: '2026-01-02T00:00:00.000Z',
        seen: 3,
      },
    });
    expect(row('order#o-2')).toMatchObject({ version: 5 });
  });

  test('lets later events only raise what is known to wait', async () => {
    const bad = poisoned('o-1');
    const { project, row, rows } = projecting(bad);
    await project(...bad.slice(0, 2));
    await project(...bad.slice(3, 4));
    expect(row('order#o-1')).toMatchObject({ version: 1, status: 'created', fault: { version: 2, seen: 4 } });
    rows.calls.length = 0;
    await project(...bad.slice(2, 3));
    expect(row('order#o-1')).toMatchObject({ fault: { version: 2, seen: 4 } });
    expect(rows.calls).toEqual([{ call: 'getMany', streams: ['order#o-1'] }]);
  });

  test('as the first of its stream leaves a row that says nothing else', async () => {
    const { project, row } = projecting([]);
    await project(recorded('order#o-1', 1, 'OrderBewitched'));
    expect(row('order#o-1')).toEqual({
      stream: 'order#o-1',
      version: 0,
      fault: expect.objectContaining({ version: 1, seen: 1 }),
    });
  });
});

describe('a fault', () => {
  const poison = { projection: 'order-summary', generation: 1, stream: 'order#o-1', version: 2 };

  test('is announced before the row carries it, with the event that it is about', async () => {
    const bad = poisoned('o-1');
    const { project, rows, faults } = projecting(bad);
    rows.beforePut = ({ fault }) => expect(faults.announced).toHaveLength(fault ? 1 : 0);
    await project(...bad.slice(0, 1));
    await project(...bad.slice(1, 3));
    expect(faults.announced).toEqual([
      { ...poison, error: expect.stringContaining('OrderBewitched'), since: now.toISOString(), event: bad[1] },
    ]);
  });

  test('is announced once, not with each event that waits behind it', async () => {
    const bad = poisoned('o-1');
    const { project, faults } = projecting(bad);
    await project(...bad.slice(0, 2));
    await project(...bad.slice(2));
    expect(faults.announced).toHaveLength(1);
  });

  test('is not written while nobody could be told of it', async () => {
    const bad = poisoned('o-1');
    const { project, row, faults } = projecting(bad);
    faults.before = () => {
      throw new Error('the bus is away');
    };
    await expect(project(...bad, ...orderHistory('o-2', 1))).resolves.toEqual([
      { stream: 'order#o-1', outcome: 'failed', error: 'Error: the bus is away' },
      { stream: 'order#o-2', outcome: 'projected' },
    ]);
    expect(row('order#o-1')).toBeUndefined();
    faults.before = () => {};
    await project(...bad);
    expect(faults.announced).toEqual([expect.objectContaining(poison)]);
    expect(row('order#o-1')).toMatchObject({ version: 1, fault: { version: 2, seen: 5 } });
  });

  test('of an event that cannot even be read is announced without it', async () => {
    const { rows, events, faults } = projecting([]);
    const deadLetters = { send: async () => {} };
    const ports = { projections, generations: firstOfAll, rows, events, deadLetters, faults, now: () => now };
    const read = () => {
      throw new Error('no event at all');
    };
    await makeProjector(ports)([{ stream: 'order#o-1', version: 1, read }]);
    expect(faults.announced).toEqual([
      expect.objectContaining({ version: 1, error: 'Error: no event at all', event: undefined }),
    ]);
  });

  test('of a row that cannot be written is announced, too', async () => {
    const { project, rows, faults } = projecting([]);
    rows.beforePut = ({ fault }) => {
      if (!fault) throw rowRefused('too large');
    };
    await project(...orderHistory('o-1', 2));
    expect(faults.announced).toEqual([
      expect.objectContaining({ stream: 'order#o-1', version: 1, error: 'Error: too large' }),
    ]);
  });

  test('about a person does not say what was there', async () => {
    const { project, row } = projecting([]);
    await project(recorded('user#u-1', 1, 'UserCreated', { userId: 'u-1', email: { private: 'ada@example.com' } }));
    expect(row('user#u-1')?.fault?.error).toBe(
      'UnreadableEvent: UserCreated (version 1 of user#u-1): data.email is not shown, expected text',
    );
  });
});

describe('a row that can never be written', () => {
  test('is left as it was, with the fault in it', async () => {
    const history = orderHistory('o-1');
    const { project, rows, row, letters } = projecting(history);
    await project(...history.slice(0, 1));
    rows.beforePut = (next) => {
      if (!next.fault) throw rowRefused('Item size has exceeded the maximum allowed size');
    };
    const [result] = await project(...history.slice(1, 3));
    expect(result?.outcome).toBe('faulted');
    expect(row('order#o-1')).toMatchObject({ version: 1, status: 'created', fault: { version: 2, seen: 3 } });
    expect(letters).toEqual([]);
  });

  test('ends as a dead letter with the place of the event when not even the fault can be', async () => {
    const { project, rows, letters } = projecting([]);
    rows.beforePut = () => {
      throw rowRefused('too large');
    };
    const [result] = await project(...orderHistory('o-1', 2));
    expect(result?.outcome).toBe('dead-lettered');
    expect(letters).toEqual([{ stream: 'order#o-1', version: 1, error: 'Error: too large' }]);
  });
});

describe('while a generation is being built beside the live one', () => {
  const building = async (): Promise<ReadonlyMap<string, Generations>> => {
    const pointers = new Map(await firstOfAll());
    const { live, all, ...rest } = pointers.get('order-summary') as Generations;
    const next = { number: 2, revision: 1, startedAt: '2026-01-02T00:00:00.000Z', complete: false };
    const past = { ...next, number: 3, asOf: '2026-01-01T00:00:00.000Z' };
    return pointers.set('order-summary', { ...rest, live, sequence: 2, all: [...all, next, past] });
  };
  const both = (history: readonly RecordedEvent[], rows: MemoryViewRows, generations = building) => {
    const deadLetters = { send: async () => {} };
    const events = new HistoryReader(history);
    const faults = new MemoryFaults();
    const project = makeProjector({ projections, generations, rows, events, deadLetters, faults, now: () => now });
    return (...batch: readonly RecordedEvent[]) =>
      project(batch.map((event) => ({ stream: event.stream, version: event.version, read: () => event })));
  };

  test('writes an event to both, the live one last, and to none that shows a past', async () => {
    const rows = new MemoryViewRows();
    const history = orderHistory('o-1');
    const live: (number | undefined)[] = [];
    rows.afterPut = () => live.push(rows.copy(1).get('order#o-1')?.version);
    await both(history, rows)(...history);
    expect(live).toEqual([undefined, 5]);
    expect(rows.copy(2)).toEqual(rows.copy(1));
    expect(rows.copy(3).size).toBe(0);
  });

  test('shows readers nothing that the other generation could not take yet', async () => {
    const rows = new MemoryViewRows();
    const history = orderHistory('o-1');
    rows.beforePut = () => {
      throw new Error('throttled');
    };
    await expect(both(history, rows)(...history)).resolves.toEqual([
      { stream: 'order#o-1', outcome: 'failed', error: 'Error: throttled' },
    ]);
    expect(rows.calls).toEqual([{ call: 'put', streams: ['order#o-1'] }]);
  });

  test('refuses to make rows of a generation by another revision of the fold, and goes on with other projections', async () => {
    const rows = new MemoryViewRows();
    const created = recorded('user#u-1', 1, 'UserCreated', { userId: 'u-1', email: 'a@example.com', name: 'Ada' });
    const history = [...orderHistory('o-1', 1), created];
    const unknown = async () => {
      const pointers = new Map(await firstOfAll());
      const orders = pointers.get('order-summary') as Generations;
      return pointers.set('order-summary', { ...orders, all: orders.all.map((one) => ({ ...one, revision: 9 })) });
    };
    await expect(both(history, rows, unknown)(...history)).resolves.toEqual([
      { stream: 'order#o-1', outcome: 'failed', error: expect.stringContaining('revision 9') },
      { stream: 'user#u-1', outcome: 'projected' },
    ]);
  });
});
