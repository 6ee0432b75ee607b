import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  behind,
  grouped,
  hashOf,
  partitionBytes,
  sortBytes,
} from '../../../localstack/cloud/services/dynamodb/table/key-bytes';

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const text = fc.string({ unit: 'binary', maxLength: 40 });
const bytes = fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each));

describe('store keys', () => {
  test('of strings sort by UTF-8, as DynamoDB does', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        const expected = Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8'));
        expect(order(sortBytes({ S: left }), sortBytes({ S: right }))).toBe(expected);
      }),
    );
  });

  test('of binaries sort by unsigned bytes', () => {
    fc.assert(
      fc.property(bytes, bytes, (left, right) => {
        const key = (each: Buffer) => sortBytes({ B: each.toString('base64') });
        expect(order(key(left), key(right))).toBe(Buffer.compare(left, right));
      }),
    );
  });

  test('of one sort key never begin with those of another', () => {
    fc.assert(
      fc.property(bytes, bytes, (left, right) => {
        fc.pre(!left.equals(right));
        const [a, b] = [left, right].map((each) => grouped(each.toString('latin1'))) as [string, string];
        expect(a.startsWith(b)).toBe(false);
      }),
    );
  });

  test('between a prefix and what is behind it are exactly those with the prefix', () => {
    fc.assert(
      fc.property(bytes, bytes, (value, prefix) => {
        const within = (() => {
          const key = grouped(value.toString('latin1'));
          const end = behind(prefix.toString('latin1'));
          return key >= grouped(prefix.toString('latin1')) && (end === undefined || key < grouped(end));
        })();
        expect(within).toBe(value.subarray(0, prefix.length).equals(prefix));
      }),
    );
  });

  test('stay within what the store can hold, however long the partition key is', () => {
    const long = partitionBytes({ S: 'x'.repeat(2048) });
    expect(long.length).toBeLessThan(64);
    expect(long).not.toBe(partitionBytes({ S: `${'x'.repeat(2047)}y` }));
    expect(partitionBytes({ S: '\0'.repeat(150) }).length).toBeLessThan(64);
  });

  test('spread partitions over all hashes', () => {
    const quarters = [0, 0, 0, 0];
    for (let number = 0; number < 1000; number++) {
      const quarter = Math.floor(hashOf(partitionBytes({ S: `order#${number}` })) / 2 ** 29);
      quarters[quarter] = (quarters[quarter] as number) + 1;
    }
    for (const count of quarters) expect(count).toBeGreaterThan(200);
  });
});
