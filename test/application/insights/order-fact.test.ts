import { describe, expect, test } from '@jest/globals';
import { orderFact } from '../../../functions/application/insights/order-fact';
import { countableFact } from '../../../functions/projections/insights/count-facts';
import { recorded } from '../../support/recorded';

const fact = { userId: 'u-1', statusBefore: 'confirmed', statusAfter: 'paid', total: 2500, currency: 'EUR' };
const items = [{ sku: 'mug', quantity: 2, unitPrice: 1000 }];
const paid = recorded(
  'order#o-1',
  3,
  'OrderPaid',
  { orderId: 'o-1', paymentId: 'p-1', amount: 2500 },
  { metadata: { fact: { ...fact, items } }, recordedAt: '2026-01-01T12:00:09.000Z' },
);

describe('the fact of an order’s step', () => {
  test('says all that insights count, whether it comes by the bus or from the event table', () => {
    expect(countableFact(paid)).toEqual({
      stream: 'order#o-1',
      version: 3,
      type: 'OrderPaid',
      at: Date.parse('2026-01-01T12:00:03.000Z'),
      recordedAt: Date.parse('2026-01-01T12:00:09.000Z'),
      from: 'confirmed',
      to: 'paid',
      currency: 'EUR',
      total: 2500,
      lines: items,
    });
  });

  const detail = {
    partitionkey: 'order#o-1',
    sequence: '3',
    type: 'OrderPaid',
    time: '2026-01-01T12:00:03Z',
    data: fact,
  };

  test.each([
    [{ partitionkey: 'user#u-1' }, 'partitionkey is "user#u-1"; expected order#<id>'],
    [{ sequence: 3 }, 'sequence is 3; expected a version from "1", as text'],
    [{ sequence: '0' }, 'sequence is "0"'],
    [{ time: 'yesterday' }, 'time is "yesterday"; expected a time by RFC 3339'],
    [{ recordedat: 'soon' }, 'recordedat is "soon"'],
    [{ data: undefined }, 'data is missing; expected an object'],
    [{ data: { ...fact, total: -1 } }, 'data.total is -1; expected a whole number from 0'],
    [{ data: { ...fact, currency: '' } }, 'data.currency is ""; expected a text'],
    [{ data: { ...fact, items: [{ sku: 'mug' }] } }, 'data.items[0].quantity is missing'],
  ])('with %j is unreadable, and says why', (odd, why) => {
    expect(orderFact(detail)).toMatchObject({ version: 3 });
    expect(() => orderFact({ ...detail, ...odd })).toThrow(why);
  });
});
