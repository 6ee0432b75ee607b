import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compilePattern } from '../../../localstack/cloud/core/patterns/event-pattern';
import { PatternIndex } from '../../../localstack/cloud/core/patterns/pattern-index';

const text = fc.constantFrom('', 'a', 'b', 'ab', 'abc', 'B', 'é', '1');
const leaf = fc.oneof(text, fc.constantFrom(0, 1, 2.5, null, true));
const operator = fc.oneof(
  leaf,
  text.map((prefix) => ({ prefix })),
  text.map((suffix) => ({ suffix })),
  text.map((of) => ({ 'equals-ignore-case': of })),
  fc.constantFrom({ wildcard: 'a*' }, { wildcard: '*b' }, { wildcard: '*' }, { wildcard: 'a*c' }),
  fc.constantFrom({ 'anything-but': ['a', 'b'] }, { 'anything-but': { prefix: 'a' } }),
  fc.constantFrom({ exists: true }, { exists: false }, { numeric: ['>', 0, '<', 2] }),
);
const tests = fc.array(operator, { minLength: 1, maxLength: 3 });
const pattern = fc.oneof(
  fc.dictionary(fc.constantFrom('x', 'y', 'z'), tests, { minKeys: 1 }),
  fc.tuple(tests, tests, tests).map(([x, y, z]) => ({ x, $or: [{ y }, { z }] })),
  fc.tuple(tests, tests).map(([p, q]) => ({ list: { p, q } })),
);
const event = fc.record(
  {
    x: fc.oneof(leaf, fc.array(leaf, { maxLength: 2 })),
    y: leaf,
    z: leaf,
    list: fc.array(fc.record({ p: leaf, q: leaf }, { requiredKeys: [] }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

describe('an index of patterns', () => {
  test('finds exactly the patterns that match one by one, also after some were replaced and taken out', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 12 }),
        fc.array(event, { maxLength: 8 }),
        (all, events) => {
          const index = new PatternIndex<number>();
          for (const [name, one] of all.entries()) index.set(name, JSON.stringify(one));
          for (const [name, one] of all.entries()) if (name % 3 === 0) index.set(name + 100, JSON.stringify(one));
          for (const name of all.keys()) if (name % 3 === 0) index.delete(name);
          const kept = all.map((one, name) => ({ name: name % 3 === 0 ? name + 100 : name, one }));
          for (const put of events) {
            const expected = kept.filter(({ one }) => compilePattern(JSON.stringify(one)).matches(put));
            expect(index.match(put).sort((a, b) => a - b)).toEqual(
              expected.map(({ name }) => name).sort((a, b) => a - b),
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('compares an event with hardly more patterns when there are ten thousand', () => {
    const index = new PatternIndex<number>();
    for (let rule = 0; rule < 10_000; rule++) {
      index.set(rule, JSON.stringify({ source: ['shop'], 'detail-type': [{ prefix: `Type${rule}.` }] }));
    }
    const reads = { count: 0 };
    const counted = {
      get source() {
        reads.count++;
        return 'shop';
      },
      'detail-type': 'Type77.Created',
    };
    expect(index.match(counted)).toEqual([77]);
    expect(reads.count).toBe(1);
    const start = process.hrtime.bigint();
    for (let run = 0; run < 1_000; run++) index.match(counted);
    // A scan of all of them takes seconds; the bound leaves room for a slow machine.
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(500);
  });

  test('forgets a pattern that was taken out', () => {
    const index = new PatternIndex<string>();
    index.set('r', '{"a":[{"prefix":"x"}]}');
    expect(index.delete('r')).toBe(true);
    expect(index.delete('r')).toBe(false);
    expect(index.match({ a: 'xy' })).toEqual([]);
  });

  test('keeps the pattern it has when its replacement is refused', () => {
    const index = new PatternIndex<string>();
    index.set('r', '{"a":["x"]}');
    expect(() => index.set('r', '{"a":[{"nope":1}]}')).toThrow('Unrecognized match type nope');
    expect(index.match({ a: 'x' })).toEqual(['r']);
  });
});
