import { expect, test } from '@jest/globals';
import { deviationsOf } from '../../../functions/application/insights/moving-mean';

const steady = [10, 12, 8, 10, 12, 8, 10, 12, 8, 10];

test('a point is compared with those before it, and not with itself', () => {
  const [only, ...others] = deviationsOf([...steady, 17], { history: 10, k: 3 });
  expect(others).toEqual([]);
  // Mean 10, sample variance 24 / 9. With itself in it, 17 would be no further than 2.7 deviations away.
  expect(only).toMatchObject({ index: 10, value: 17, mean: 10, deviation: Math.sqrt(24 / 9) });
  expect(only!.deviations).toBeCloseTo(7 / Math.sqrt(24 / 9), 12);
});

test('too few are as odd as too many, and k decides', () => {
  expect(deviationsOf([...steady, 3], { history: 10, k: 3 })).toMatchObject([{ value: 3 }]);
  expect(deviationsOf([...steady, 3], { history: 10, k: 5 })).toEqual([]);
});

test('points with too little before them are not judged', () => {
  expect(deviationsOf([0, 0, 0, 1000], { history: 4, k: 3 })).toEqual([]);
  expect(deviationsOf([0, 0, 0, 0, 1000], { history: 4, k: 3 })).toMatchObject([{ index: 4 }]);
});

test('where nothing ever varied, more than k events are too many', () => {
  const silence = Array.from({ length: 20 }, () => 0);
  expect(deviationsOf([...silence, 1], { history: 20, k: 3 })).toEqual([]);
  expect(deviationsOf([...silence, 3], { history: 20, k: 3 })).toEqual([]);
  expect(deviationsOf([...silence, 4], { history: 20, k: 3 })).toMatchObject([{ deviation: 1, deviations: 4 }]);
});
