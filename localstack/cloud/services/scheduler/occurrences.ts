import { createHash } from 'node:crypto';
import { timeZone } from '../../core/schedule/time-zone';
import { type Expression, parseExpression } from './expression';
import { type Definition, type Occurrence, type ScheduleRecord, scheduleArn } from './records';

const SECOND = 1_000;
const MINUTE = 60_000;

export const wholeSecond = (time: number): number => Math.floor(time / SECOND) * SECOND;

/** The expression of a schedule that was validated. */
export function expressionOf({ expression, timezone }: Definition): Expression {
  const zone = timeZone(timezone);
  const parsed = zone && parseExpression(expression, zone);
  if (!parsed) throw new Error(`a schedule with an expression that is not valid: ${expression} in ${timezone}`);
  return parsed;
}

/**
 * The first time after `after` at which a schedule is due. A one-off has one only, whenever that is; it knows no start
 * and no end.
 */
export function occurrenceAfter(record: Omit<ScheduleRecord, 'next'>, after: number): Occurrence | undefined {
  const { definition, rateFrom } = record;
  const { startDate = Number.NEGATIVE_INFINITY, endDate = Number.POSITIVE_INFINITY } = definition;
  const expression = expressionOf(definition);
  if (expression.kind === 'at') return record.completed ? undefined : within(record, expression.time);
  const from = Math.max(after, startDate - 1);
  const scheduledAt =
    expression.kind === 'cron'
      ? expression.next(from)
      : nextStep(definition.startDate ?? rateFrom, expression.period, from);
  return scheduledAt === undefined || scheduledAt > endDate ? undefined : within(record, scheduledAt);
}

/** What comes after `occurrence`, which is due now. What a machine that slept has missed is not made up for. */
export function occurrenceBehind(record: ScheduleRecord, occurrence: Occurrence, now: number): Occurrence | undefined {
  return occurrenceAfter(
    { ...record, completed: true },
    Math.max(occurrence.scheduledAt, now - windowOf(record.definition)),
  );
}

function nextStep(from: number, period: number, after: number): number {
  return after < from ? from : from + (Math.floor((after - from) / period) + 1) * period;
}

const windowOf = ({ window }: Definition): number => (window.MaximumWindowInMinutes ?? 0) * MINUTE;

/** Somewhere in the flexible window: the same place whenever the same schedule is due at the same time. */
function within(record: Omit<ScheduleRecord, 'next'>, scheduledAt: number): Occurrence {
  const window = windowOf(record.definition);
  if (window === 0) return { scheduledAt, dueAt: scheduledAt };
  const digest = createHash('sha256')
    .update(`${scheduleArn(record)}/${scheduledAt}`)
    .digest();
  const share = digest.readUInt32BE(0) / 2 ** 32;
  return { scheduledAt, dueAt: scheduledAt + wholeSecond(share * window) };
}
