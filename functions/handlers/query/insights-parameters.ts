import type { TimeRange } from '../../application/insights/reports/source';
import { type Window, windowNames, windows, windowsBetween } from '../../application/insights/windows';
import { invalid } from '../http/problem';
import { type Parameters, pointInTime } from './parameters';

/** Windows that one answer looks at. */
export const MOST_WINDOWS = 1_500;
export const MOST_DAYS = 92;

const defaultWindows: Readonly<Record<Window, number>> = { minute: 60, hour: 48, day: 30 };

export function windowIn<Allowed extends Window>(
  { window }: Parameters,
  otherwise: Allowed,
  allowed = windowNames as readonly Allowed[],
): Allowed {
  if (window === undefined) return otherwise;
  const found = allowed.find((one) => one === window);
  if (found) return found;
  throw invalid({ field: 'window', value: window, expected: `one of ${allowed.join(', ')}` });
}

/** `from` and `to`, points in time: the windows that they are in, and those between. Default: the last ones up to `now`. */
export function timeRange(given: Parameters, window: Window, now: Date): TimeRange {
  const { ms, keptMs } = windows[window];
  const to = given.to === undefined ? now.getTime() : Date.parse(pointInTime('to', given.to));
  const from =
    given.from === undefined ? to - (defaultWindows[window] - 1) * ms : Date.parse(pointInTime('from', given.from));
  if (from > to) throw invalid({ field: 'from', value: given.from, expected: `a time not after to (${iso(to)})` });
  if (windowsBetween(window, from, to).length > MOST_WINDOWS) {
    const expected = `a range of at most ${MOST_WINDOWS} windows; ask for longer windows, or from ${iso(to - (MOST_WINDOWS - 1) * ms)} on`;
    throw invalid({ field: 'from', value: given.from, expected });
  }
  const oldest = keptMs === undefined ? from : now.getTime() - keptMs;
  if (from < oldest) {
    const expected = `a time not before ${iso(oldest)}: windows of a ${window} are kept for ${keptMs! / 86_400_000} days`;
    throw invalid({ field: given.from === undefined ? 'to' : 'from', value: given.from ?? given.to, expected });
  }
  return { from, to };
}

/** `from` and `to`, days in UTC, both included. Default: the last 30. */
export function dayRange(given: Parameters, now: Date): TimeRange {
  const day = windows.day.ms;
  const to = given.to === undefined ? now.getTime() : dayIn('to', given.to);
  const from = given.from === undefined ? to - 29 * day : dayIn('from', given.from);
  if (from > to) throw invalid({ field: 'from', value: given.from, expected: `a day not after to (${isoDay(to)})` });
  if (windowsBetween('day', from, to).length > MOST_DAYS) {
    const expected = `a range of at most ${MOST_DAYS} days, so from ${isoDay(to - (MOST_DAYS - 1) * day)} on`;
    throw invalid({ field: 'from', value: given.from, expected });
  }
  return { from, to };
}

/** The first millisecond of a day in UTC. */
export function dayIn(field: string, value: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(value) : Number.NaN;
  // The calendar of JavaScript takes 31 February for a day in March.
  if (!Number.isNaN(at) && isoDay(at) === value) return at;
  throw invalid({ field, value, expected: 'a day in UTC, such as 2026-01-31' });
}

/** A number above 0, with or without a fraction. */
export function positive(field: string, value: string | undefined, otherwise: number, most: number): number {
  if (value === undefined) return otherwise;
  const number = /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : 0;
  if (number > 0 && number <= most) return number;
  throw invalid({ field, value, expected: `a number above 0, up to ${most}` });
}

export const iso = (ms: number): string => new Date(ms).toISOString();
export const isoDay = (ms: number): string => iso(ms).slice(0, 10);
