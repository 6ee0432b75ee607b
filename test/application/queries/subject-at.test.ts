import { describe, expect, test } from '@jest/globals';
import { type Moment, subjectAt } from '../../../functions/application/queries/subject-at';
import type { Projection } from '../../../functions/application/read-models/projection';
import type { RecordedEvent } from '../../../functions/application/recorded-event';
import { inventoryLevel } from '../../../functions/projections/inventory-level';
import { orderSummary } from '../../../functions/projections/order-summary';
import { HistoryReader } from '../../support/history-reader';
import { orderHistory } from '../../support/recorded';
import { longStock, stockedAt } from '../../support/stock';

const latest: Moment = { kind: 'latest' };
const version = (n: number): Moment => ({ kind: 'version', version: n });
const time = (at: string): Moment => ({ kind: 'time', at });

/** Notes how many events were read. */
class CountingReader extends HistoryReader {
  read = 0;

  override async load(stream: string) {
    const loaded = await super.load(stream);
    this.read += loaded.events.length;
    return loaded;
  }

  override async readRange(stream: string, after: number, upTo?: number) {
    const events = await super.readRange(stream, after, upTo);
    this.read += events.length;
    return events;
  }

  override async readMany(places: readonly { readonly stream: string; readonly version: number }[]) {
    const events = await super.readMany(places);
    this.read += events.length;
    return events;
  }
}

const ofOrder = (history: readonly RecordedEvent[], moment: Moment) =>
  subjectAt(new HistoryReader(history), orderSummary, 'order#o-1', moment);

describe('an order', () => {
  const history = orderHistory('o-1');

  test.each([1, 2, 3, 4, 5])('at version %d is the fold of so many events', async (n) => {
    expect(await ofOrder(history, version(n))).toMatchObject({ kind: 'found', row: { version: n } });
  });

  test('at a version that it does not have yet is beyond what there is', async () => {
    expect(await ofOrder(history, version(6))).toEqual({ kind: 'beyond', versions: 5 });
  });

  test.each([
    ['2026-01-01T12:00:00.999Z', undefined],
    ['2026-01-01T12:00:01.000Z', 1],
    ['2026-01-01T12:00:01.001Z', 1],
    ['2026-01-01T12:00:02.000Z', 2],
    ['2026-01-01T12:00:05.000Z', 5],
    ['2036-01-01T00:00:00.000Z', 5],
  ])('at %s is what was known then: version %s', async (at, n) => {
    const expected = n === undefined ? { kind: 'none' } : { kind: 'found', row: { version: n } };
    expect(await ofOrder(history, time(at))).toMatchObject(expected);
  });

  test('at the time of a transaction has all of it', async () => {
    const at = '2026-01-01T12:00:02.000Z';
    const together = history.map((event) =>
      event.version < 2 || event.version > 4 ? event : { ...event, recordedAt: at },
    );
    expect(await ofOrder(together, time(at))).toMatchObject({ row: { version: 4 } });
    expect(await ofOrder(together, time('2026-01-01T12:00:01.999Z'))).toMatchObject({ row: { version: 1 } });
  });

  test('that nobody knows has no past', async () => {
    for (const moment of [latest, version(1), time('2026-01-01T12:00:00.000Z')])
      expect(await ofOrder([], moment)).toEqual({ kind: 'none' });
  });
});

describe('the level of a SKU that has changed 10,000 times', () => {
  const length = 10_000;
  const history = longStock('mug', length);
  const at = async (moment: Moment, projection: Projection<never> = inventoryLevel as unknown as Projection<never>) => {
    const reader = new CountingReader(history);
    const state = await subjectAt(reader, projection, 'inventory#mug', moment);
    return { state, read: reader.read };
  };

  test.each([
    ['now', latest, length],
    ['at its last version but one', version(length - 1), length - 1],
    ['at the version of a snapshot', version(5_000), 5_000],
    ['right before that of a snapshot', version(4_999), 4_999],
    ['at its first version', version(1), 1],
    ['before its first snapshot', version(19), 19],
    ['at a time long ago', time(stockedAt(1_234)), 1_234],
    ['right before an event', time(stockedAt(7_777).replace('.000Z', '.999Z')), 7_777],
    ['at the time of its first event', time(stockedAt(1)), 1],
    ['at a time within its last events', time(stockedAt(length - 3)), length - 3],
  ])('%s is known from some events around it', async (_, moment, n) => {
    const { state, read } = await at(moment);
    expect(state).toMatchObject({ kind: 'found', row: { version: n, onHand: n, updatedAt: stockedAt(n) } });
    expect(read).toBeLessThan(150);
  });

  test('before its first event is not known', async () => {
    expect(await at(time('2020-01-01T00:00:00.000Z'))).toMatchObject({ state: { kind: 'none' } });
  });

  test('is folded from the beginning by a projection that no snapshot is of use to', async () => {
    const { fromSnapshot: _, ...whole } = inventoryLevel;
    for (const n of [length, 9_990, 3]) {
      const { state } = await at(version(n), whole as unknown as Projection<never>);
      expect(state).toMatchObject({ row: { version: n, onHand: n } });
    }
  });
});
