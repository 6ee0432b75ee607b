/** RFC 3339, section 5.6; `T` and `Z` in either case. */
const TIMESTAMP =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[Tt](?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?<fraction>\.\d+)?(?<zone>[Zz]|[+-](?<zoneHour>\d\d):(?<zoneMinute>\d\d))$/;

/** What is expected where `instantOf` finds nothing. */
export const TIMESTAMP_EXPECTED = 'a time by RFC 3339, such as 2026-01-31T12:00:00Z';

/**
 * The instant of an RFC 3339 timestamp, in UTC and milliseconds (`2026-01-31T12:00:00.000Z`); finer fractions are cut. A
 * leap second (`:60`, the last second of a month in UTC) counts as the second after it, as POSIX time has it. Undefined:
 * not a timestamp, or not between the years 0000 and 9999 in UTC.
 */
export function instantOf(text: string): string | undefined {
  const parts = TIMESTAMP.exec(text)?.groups;
  if (!parts) return undefined;
  const { year, month, day, hour, minute, second, fraction = '', zone = '' } = parts;
  const leaps = second === '60';
  const offset = /z/i.test(zone) ? 'Z' : zone;
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > daysOf(Number(year), Number(month)))
    return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || (Number(second) > 59 && !leaps)) return undefined;
  if (Number(parts.zoneHour ?? 0) > 23 || Number(parts.zoneMinute ?? 0) > 59) return undefined;

  const milliseconds = fraction.slice(0, 4);
  const written = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${leaps ? '59' : second}${milliseconds}${offset}`,
  );
  const instant = new Date(written + (leaps ? 1000 : 0)).toISOString();
  if (!/^\d{4}-/.test(instant)) return undefined;
  return leaps && !/-01T00:00:00\./.test(instant) ? undefined : instant;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
