import type { CounterRange, CounterReader, RankingReader } from '../ports';
import { type Window, windowOf } from '../windows';

/** Where reports are read from: the live generation of the counters. */
export type ReportSource = { readonly counters: CounterReader & RankingReader; readonly generation: number };

/** From the window that `from` is in, up to and with the one that `to` is in; milliseconds since 1970. */
export type TimeRange = { readonly from: number; readonly to: number };

/** The keys of a series that begin with the windows of a range. */
export function keysOf(series: string, window: Window, { from, to }: TimeRange): CounterRange {
  // No character of a key sorts behind this one.
  return { series, from: windowOf(window, from), to: `${windowOf(window, to)}#\u{10ffff}` };
}

/** The window of a key, and the rest of it. */
export function partsOf(key: string): { readonly window: string; readonly rest: string } {
  const at = key.indexOf('#');
  return { window: key.slice(0, at), rest: key.slice(at + 1) };
}

/** The numbers whose names begin with `prefix`, without it. */
export function numbersUnder(
  prefix: string,
  values: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const found = Object.entries(values).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, number]) => [name.slice(prefix.length), number]));
}
