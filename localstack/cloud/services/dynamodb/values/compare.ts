import type { AttributeValue, Item, ValueType } from './attribute-value';
import { member, typeOf } from './attribute-value';
import { compareNumbers } from './number';

/** Whether two values are the same; the order of a set's or a map's members does not matter. */
export function sameValue(left: AttributeValue, right: AttributeValue): boolean {
  const type = typeOf(left);
  if (type !== typeOf(right)) return false;
  switch (type) {
    case 'SS':
    case 'NS':
    case 'BS':
      return sameSet(left[type] as string[], right[type] as string[]);
    case 'L': {
      const a = left.L as AttributeValue[];
      const b = right.L as AttributeValue[];
      return a.length === b.length && a.every((element, index) => sameValue(element, b[index] as AttributeValue));
    }
    case 'M':
      return sameItem(left.M as Item, right.M as Item);
    default:
      return left[type] === right[type];
  }
}

export function sameItem(left: Item, right: Item): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => {
    const other = member(right, name);
    return other !== undefined && sameValue(left[name] as AttributeValue, other);
  });
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  const members = new Set(left);
  return right.every((value) => members.has(value));
}

/** Types that have an order. */
export const isOrdered = (type: ValueType): boolean => type === 'S' || type === 'N' || type === 'B';

/** The order of two strings (by UTF-8), numbers or binaries (unsigned bytes); undefined for anything else. */
export function compareValues(left: AttributeValue, right: AttributeValue): number | undefined {
  if (left.S !== undefined && right.S !== undefined) return compareText(left.S, right.S);
  if (left.N !== undefined && right.N !== undefined) return compareNumbers(left.N, right.N);
  if (left.B !== undefined && right.B !== undefined)
    return Buffer.compare(Buffer.from(left.B, 'base64'), Buffer.from(right.B, 'base64'));
  return undefined;
}

/** JavaScript compares UTF-16 units, which order differently as soon as there are surrogates. */
function compareText(left: string, right: string): number {
  if (left === right) return 0;
  if (!SURROGATE.test(left) && !SURROGATE.test(right)) return left < right ? -1 : 1;
  return Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8'));
}

const SURROGATE = /[\ud800-\udfff]/;
