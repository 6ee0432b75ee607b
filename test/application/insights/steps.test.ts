import { describe, expect, test } from '@jest/globals';
import { aggregate, enrich, filter, inTurn, sideBySide, split } from '../../../functions/application/insights/steps';
import {
  beginningOf,
  startOf,
  windowNames,
  windowOf,
  windowsBetween,
} from '../../../functions/application/insights/windows';

type View = { readonly at: number; readonly page: string; readonly ms: readonly number[] };

/** Page views, which have nothing to do with orders. */
const at = Date.parse('2026-03-01T23:59:59.999Z');
const view: View = { at, page: '/home', ms: [3, 4] };

describe('steps', () => {
  const slow = inTurn(
    filter<View>(({ page }) => page !== '/health'),
    split(({ at: when, page, ms }) => ms.map((one) => ({ at: when, page, one }))),
    inTurn(
      enrich(({ one }) => ({ twice: 2 * one })),
      aggregate({ series: 'views', window: 'hour', by: ({ page }) => page, add: ({ twice }) => ({ views: 1, twice }) }),
    ),
  );

  test('filter, enrich, take apart and count, one behind the other', () => {
    const expires = new Date('2026-05-31T00:00:00.000Z');
    expect(slow(view)).toEqual([
      { series: 'views', key: '2026-03-01T23#/home', add: { views: 1, twice: 6 }, expires },
      { series: 'views', key: '2026-03-01T23#/home', add: { views: 1, twice: 8 }, expires },
    ]);
    expect(slow({ ...view, page: '/health' })).toEqual([]);
  });

  test('stand side by side, rank by window, and count without one', () => {
    const all = sideBySide(
      aggregate<View>({ series: 'top', window: 'day', add: () => ({ quantity: 1 }), ranked: true }),
      aggregate<View>({ series: 'all', add: () => ({ views: 1 }) }),
    );
    expect(all(view)).toEqual([
      { series: 'top', key: '2026-03-01', add: { quantity: 1 }, ranking: '2026-03-01' },
      { series: 'all', key: 'all', add: { views: 1 } },
    ]);
  });
});

describe('windows', () => {
  test('tumble in UTC: each moment is in one of each width, and a window’s name says when it begins', () => {
    for (const window of windowNames) {
      const start = beginningOf(window, at);
      expect(Date.parse(startOf(windowOf(window, at)))).toBe(start);
      expect(windowOf(window, start)).toBe(windowOf(window, at));
      expect(windowOf(window, start - 1)).not.toBe(windowOf(window, at));
      expect(windowsBetween(window, start - 1, at)).toHaveLength(2);
    }
  });
});
