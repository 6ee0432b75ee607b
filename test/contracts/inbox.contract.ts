import { describe, expect, it } from '@jest/globals';
import type { Inbox, InboxItem } from '../../functions/application/ports';

/** What every Inbox keeps to. `inbox` is asked for in each test; streams are new in each, of an order or a user. */
export function inboxContract(name: string, inbox: () => Inbox, aggregate: 'order' | 'user' = 'order'): void {
  let streams = 0;
  const run = Math.random().toString(36).slice(2);
  const newStream = () => `${aggregate}#${run}-${++streams}`;
  const parked = (stream: string, id: string, over: Partial<InboxItem> = {}): InboxItem => ({
    stream,
    state: 'parked',
    id,
    source: 'shop',
    type: 'OrderPaid',
    reason: 'the order has not been created yet',
    event: { id, detail: { orderId: 'o-1', amount: 2990, list: [1, null, { a: 'b' }], empty: '' } },
    at: '2026-01-01T12:00:00.000Z',
    dueAtVersion: 2,
    parkedUntil: '2026-01-15T12:00:00.000Z',
    ...over,
  });
  const rejected = (stream: string, id: string): InboxItem => {
    const { dueAtVersion: _due, parkedUntil: _until, ...item } = parked(stream, id, { state: 'rejected' });
    return { ...item, problems: [{ field: 'amount', value: 1, expected: '2990' }] };
  };

  describe(`${name} as an Inbox`, () => {
    it('gives back what waits for a stream, as it was put', async () => {
      const stream = newStream();
      await inbox().put(parked(stream, 'e-1'));
      await inbox().put(parked(stream, 'e-2'));
      await inbox().put(rejected(stream, 'e-3'));
      await inbox().put(parked(newStream(), 'e-4'));
      expect(await inbox().parked(stream)).toEqual([parked(stream, 'e-1'), parked(stream, 'e-2')]);
      expect(await inbox().parked(newStream())).toEqual([]);
    });

    it('keeps the first item for a stream, a state, a source and an id', async () => {
      const stream = newStream();
      await inbox().put(parked(stream, 'e-1'));
      await inbox().put(parked(stream, 'e-1', { dueAtVersion: 3 }));
      await inbox().put(parked(stream, 'e-1', { source: 'shop#a' }));
      await inbox().put(parked(stream, 'a#e-1'));
      const found = await inbox().parked(stream);
      const name = ({ source, id, dueAtVersion }: InboxItem) => `${source} ${id} ${dueAtVersion}`;
      expect(found.map(name).toSorted()).toEqual(['shop a#e-1 2', 'shop e-1 2', 'shop#a e-1 2']);
    });

    it('removes one item, and does not mind when it is gone already', async () => {
      const stream = newStream();
      await inbox().put(parked(stream, 'e-1'));
      await inbox().put(parked(stream, 'e-2'));
      await inbox().remove(parked(stream, 'e-1'));
      await inbox().remove(parked(stream, 'e-1'));
      await inbox().remove({ ...parked(stream, 'e-2'), state: 'rejected' });
      expect((await inbox().parked(stream)).map(({ id }) => id)).toEqual(['e-2']);
    });

    it('says whether an item is there', async () => {
      const stream = newStream();
      await inbox().put(parked(stream, 'e-1'));
      const has = (over: Partial<InboxItem>) => inbox().has({ ...parked(stream, 'e-1'), ...over });
      const found = [{}, { state: 'rejected' }, { id: 'e-2' }, { source: 'else' }, { stream: newStream() }] as const;
      expect(await Promise.all(found.map(has))).toEqual([true, false, false, false, false]);
    });

    it('finds what has expired, oldest first', async () => {
      const until = (hour: string) => ({ parkedUntil: `1999-01-01T${hour}:00:00.000Z` });
      const items = ['03', '01', '02', '05'].map((hour) => parked(newStream(), `${run}-${hour}`, until(hour)));
      for (const item of items) await inbox().put(item);
      await inbox().put(rejected(newStream(), 'e-9'));
      const expired = async (now: string, limit: number) =>
        (await inbox().expired(new Date(now), limit)).map(({ id }) => id);
      expect(await expired('1999-01-01T04:00:00.000Z', 10)).toEqual([`${run}-01`, `${run}-02`, `${run}-03`]);
      expect(await expired('1999-01-01T04:00:00.000Z', 2)).toEqual([`${run}-01`, `${run}-02`]);
      expect(await expired('1998-12-31T00:00:00.000Z', 10)).toEqual([]);
      for (const item of items) await inbox().remove(item);
    });

    it('keeps what no table could hold as it is: very deep, very long, numbers beyond all bounds', async () => {
      const stream = newStream();
      const deep = Array.from({ length: 60 }).reduce<unknown>((inner) => ({ inner }), 'bottom');
      const long = 'x'.repeat(3000);
      await inbox().put(parked(stream, 'e-1', { event: { deep, huge: 1e300 } }));
      await inbox().put(parked(stream, long, { source: long, event: { size: 'y'.repeat(250_000) } }));
      const found = await inbox().parked(stream);
      expect(found.find(({ id }) => id === 'e-1')?.event).toEqual({ deep, huge: 1e300 });
      expect(found.find(({ id }) => id === long)).toMatchObject({ source: long, event: { size: 'y'.repeat(250_000) } });
      await inbox().remove(parked(stream, long, { source: long }));
      expect((await inbox().parked(stream)).map(({ id }) => id)).toEqual(['e-1']);
    });
  });
}
