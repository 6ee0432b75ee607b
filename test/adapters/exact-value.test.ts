import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exactValue } from '../../functions/adapters/exact-value';
import { unstorable } from '../../functions/application/storable';

describe('the exact value of an attribute', () => {
  it('is the JSON that it was written from', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (given) => {
        // JSON has no -0.
        const value: unknown = JSON.parse(JSON.stringify(given));
        fc.pre(unstorable(value) === undefined);
        try {
          marshall({ value });
        } catch {
          fc.pre(false);
        }
        expect(exactValue({ M: marshall({ value }) })).toEqual({ value });
      }),
    );
  });

  it.each([
    ['0.0000001', 1e-7],
    ['-0.00000012', -1.2e-7],
    ['100', 100],
    ['1000000000000000000000', 1e21],
    ['0', 0],
    ['0.1', 0.1],
  ])('of the number %s is what JavaScript writes otherwise', (N, value) => {
    expect(exactValue({ N })).toBe(value);
  });

  it.each([
    [{ N: '2500.00000000000000001' }, 'more digits'],
    [{ N: '0.10000000000000001' }, 'more digits'],
    [{ SS: ['a'] }, 'type SS'],
    [{ B: new Uint8Array([1]) }, 'type B'],
  ])('of %j is nothing that an event holds', (attribute, message) => {
    expect(() => exactValue(attribute)).toThrow(message);
  });
});
