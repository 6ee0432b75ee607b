import type { Context } from 'hono';
import type { Problem } from '../../application/ports';
import type { PageRequest } from '../../application/read-models/page';
import { invalid } from '../http/problem';
import { fromCursor } from './cursor';

export type Parameters = Readonly<Record<string, string | undefined>>;

/** The query parameters of a request. One that is unknown here, or given twice, is refused and not passed over. */
export function parameters(context: Context, ...known: readonly string[]): Parameters {
  const given = context.req.queries();
  const problems = Object.entries(given).flatMap(([field, values]): Problem[] => {
    if (!known.includes(field)) {
      const expected = known.length === 0 ? 'no query parameters here' : `one of the parameters ${known.join(', ')}`;
      return [{ field, value: values[0] ?? '', expected }];
    }
    return values.length > 1 ? [{ field, value: values, expected: 'one value' }] : [];
  });
  if (problems.length > 0) throw invalid(...problems);
  return Object.fromEntries(Object.entries(given).map(([name, values]) => [name, values[0]]));
}

const defaultLimit = 20;
const maximumLimit = 100;

/** `limit` (1 … 100, default 20) and `cursor` of a list. */
export function pageRequest({ limit, cursor }: Parameters, list: string): PageRequest {
  const size = limit === undefined ? defaultLimit : wholeNumber('limit', limit, 1, maximumLimit);
  return cursor === undefined ? { limit: size } : { limit: size, after: fromCursor(list, cursor) };
}

export function wholeNumber(field: string, value: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  const expected =
    most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least}` : `a whole number, ${least} to ${most}`;
  throw invalid({ field, value, expected });
}

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** A point in time, as RFC 3339 in UTC with milliseconds. */
export function pointInTime(field: string, value: string): string {
  // A `+` of an offset that was not percent-encoded comes as a space.
  const time = timestamp.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw invalid({ field, value, expected: 'a time by RFC 3339, such as 2026-01-31T12:00:00Z ("+" written as %2B)' });
}

/** Keys of DynamoDB are limited to 1 and 2 kB; no id of ours comes near. */
const longestId = 1_000;

export function pathId(context: Context, name: string): string {
  const id = context.req.param(name) ?? '';
  if (id !== '' && Buffer.byteLength(id) <= longestId) return id;
  throw invalid({ field: name, value: id.slice(0, 100), expected: `an id of 1 to ${longestId} bytes` });
}
