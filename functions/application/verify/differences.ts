import { canonicalJson } from '../canonical-json';
import type { Difference } from './findings';

/** The fields in which two objects differ, by name; one that is undefined counts as not there. */
export function differences(expected: object, found: object): readonly Difference[] {
  const right = fieldsOf(expected);
  const wrong = fieldsOf(found);
  const isSame = (field: string) =>
    right.has(field) === wrong.has(field) && canonicalJson(right.get(field)) === canonicalJson(wrong.get(field));
  return [...new Set([...right.keys(), ...wrong.keys()])]
    .sort()
    .filter((field) => !isSame(field))
    .map((field) => ({ field, expected: right.get(field), found: wrong.get(field) }));
}

/** The differences of a row, or, where there are none, of its keys, which follow from it. */
export function wrongFields(
  expected: object,
  found: object,
  astray: readonly Difference[] = [],
): readonly Difference[] {
  const fields = differences(expected, found);
  return fields.length > 0 ? fields : astray;
}

const fieldsOf = (object: object): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(object).filter(([, value]) => value !== undefined));
