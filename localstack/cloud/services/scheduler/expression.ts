import { type Cron, parseCron } from '../../core/schedule/cron';
import type { TimeZone } from '../../core/schedule/time-zone';

/** When a schedule is due. Times are milliseconds since 1970. */
export type Expression =
  | { readonly kind: 'at'; readonly time: number }
  | { readonly kind: 'rate'; readonly period: number }
  | { readonly kind: 'cron'; readonly next: (after: number) => number | undefined };

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `at(yyyy-mm-ddThh:mm:ss)`, `rate(n minutes|hours|days)` or `cron(…)`; undefined when it is none of them. A day
 * of a rate is 24 hours in every zone.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseExpression(text: string, zone: TimeZone): Expression | undefined {
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(text);
  if (rate) return { kind: 'rate', period: Number(rate[1]) * UNITS[rate[2]!]! };
  const at = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(text);
  if (at) {
    const wallTime = Date.parse(`${at[1]}Z`);
    // A date such as 30 February is read as one in March.
    const valid = !Number.isNaN(wallTime) && new Date(wallTime).toISOString().startsWith(at[1]!);
    return valid ? { kind: 'at', time: zone.instantOrLater(wallTime) } : undefined;
  }
  const cron = /^cron\((.*)\)$/.exec(text);
  const parsed = cron ? parseCron(cron[1]!) : undefined;
  return parsed && { kind: 'cron', next: (after) => nextIn(zone, parsed, after) };
}

/** Wall times that are skipped in spring have no turn, those that come twice in autumn only the first time. */
function nextIn(zone: TimeZone, cron: Cron, after: number): number | undefined {
  for (let wall = cron.next(zone.wallTime(after)); wall !== undefined; wall = cron.next(wall)) {
    const instant = zone.instant(wall);
    if (instant !== undefined && instant > after) return instant;
  }
  return undefined;
}
