import { aggregateOf } from '../application/catalogue';
import type { Moment } from '../application/queries/subject-at';
import { UsageError } from './command';

/** `--limit`: 1 … 1000; 20 if nothing is said. */
export function limitOf(text: string | undefined): number {
  if (text === undefined) return 20;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 1000) return limit;
  throw new UsageError(`--limit is "${text}"; a whole number, 1 to 1000`);
}

/** `--at`: a version, or a time. */
export function momentOf(text: string | undefined): Moment {
  if (text === undefined) return { kind: 'latest' };
  if (/^\d{1,15}$/.test(text) && Number(text) > 0) return { kind: 'version', version: Number(text) };
  const at = timeIn(text);
  if (at !== undefined) return { kind: 'time', at };
  throw new UsageError(`--at is "${text}"; a version (1, 2 …) or a time such as 2026-01-31T12:00:00Z`);
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `--since`: a time, or how long ago: `90s`, `15m`, `2h`, `7d`. */
export function sinceOf(text: string | undefined, now: Date, option = '--since'): string | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ago =
    unit === undefined ? undefined : new Date(now.getTime() - Number(count) * UNITS[unit as keyof typeof UNITS]);
  const time = ago && !Number.isNaN(ago.getTime()) ? ago.toISOString() : timeIn(text);
  if (time !== undefined) return time;
  throw new UsageError(
    `${option} is "${text}"; a time such as 2026-01-31T12:00:00Z, or how long ago: 90s, 15m, 2h, 7d`,
  );
}

/** A time by RFC 3339, or a day (of UTC), in UTC with milliseconds. */
export function timeIn(text: string): string | undefined {
  const shape = /^\d{4}-\d\d-\d\d([Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d))?$/;
  const time = shape.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** JSON that somebody typed or keeps in a file. */
export function jsonIn(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${where} is not JSON: ${(error as Error).message}`);
  }
}

/** An id alone is an easy slip, and would find nothing. */
export function checkStream(stream: string): void {
  if (aggregateOf(stream) === undefined)
    throw new UsageError(`"${stream}" is no stream; expected order#<id>, inventory#<sku> or user#<id>`);
}

/** In the Inbox there is also what names no stream: `unaddressed#<id>`. */
export function checkInboxStream(stream: string | undefined): void {
  if (stream !== undefined && !stream.startsWith('unaddressed#')) checkStream(stream);
}
