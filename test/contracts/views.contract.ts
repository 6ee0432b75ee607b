import { describe, expect, it } from '@jest/globals';
import type { ViewLists, ViewRows } from '../../functions/application/read-models/ports';
import type { OrderSummary, ViewRow } from '../../functions/application/read-models/rows';

export type ViewsUnderContract = { readonly rows: ViewRows; readonly lists: ViewLists };

/** What every store of rows keeps to. `views` is asked for in each test; streams are new in each. */
export function viewsContract(name: string, views: () => ViewsUnderContract): void {
  let ids = 0;
  const run = Math.random().toString(36).slice(2);
  const newId = () => `${run}-${++ids}`;
  const order = (orderId: string, over: Partial<OrderSummary> = {}): OrderSummary => ({
    stream: `order#${orderId}`,
    version: 1,
    orderId,
    userId: `u-${run}`,
    status: 'created',
    currency: 'EUR',
    total: 2500,
    items: [{ sku: 'mug', quantity: 2, unitPrice: 1000 }],
    shippingFee: 500,
    createdAt: '2026-01-01T12:00:00.000Z',
    updatedAt: '2026-01-01T12:00:00.000Z',
    ...over,
  });
  const fault = (version: number, seen: number) => ({
    version,
    error: 'UnreadableEvent: no',
    since: '2026-01-02T00:00:00.000Z',
    seen,
  });
  const placed = (stream: string, generation = 1) => ({ stream, generation });
  const read = async (stream: string, generation?: number) =>
    (await views().rows.getMany([placed(stream, generation)]))[0]?.row;
  const put = async (row: ViewRow | OrderSummary, before?: ViewRow) => views().rows.put(1, row, before);

  describe(`${name} as a store of rows`, () => {
    it('gives back rows as they were put, by their streams, and leaves out those that are not there', async () => {
      const rows = Array.from({ length: 130 }, () => order(newId()));
      await Promise.all(rows.map((row) => put(row)));
      const found = await views().rows.getMany([...rows.map(({ stream }) => placed(stream)), placed('order#nowhere')]);
      expect(new Map(found.map(({ stream, row }) => [stream, row]))).toEqual(
        new Map(rows.map((row) => [row.stream, row])),
      );
    });

    it('keeps the rows of each generation apart', async () => {
      const row = order(newId());
      const rebuilt = { ...row, total: 1 };
      await put(row);
      expect(await views().rows.put(2, rebuilt, undefined)).toEqual({ written: true });
      expect(await read(row.stream)).toEqual(row);
      expect(await read(row.stream, 2)).toEqual(rebuilt);
      expect(await views().rows.getMany([placed(row.stream), placed(row.stream, 2)])).toHaveLength(2);
    });

    it('takes a first row once, and shows the one that stands there', async () => {
      const row = order(newId());
      expect(await put(row)).toEqual({ written: true });
      expect(await put({ ...row, total: 1 })).toEqual({ written: false, current: row });
    });

    it('takes the next row only on the version that was read', async () => {
      const first = order(newId());
      const second = { ...first, version: 2, status: 'confirmed' } as const;
      await put(first);
      expect(await put(second, first)).toEqual({ written: true });
      expect(await put({ ...second, version: 3 }, first)).toEqual({ written: false, current: second });
      expect(await read(first.stream)).toEqual(second);
    });

    it('takes no row on one that is not there', async () => {
      const row = order(newId());
      expect(await put({ ...row, version: 2 }, row)).toEqual({ written: false, current: undefined });
      expect(await read(row.stream)).toBeUndefined();
    });

    it('takes a row only on the fault that was read: new, grown, or repaired', async () => {
      const sound = order(newId());
      const faulted = { ...sound, fault: fault(2, 2) };
      const grown = { ...sound, fault: fault(2, 5) };
      await put(sound);
      expect(await put(faulted, sound)).toEqual({ written: true });
      expect(await put({ ...sound, version: 2 }, sound)).toEqual({ written: false, current: faulted });
      expect(await put(grown, faulted)).toEqual({ written: true });
      expect(await put({ ...sound, version: 2 }, faulted)).toEqual({ written: false, current: grown });
      const repaired = { ...sound, version: 5 };
      expect(await put(repaired, grown)).toEqual({ written: true });
      expect(await put({ ...sound, fault: fault(2, 6) }, grown)).toEqual({ written: false, current: repaired });
    });

    it('lets one of many writers win', async () => {
      const row = order(newId());
      await put(row);
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, n) => put({ ...row, version: 2, total: n }, row)),
      );
      expect(outcomes.filter(({ written }) => written)).toHaveLength(1);
    });
  });

  describe(`${name} as lists of rows`, () => {
    it('shows the orders of a user, last created first, page by page', async () => {
      const userId = `user-${newId()}`;
      const at = (day: number) => ({ userId, createdAt: `2026-01-0${day}T00:00:00.000Z` });
      const [one, two, three] = [order(newId(), at(2)), order(newId(), at(3)), order(newId(), at(1))];
      for (const row of [one, two, three]) await put(row);
      await put({ stream: `user#${userId}`, version: 1, userId } as ViewRow);
      const first = await views().lists.ordersByUser(1, userId, { limit: 2 });
      expect(first.items).toEqual([two, one]);
      expect(first.next).toBeDefined();
      const rest = await views().lists.ordersByUser(1, userId, { limit: 2, after: first.next as string });
      expect(rest).toEqual({ items: [three] });
    });

    it('shows the orders of some statuses, last updated first, each where it is now', async () => {
      const at = (n: number) => ({ updatedAt: `2099-01-01T00:00:0${n}.000Z` });
      const rows = [1, 2, 3, 4, 5, 6].map((n) => order(newId(), { ...at(n), status: n % 2 ? 'paid' : 'shipped' }));
      for (const row of rows) await put(row);
      const moved = { ...rows[0], ...at(7), version: 2, status: 'shipped' } as OrderSummary;
      await put(moved, rows[0]);
      const orderIds = async (...statuses: ('paid' | 'shipped')[]) =>
        (await views().lists.ordersByStatus(1, statuses, { limit: 4 })).items.map(({ orderId }) => orderId);
      const idsOf = (...at: number[]) => at.map((n) => rows[n]?.orderId);
      expect(await orderIds('shipped')).toEqual(idsOf(0, 5, 3, 1));
      expect((await orderIds('paid')).slice(0, 2)).toEqual(idsOf(4, 2));
      expect(await orderIds('paid', 'shipped')).toEqual(idsOf(0, 5, 4, 3));
    });

    it('lists one generation only', async () => {
      const userId = `user-${newId()}`;
      const row = order(newId(), { userId });
      await put(row);
      await views().rows.put(2, { ...row, total: 7 } as OrderSummary, undefined);
      expect((await views().lists.ordersByUser(1, userId, { limit: 9 })).items).toEqual([row]);
      expect((await views().lists.ordersByUser(2, userId, { limit: 9 })).items).toEqual([{ ...row, total: 7 }]);
      const newest = await views().lists.ordersByStatus(2, ['created'], { limit: 100 });
      expect(newest.items.filter(({ orderId }) => orderId === row.orderId)).toEqual([{ ...row, total: 7 }]);
    });

    it('shows the orders that have stood in a status for longest, those that moved since left out', async () => {
      const at = (n: number) => ({ updatedAt: `2000-01-01T00:00:0${n}.000Z`, status: 'paid' as const });
      const rows = [3, 1, 2, 5].map((n) => order(newId(), at(n)));
      for (const row of rows) await put(row);
      const before = '2000-01-01T00:00:04.000Z';
      const stuck = await views().lists.longestInStatus(1, 'paid', before, 100);
      const mine = stuck.filter(({ orderId }) => rows.some((row) => row.orderId === orderId));
      expect(mine).toEqual([rows[1], rows[2], rows[0]]);
      expect(await views().lists.longestInStatus(1, 'paid', before, 1)).toHaveLength(1);
    });

    it('shows the rows that a fault holds up, and forgets those that were repaired', async () => {
      const [stopped, repaired] = [order(newId()), order(newId())];
      const blank: ViewRow = { stream: `order#${newId()}`, version: 0, fault: fault(1, 1) };
      for (const row of [stopped, repaired]) await put({ ...row, fault: fault(2, 3) });
      await put(blank);
      await put({ ...repaired, version: 3 }, { ...repaired, fault: fault(2, 3) });
      const found = (await views().lists.faulted(1000)).filter(({ stream }) => stream.includes(run));
      expect(found.map(({ stream }) => stream).toSorted()).toEqual(
        expect.arrayContaining([stopped.stream, blank.stream]),
      );
      expect(found.map(({ stream }) => stream)).not.toContain(repaired.stream);
      expect(await views().lists.faulted(1)).toHaveLength(1);
    });

    it('names every stream that a fault holds up, however many there are', async () => {
      const stopped = Array.from({ length: 250 }, () => order(newId(), { fault: fault(2, 3) }));
      await Promise.all(stopped.flatMap((row) => [put(row), views().rows.put(2, row, undefined)]));
      const named = new Set<string>();
      for await (const stream of views().lists.faultedStreams()) named.add(stream);
      expect(stopped.filter(({ stream }) => !named.has(stream))).toEqual([]);
    });
  });
}
