import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { InvalidPattern } from '../../../localstack/cloud/core/patterns/invalid-pattern';
import { parseWildcard } from '../../../localstack/cloud/core/patterns/wildcard';
import { isTooComplex, wildcardComplexity } from '../../../localstack/cloud/core/patterns/wildcard-complexity';

const complexity = (...wildcards: string[]): number =>
  wildcardComplexity(
    wildcards.map((text) => parseWildcard(text, (reason) => new InvalidPattern(reason, { whileReading: false }))),
    100,
  );

describe('the complexity of wildcards is how many of their beginnings one value can match', () => {
  test.each([
    [1, ['*']],
    [1, ['key']],
    // "*" and "*to"
    [2, ['*to']],
    // "*", "*o" and "*oo"
    [3, ['*oo']],
    // "ke" and "ke*"
    [2, ['ke*']],
    // "k*", "k*y", "k*y*"
    [4, ['k*yy*']],
    [5, ['x*y*yy']],
    [17, [`*${'o*'.repeat(8)}`]],
    // Each has its own "*".
    [4, ['*cat', '*catalog']],
    [6, ['in*a', 'in*b', 'in*c']],
    [2, ['in*a', 'in*a']],
  ])('%d for %p', (expected, wildcards) => {
    expect(complexity(...wildcards)).toBe(expected);
  });
});

test('is too high exactly when it reaches the limit', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'ab', '*', 'x*a'), { maxLength: 7 }).map((some) => some.join(''));
  const wildcards = fc.array(
    text.map((some) => some.replace(/\*+/g, '*')),
    { minLength: 1, maxLength: 3 },
  );
  fc.assert(
    fc.property(wildcards, fc.integer({ min: 1, max: 12 }), (some, limit) => {
      const parsed = some.map((one) => one.split('*'));
      expect(isTooComplex(parsed, limit)).toBe(wildcardComplexity(parsed, 1000) >= limit);
    }),
  );
});

test('is not counted beyond the limit', () => {
  const parts = Array.from({ length: 2000 }, () => 'a');
  expect(wildcardComplexity([parts], 10)).toBe(10);
});
