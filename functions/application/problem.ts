import type { Problem } from '../domain/decision';
import { wellFormed } from './well-formed';

/** As much of a wrong value as a person needs to recognise it. */
const LONGEST_VALUE = 200;

/** A problem with its value cut to a size that every record and fact has room for. */
export function problem(name: string, value: unknown, expected: string): Problem {
  const field = wellFormed(name);
  return value === undefined ? { field, expected } : { field, value: shortened(value), expected };
}

function shortened(value: unknown): unknown {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= LONGEST_VALUE ? value : `${text.slice(0, LONGEST_VALUE)}…`;
}
