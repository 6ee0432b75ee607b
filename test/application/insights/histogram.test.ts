import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bucketOf,
  mergedHistograms,
  quantile,
  RELATIVE_ERROR,
} from '../../../functions/application/insights/histogram';

const histogramOf = (durations: readonly number[]) =>
  mergedHistograms(durations.map((ms) => new Map([[bucketOf(ms), 1]])));

test('a quantile is off by at most the stated part of the exact one, or by a millisecond', () => {
  // Up to a century, on every scale.
  const duration = fc.double({ min: 0, max: Math.log(3.2e12), noNaN: true }).map((log) => Math.round(Math.exp(log)));
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (durations, q) => {
      const exact = durations.toSorted((one, other) => one - other)[Math.floor(q * (durations.length - 1))]!;
      const read = quantile(histogramOf(durations), q)!;
      expect(Math.abs(read - exact)).toBeLessThanOrEqual(Math.max(1, exact * (RELATIVE_ERROR + 1e-9)));
    }),
  );
});

test('of nothing there is no quantile, and no time at all has a bucket', () => {
  expect(quantile(new Map(), 0.5)).toBeUndefined();
  expect(quantile(histogramOf([0, 0, 0]), 0.95)).toBe(0);
});

test('a year has no more buckets than a row can have numbers', () => {
  expect(bucketOf(365 * 86_400_000)).toBeLessThan(250);
});
