const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Tumbling windows, in UTC: each moment is in exactly one of each width. */
export const windows = {
  minute: { ms: MINUTE, digits: 16, keptMs: 2 * DAY },
  hour: { ms: HOUR, digits: 13, keptMs: 90 * DAY },
  day: { ms: DAY, digits: 10, keptMs: undefined },
} as const;

export type Window = keyof typeof windows;

export const windowNames = Object.keys(windows) as readonly Window[];

/** The window that a moment (milliseconds since 1970) is in, by its beginning: `2026-11-21T12:34`, `2026-11-21T12`, `2026-11-21`. */
export function windowOf(window: Window, at: number): string {
  return new Date(at).toISOString().slice(0, windows[window].digits);
}

/** The first millisecond of a window, as RFC 3339, by its name. */
export function startOf(name: string): string {
  return `${name}${'0000-01-01T00:00:00.000Z'.slice(name.length)}`;
}

/** When the window's counts may go. Undefined: never. */
export function expiryOf(window: Window, at: number): Date | undefined {
  const { ms, keptMs } = windows[window];
  return keptMs === undefined ? undefined : new Date(beginningOf(window, at) + ms + keptMs);
}

/** The first millisecond of the window that a moment is in. */
export function beginningOf(window: Window, at: number): number {
  const { ms } = windows[window];
  return Math.floor(at / ms) * ms;
}

/** The beginnings of the windows from the one that `from` is in up to and with the one that `to` is in. */
export function windowsBetween(window: Window, from: number, to: number): readonly number[] {
  const { ms } = windows[window];
  const first = beginningOf(window, from);
  return Array.from({ length: Math.max(0, (beginningOf(window, to) - first) / ms + 1) }, (_, n) => first + n * ms);
}
