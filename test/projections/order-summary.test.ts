import { describe, expect, test } from '@jest/globals';
import type { OrderSummary } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { orderSummary } from '../../functions/projections/order-summary';
import { orderHistory, recorded } from '../support/recorded';

const folded = (events: readonly RecordedEvent[]) =>
  events.reduce<OrderSummary | undefined>((row, event) => orderSummary.fold(row, event), undefined);

describe('the summary of an order', () => {
  test('begins with what was ordered, and counts the total itself', () => {
    expect(folded(orderHistory('o-1', 1))).toEqual({
      stream: 'order#o-1',
      version: 1,
      orderId: 'o-1',
      userId: 'u-1',
      status: 'created',
      currency: 'EUR',
      total: 2500,
      items: [{ sku: 'mug', quantity: 2, unitPrice: 1000 }],
      shippingFee: 500,
      createdAt: '2026-01-01T12:00:01.000Z',
      updatedAt: '2026-01-01T12:00:01.000Z',
    });
  });

  test('keeps when each step happened, the payment and the shipment', () => {
    expect(folded(orderHistory('o-1'))).toMatchObject({
      version: 5,
      status: 'delivered',
      confirmedAt: '2026-01-01T12:00:02.000Z',
      paidAt: '2026-01-01T12:00:03.000Z',
      shippedAt: '2026-01-01T12:00:04.000Z',
      deliveredAt: '2026-01-01T12:00:05.000Z',
      updatedAt: '2026-01-01T12:00:05.000Z',
      paymentId: 'pay-1',
      carrier: 'DHL',
      trackingNumber: 'T-1',
    });
  });

  test('of a cancelled order says why', () => {
    const cancelled = recorded('order#o-1', 2, 'OrderCancelled', { orderId: 'o-1', reason: 'changed my mind' });
    expect(folded([...orderHistory('o-1', 1), cancelled])).toMatchObject({
      status: 'cancelled',
      cancelReason: 'changed my mind',
    });
  });

  test('never goes back in time, though a shipment may have happened before the payment that it waited for', () => {
    const early = { time: '2025-12-31T00:00:00.000Z' };
    const shipped = recorded('order#o-1', 4, 'OrderShipped', { orderId: 'o-1' }, early);
    expect(folded([...orderHistory('o-1', 3), shipped])).toMatchObject({
      shippedAt: '2025-12-31T00:00:00.000Z',
      updatedAt: '2026-01-01T12:00:03.000Z',
    });
  });

  test.each([
    [
      'an unknown type',
      recorded('order#o-1', 2, 'OrderPainted'),
      'type is "OrderPainted", expected an event of an order',
    ],
    ['a payment without its id', recorded('order#o-1', 2, 'OrderPaid'), 'data.paymentId is missing, expected text'],
    ['a second creation', orderHistory('o-1', 1)[0] as RecordedEvent, 'version is 1, expected the first event'],
  ])('cannot be told from %s', (_, event, reason) => {
    expect(() => folded([...orderHistory('o-1', 1), event])).toThrow(reason);
  });

  test('cannot begin in the middle', () => {
    expect(() => folded(orderHistory('o-1').slice(1))).toThrow('expected OrderCreated before it');
  });

  test('cannot be told from lines that are none', () => {
    const broken = recorded('order#o-1', 1, 'OrderCreated', { items: [{ sku: 'mug', quantity: '2', unitPrice: 1 }] });
    expect(() => folded([broken])).toThrow('data.items[0] is {"sku":"mug","quantity":"2","unitPrice":1}');
  });
});
