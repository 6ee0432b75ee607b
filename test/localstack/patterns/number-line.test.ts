import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { NumberLine } from '../../../localstack/cloud/core/patterns/number-line';

const number = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, 2 ** 53, 0.1),
);
const interval = fc
  .tuple(number, number, fc.constantFrom('between', 'from', 'to'))
  .filter(([a, b]) => a !== b)
  .map(([a, b, kind]) => ({
    bottom: kind === 'to' ? Number.NEGATIVE_INFINITY : Math.min(a, b),
    top: kind === 'from' ? Number.POSITIVE_INFINITY : Math.max(a, b),
  }));

test('a number line finds all intervals that a number is in, and forgets those that are taken out', () => {
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 20 }), fc.array(number, { maxLength: 10 }), (intervals, numbers) => {
      const line = new NumberLine<number>();
      for (const [name, one] of intervals.entries()) line.add(one, name);
      for (const [name, one] of intervals.entries()) if (name % 3 === 0) line.delete(one, name);
      for (const sought of [...numbers, ...intervals.flatMap(({ bottom, top }) => [bottom, top])]) {
        if (!Number.isFinite(sought)) continue;
        const found = new Set<number>();
        line.each(sought, (name) => found.add(name));
        for (const [name, { bottom, top }] of intervals.entries()) {
          const inside = name % 3 !== 0 && bottom <= sought && sought <= top;
          const widest = top - bottom > 2 ** 1022;
          if (inside || !widest) expect([name, found.has(name)]).toEqual([name, inside]);
        }
      }
    }),
    { numRuns: 500 },
  );
});
