import { describe, expect, test } from '@jest/globals';
import { toldEvents } from '../../../functions/application/queries/changes';
import { inventoryLevel } from '../../../functions/projections/inventory-level';
import { orderSummary } from '../../../functions/projections/order-summary';
import { userProfile } from '../../../functions/projections/user-profile';
import { HistoryReader } from '../../support/history-reader';
import { orderHistory, recorded } from '../../support/recorded';
import { longStock } from '../../support/stock';

const orders = orderHistory('o-1');
const ofOrder = (events: readonly ReturnType<typeof recorded>[], page = { limit: 10 }) =>
  toldEvents(new HistoryReader(events), orderSummary, 'order#o-1', page);

describe('what an event of an order changed', () => {
  test('is all of the order at first', async () => {
    const { items } = await ofOrder(orders.slice(0, 1));
    expect(items[0]?.changes).toEqual([
      { field: 'orderId', after: 'o-1' },
      { field: 'userId', after: 'u-1' },
      { field: 'status', after: 'created' },
      { field: 'currency', after: 'EUR' },
      { field: 'total', after: 2500 },
      { field: 'items', after: [{ sku: 'mug', quantity: 2, unitPrice: 1000 }] },
      { field: 'shippingFee', after: 500 },
      { field: 'createdAt', after: '2026-01-01T12:00:01.000Z' },
    ]);
  });

  test('is the difference between the order before and behind it', async () => {
    const { items } = await ofOrder(orders);
    expect(items.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(items[2]?.changes).toEqual([
      { field: 'status', before: 'confirmed', after: 'paid' },
      { field: 'paidAt', after: '2026-01-01T12:00:03.000Z' },
      { field: 'paymentId', after: 'pay-1' },
    ]);
  });

  test.each([1, 2, 3, 4])('is the same on a page that begins behind event %d', async (after) => {
    const whole = await ofOrder(orders);
    const page = await ofOrder(orders, { limit: 10, after: String(after) } as never);
    expect(page.items).toEqual(whole.items.slice(after));
  });

  test('cannot be told of an event that the fold cannot read, nor of those behind it, which are shown all the same', async () => {
    const told = await ofOrder([...orders.slice(0, 1), recorded('order#o-1', 2, 'OrderBewitched'), orders[2]!]);
    expect(told.items.map(({ changes }) => changes?.length)).toEqual([8, undefined, undefined]);
    for (const item of told.items.slice(1))
      expect(item).toMatchObject({ unreadable: expect.stringMatching(/version 2 .*"OrderBewitched"/) });
    const page = await ofOrder([orders[0]!, recorded('order#o-1', 2, 'OrderBewitched'), orders[2]!], {
      limit: 1,
      after: '2',
    } as never);
    expect(page.items).toMatchObject([{ version: 3, unreadable: expect.stringContaining('version 2') }]);
  });

  test('is not told where the events themselves cannot be had', async () => {
    const reader = new HistoryReader(orders);
    reader.readRange = () => Promise.reject(new Error('throttled'));
    await expect(toldEvents(reader, orderSummary, 'order#o-1', { limit: 1, after: '1' })).rejects.toThrow('throttled');
  });
});

describe('what an event changed', () => {
  test('of a user who was forgotten is that there was something', async () => {
    const stream = 'user#u-1';
    const forgotten = { userId: 'u-1', forgotten: true };
    const reader = new HistoryReader([
      recorded(stream, 1, 'UserCreated', forgotten),
      recorded(stream, 2, 'UserUpdated', forgotten),
      recorded(stream, 3, 'UserDeleted', { userId: 'u-1' }),
    ]);
    const { items } = await toldEvents(reader, userProfile, stream, { limit: 10 });
    expect(items.map(({ changes }) => changes)).toEqual([
      [
        { field: 'userId', after: 'u-1' },
        { field: 'status', after: 'active' },
        { field: 'forgotten', after: true },
        { field: 'createdAt', after: '2026-01-01T12:00:01.000Z' },
      ],
      [],
      [
        { field: 'status', before: 'active', after: 'deleted' },
        { field: 'forgotten', before: true },
      ],
    ]);
  });

  test('far down a long stream is told without reading what is before', async () => {
    const reader = new HistoryReader(longStock('mug', 3_000));
    const { items, next } = await toldEvents(reader, inventoryLevel, 'inventory#mug', { limit: 2, after: '2990' });
    expect(items.map(({ changes }) => changes)).toEqual(
      [2991, 2992].map((n) => [
        { field: 'onHand', before: n - 1, after: n },
        { field: 'available', before: n - 1, after: n },
      ]),
    );
    expect(next).toBe('2992');
    expect(reader.asked.toSorted()).toEqual(['inventory#mug 2951..2990', 'inventory#mug 2991..2993']);
  });
});
