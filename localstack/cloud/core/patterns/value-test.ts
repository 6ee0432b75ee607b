import { type CaseTest, equalsIgnoringCase } from './ignore-case';
import { type AddressRange, addressDigits } from './ip-address';
import { WrittenNumber } from './numbers';
import { matchesWildcard, type Wildcard } from './wildcard';

/** A value at the end of a path in an event. */
export type Leaf = string | number | boolean | null | WrittenNumber;

type Text =
  | { readonly kind: 'prefix' | 'suffix'; readonly text: string }
  | CaseTest
  | { readonly kind: 'wildcard'; readonly parts: Wildcard };

/** One alternative in the array of a pattern's field. */
export type ValueTest =
  | { readonly kind: 'equals'; readonly value: string | number | boolean | null }
  | { readonly kind: 'written'; readonly text: string }
  | {
      readonly kind: 'range';
      readonly bottom: number;
      readonly openBottom: boolean;
      readonly top: number;
      readonly openTop: boolean;
    }
  | ({ readonly kind: 'address' } & AddressRange)
  | Text
  | { readonly kind: 'anything-but'; readonly values: ReadonlySet<string | number | boolean | null> }
  | { readonly kind: 'anything-but-text'; readonly texts: readonly Text[] }
  | { readonly kind: 'exists' }
  /** Holds for no leaf: the path must have none. */
  | { readonly kind: 'absent' };

export function holds(test: ValueTest, leaf: Leaf): boolean {
  switch (test.kind) {
    case 'equals':
      return leaf === test.value;
    case 'written':
      return leaf instanceof WrittenNumber && leaf.text === test.text;
    case 'range':
      return (
        typeof leaf === 'number' &&
        (test.openBottom ? leaf > test.bottom : leaf >= test.bottom) &&
        (test.openTop ? leaf < test.top : leaf <= test.top)
      );
    case 'address':
      return typeof leaf === 'string' && isInRange(leaf, test);
    case 'prefix':
    case 'suffix':
    case 'ignore-case':
    case 'wildcard':
      return typeof leaf === 'string' && textHolds(test, leaf);
    case 'anything-but':
      return leaf instanceof WrittenNumber || !test.values.has(leaf);
    case 'anything-but-text':
      return typeof leaf !== 'string' || !test.texts.some((text) => textHolds(text, leaf));
    case 'exists':
      return true;
    case 'absent':
      return false;
  }
}

function textHolds(test: Text, value: string): boolean {
  switch (test.kind) {
    // Ruler compares values with their quotes around them, so the other quote is part of a whole value.
    case 'prefix':
      return value.startsWith(test.text) || test.text === `${value}"`;
    case 'suffix':
      return value.endsWith(test.text) || test.text === `"${value}`;
    case 'ignore-case':
      return equalsIgnoringCase(test, value);
    case 'wildcard':
      return matchesWildcard(value, test.parts);
  }
}

function isInRange(text: string, range: AddressRange): boolean {
  const digits = addressDigits(text);
  if (digits === undefined) return false;
  if (digits.length === range.bottom.length) return digits >= range.bottom && digits <= range.top;
  return isBetween(digits, range);
}

/**
 * Ruler compares digit by digit and is content as soon as it knows: an address of the other family is in the range too
 * when its first digits are.
 */
function isBetween(digits: string, { bottom, top }: AddressRange): boolean {
  const { length } = bottom;
  if (digits.length > length) return digits.slice(0, length) >= bottom && digits.slice(0, length) <= top;
  return digits > bottom.slice(0, digits.length) && digits < top.slice(0, digits.length);
}
