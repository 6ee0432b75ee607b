import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addNumbers,
  compareNumbers,
  formatDecimal,
  numberKey,
  numberSize,
  parseDecimal,
  readNumber,
} from '../../../localstack/cloud/services/dynamodb/values/number';

/** Numbers as DynamoDB can store them: up to 38 digits, of any magnitude between 1E-130 and 9.9…E+125. */
const storable = fc
  .record({
    digits: fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }),
    scale: fc.integer({ min: -130, max: 88 }),
    negative: fc.boolean(),
  })
  .map(({ digits, scale, negative }) => readNumber(`${negative ? '-' : ''}${digits}e${scale}`));

/** Both as integers of the same unit: exact, however far they lie apart. */
function exact(text: string): bigint {
  const { negative, digits, exponent } = parseDecimal(text) as { negative: boolean; digits: string; exponent: number };
  if (digits === '') return 0n;
  const value = BigInt(digits) * 10n ** BigInt(exponent - digits.length + 1 + 200);
  return negative ? -value : value;
}

describe('numbers', () => {
  test('are given back without an exponent and without needless zeros', () => {
    const canonical = (text: string) => readNumber(text);
    expect(canonical('1.50')).toBe('1.5');
    expect(canonical('0012')).toBe('12');
    expect(canonical('-0')).toBe('0');
    expect(canonical('+.5')).toBe('0.5');
    expect(canonical('1E3')).toBe('1000');
    expect(canonical('12.3e-4')).toBe('0.00123');
    expect(canonical(`1${'0'.repeat(100)}`)).toBe(`1${'0'.repeat(100)}`);
  });

  test('that are none, or too long, large or small, are refused in the words of DynamoDB', () => {
    expect(() => readNumber('')).toThrow('The parameter cannot be converted to a numeric value');
    expect(() => readNumber('1x')).toThrow('The parameter cannot be converted to a numeric value: 1x');
    expect(() => readNumber('Infinity')).toThrow('cannot be converted to a numeric value: Infinity');
    expect(() => readNumber('1'.repeat(39))).toThrow('Attempting to store more than 38 significant digits in a Number');
    expect(() => readNumber('1e126')).toThrow('Number overflow.');
    expect(() => readNumber('1e-131')).toThrow('Number underflow.');
    expect(readNumber('9.9999999999999999999999999999999999999e125')).toHaveLength(126);
  });

  test('keep their value when they are read and written again', () => {
    fc.assert(
      fc.property(storable, (text) => {
        expect(readNumber(text)).toBe(text);
        expect(formatDecimal(parseDecimal(text) as never)).toBe(text);
      }),
    );
  });

  test('sort as store keys the way they sort as numbers, and none begins another', () => {
    fc.assert(
      fc.property(storable, storable, (left, right) => {
        const a = numberKey(left);
        const b = numberKey(right);
        const order = exact(left) < exact(right) ? -1 : exact(left) > exact(right) ? 1 : 0;
        expect(a < b ? -1 : a > b ? 1 : 0).toBe(order);
        expect(Math.sign(compareNumbers(left, right))).toBe(order);
        if (order !== 0) expect(a.startsWith(b)).toBe(false);
      }),
    );
  });

  test('are added exactly, or refused when the sum has too many digits', () => {
    fc.assert(
      fc.property(storable, storable, (left, right) => {
        const sum = () => addNumbers(left, right);
        try {
          expect(exact(sum())).toBe(exact(left) + exact(right));
        } catch (error) {
          expect((error as Error).message).toMatch(/38 significant digits|overflow|underflow/);
        }
      }),
    );
    expect(addNumbers('0.1', '0.2')).toBe('0.3');
    expect(addNumbers('5', '7', -1)).toBe('-2');
    expect(addNumbers('99999999999999999999', '1')).toBe('100000000000000000000');
  });

  test('count by their pairs of digits', () => {
    expect(['0', '1', '10', '12', '1.2', '123', '-123', '0.5'].map(numberSize)).toEqual([1, 2, 2, 2, 3, 3, 4, 2]);
  });
});
