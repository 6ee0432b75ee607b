import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { series } from '../../../functions/application/insights/series';
import { addCounters, expectedCounters } from '../../../functions/projections/insights/expected-counters';
import { factsOf, lives } from '../../support/order-facts';

const now = new Date('2026-01-07T00:00:00.000Z');
const begin = Date.parse('2026-01-06T23:59:30.000Z');
const lines = [{ sku: 'mug', quantity: 2, unitPrice: 150 }];
const refunded = factsOf({
  orderId: 'o-1',
  length: 4,
  cancelledFor: '  Too   LATE ',
  currency: 'EUR',
  begin,
  pauses: [10_000, 10_000, 20_000],
  lines,
});

test('an order that is paid and then cancelled, behind midnight, counts so', () => {
  const counters = expectedCounters([...refunded, ...refunded], now);
  expect(counters.get(series.sales('day'))).toEqual([
    { key: '2026-01-06#EUR', values: { orders: 1, value: 300, paid: 1, revenue: 300 } },
    { key: '2026-01-07#EUR', values: { cancelled: 1, cancelledValue: 300, refunds: 1, refunded: 300 } },
  ]);
  expect(counters.get(series.topSkus)).toEqual([
    { key: '2026-01-06#mug', values: { quantity: 2, 'revenue.EUR': 300 } },
  ]);
  expect(counters.get(series.cancellations)).toEqual([
    { key: '2026-01-07#too late', values: { orders: 1, 'from.paid': 1 } },
  ]);
  expect(counters.get(series.funnel)![0]!.values).toEqual({
    'reached.created': 1,
    'left.created': 1,
    'reached.confirmed': 1,
    'left.confirmed': 1,
    'reached.paid': 1,
    'left.paid': 1,
    'reached.cancelled': 1,
  });
  expect(counters.get(series.lifecycle)!.map(({ key, values }) => [key, values.count, values.dwellMs])).toEqual([
    ['2026-01-06#>created', 1, undefined],
    ['2026-01-06#confirmed>paid', 1, 10_000],
    ['2026-01-06#created>confirmed', 1, 10_000],
    ['2026-01-07#paid>cancelled', 1, 20_000],
  ]);
});

test('windows that are not kept any more are left out', () => {
  const later = new Date('2026-01-09T00:00:00.000Z');
  const minutes = expectedCounters(refunded, later).get(series.sales('minute'));
  expect(minutes!.map(({ key }) => key)).toEqual(['2026-01-07T00:00#EUR']);
});

test('streams folded apart and added up are streams folded together', () => {
  fc.assert(
    fc.property(lives(begin, { maxLength: 6 }), (all) => {
      const apart = all.map((life) => expectedCounters(factsOf(life), now)).reduce(addCounters, new Map());
      expect(apart).toEqual(expectedCounters(all.flatMap(factsOf), now));
    }),
  );
});
