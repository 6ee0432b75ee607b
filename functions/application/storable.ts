import type { Problem } from '../domain/decision';
import { problem } from './problem';
import { isWellFormed } from './well-formed';

/** DynamoDB takes 32 levels (service limits, "Nested attribute depth"); an event's data stand a few levels down. */
const MOST_LEVELS = 26;

/** A number that survives DynamoDB (38 digits, 1e-130 to 1e125) and JavaScript alike. */
const holds = (n: number): boolean =>
  n === 0 || (Number.isInteger(n) ? Number.isSafeInteger(n) : Math.abs(n) >= 1e-130 && Math.abs(n) < 1e125);

/** Why a JSON value cannot be kept in a table as it is; undefined when it can. */
export function unstorable(value: unknown, field = '', level = 1): Problem | undefined {
  if (typeof value === 'number')
    return holds(value)
      ? undefined
      : problem(field, value, 'a number that a table can keep (whole ones up to 2^53 - 1)');
  if (typeof value === 'string' && !isWellFormed(value))
    return problem(field, value, 'a text without unpaired surrogates');
  if (value === null || typeof value !== 'object') return undefined;
  if (level > MOST_LEVELS) return problem(field, undefined, `at most ${MOST_LEVELS} levels of nesting`);
  for (const [key, member] of Object.entries(value)) {
    // The SDK drops such a field on its way into the table; the hash would be over what is not there.
    if (key === '__proto__') return problem(`${field ? `${field}.` : ''}${key}`, member, 'a field of another name');
    const name = Array.isArray(value) ? `${field}[${key}]` : field ? `${field}.${key}` : key;
    const found = unstorable(key, name) ?? unstorable(member, name, level + 1);
    if (found) return found;
  }
  return undefined;
}

/** Leaves room, in the 256 KB of a bus entry, for the attributes of the fact and what it says beyond the payload. */
const LARGEST_DATA = 192 * 1024;

/** What keeps a payload from being recorded, and its fact from being published. */
export function storageProblems(data: unknown, field = ''): Problem[] {
  const odd = unstorable(data, field);
  if (odd) return [odd];
  if (JSON.stringify(data ?? null).length <= LARGEST_DATA) return [];
  return [problem(field || 'data', undefined, `at most ${LARGEST_DATA} characters of JSON`)];
}
