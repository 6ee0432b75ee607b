const DAY = 86_400_000;

/**
 * A time zone of the IANA database, with its daylight saving. A *wall time* is what clocks there show, as the
 * milliseconds since 1970 at which clocks in UTC show the same.
 */
export type TimeZone = {
  /** What clocks show at `instant` (milliseconds since 1970). */
  wallTime(instant: number): number;
  /**
   * When clocks show `wallTime`: the first time, where they show it twice; `undefined` when they skip it.
   */
  instant(wallTime: number): number | undefined;
  /** The same, but a wall time that is skipped is as much later as clocks are put forward. */
  instantOrLater(wallTime: number): number;
};

const UTC: TimeZone = {
  wallTime: (instant) => instant,
  instant: (wallTime) => wallTime,
  instantOrLater: (wallTime) => wallTime,
};

/** The zone of an IANA name, e.g. `Europe/Paris`; undefined when there is none. */
export function timeZone(name: string): TimeZone | undefined {
  if (name === 'UTC') return UTC;
  // Node takes offsets too, which are no names.
  if (!/^[A-Za-z]/.test(name)) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  const wallTime = (instant: number): number => {
    const [month, day, year, hour, minute, second] = format.format(instant).match(/\d+/g)!.map(Number) as number[];
    const milliseconds = ((instant % 1_000) + 1_000) % 1_000;
    return Date.UTC(year!, month! - 1, day, hour, minute, second, milliseconds);
  };
  const offset = (instant: number): number => wallTime(instant) - instant;
  // Clocks are put once within two days, so one of these offsets is the right one.
  const candidates = (wall: number): [number, number] => [wall - offset(wall - DAY), wall - offset(wall + DAY)];
  const instant = (wall: number): number | undefined => {
    const right = candidates(wall).filter((candidate) => wallTime(candidate) === wall);
    return right.length === 0 ? undefined : Math.min(...right);
  };
  return { wallTime, instant, instantOrLater: (wall) => instant(wall) ?? candidates(wall)[0] };
}
