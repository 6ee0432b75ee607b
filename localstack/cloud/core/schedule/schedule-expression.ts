import { parseCron } from './cron';

/** When a rule with a schedule is due. */
export type Schedule = {
  /** The first time after `after` (milliseconds since 1970); undefined when there is none any more. */
  next(after: number): number | undefined;
};

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Reads `rate(…)`, which counts from `from`, or `cron(…)`. Undefined when it is neither. */
export function parseSchedule(expression: string, from: number): Schedule | undefined {
  const cron = /^cron\((.*)\)$/.exec(expression);
  if (cron) return parseCron(cron[1] as string);
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression);
  if (!rate) return undefined;
  const [, value, unit, plural] = rate;
  // "1 minutes" and "5 minute" are not valid at AWS either.
  if ((value === '1') !== (plural === '')) return undefined;
  const period = Number(value) * (UNITS[unit as string] as number);
  return { next: (after) => from + (Math.floor((after - from) / period) + 1) * period };
}
