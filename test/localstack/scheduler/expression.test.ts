import { expect, test } from '@jest/globals';
import { timeZone } from '../../../localstack/cloud/core/schedule/time-zone';
import { parseExpression } from '../../../localstack/cloud/services/scheduler/expression';

const utc = (text: string) => Date.parse(`${text}Z`);
const zone = (name: string) => timeZone(name)!;
const shown = (time: number | undefined) => time !== undefined && new Date(time).toISOString().slice(0, 16);

function cronTimes(expression: string, timezone: string, after: string, count: number): unknown[] {
  const parsed = parseExpression(expression, zone(timezone));
  if (parsed?.kind !== 'cron') throw new Error(`${expression} is no cron expression`);
  const times: number[] = [];
  for (let time = parsed.next(utc(after)); times.length < count && time !== undefined; time = parsed.next(time)) {
    times.push(time);
  }
  return times.map(shown);
}

test.each([
  ['rate(1 minute)', 60_000],
  ['rate(90 minutes)', 5_400_000],
  // Scheduler, unlike EventBridge rules, takes either form for any number.
  ['rate(1 days)', 86_400_000],
  ['rate(5 hour)', 18_000_000],
])('%s is due every %d milliseconds', (expression, period) => {
  expect(parseExpression(expression, zone('UTC'))).toEqual({ kind: 'rate', period });
});

test.each([
  ['at(2026-05-01T12:00:00)', 'UTC', '2026-05-01T12:00'],
  ['at(2026-05-01T12:00:00)', 'Europe/Paris', '2026-05-01T10:00'],
  ['at(2026-01-01T12:00:00)', 'Europe/Paris', '2026-01-01T11:00'],
  // Skipped in spring: an hour later; twice in autumn: the first time.
  ['at(2026-03-29T02:30:00)', 'Europe/Paris', '2026-03-29T01:30'],
  ['at(2026-10-25T02:30:00)', 'Europe/Paris', '2026-10-25T00:30'],
  ['at(2028-02-29T00:00:00)', 'UTC', '2028-02-29T00:00'],
])('%s in %s is at %s UTC', (expression, timezone, time) => {
  const parsed = parseExpression(expression, zone(timezone));
  expect(parsed?.kind === 'at' && shown(parsed.time)).toBe(time);
});

test('a cron expression keeps its local time through the year', () => {
  expect(cronTimes('cron(0 8 1 * ? *)', 'America/New_York', '2026-02-15T00:00:00', 2)).toEqual([
    '2026-03-01T13:00',
    '2026-04-01T12:00',
  ]);
});

test('a local time that is skipped in spring has no turn', () => {
  expect(cronTimes('cron(30 2 * * ? *)', 'America/New_York', '2026-03-07T00:00:00', 3)).toEqual([
    '2026-03-07T07:30',
    '2026-03-09T06:30',
    '2026-03-10T06:30',
  ]);
});

test('a local time that comes twice in autumn has one turn', () => {
  expect(cronTimes('cron(30 1 * * ? *)', 'America/New_York', '2026-10-31T00:00:00', 3)).toEqual([
    '2026-10-31T05:30',
    '2026-11-01T05:30',
    '2026-11-02T06:30',
  ]);
  expect(cronTimes('cron(0/30 1,2 * * ? *)', 'America/New_York', '2026-11-01T05:10:00', 3)).toEqual([
    '2026-11-01T05:30',
    '2026-11-01T07:00',
    '2026-11-01T07:30',
  ]);
});

test.each([
  ['cron(15 10 ? * 6L 2026-2027)', ['2026-01-30T10:15', '2026-02-27T10:15']],
  ['cron(0 0 LW * ? *)', ['2026-01-30T00:00', '2026-02-27T00:00']],
  ['cron(0 9 ? * MON#2 *)', ['2026-01-12T09:00', '2026-02-09T09:00']],
  ['cron(0 9 15W * ? *)', ['2026-01-15T09:00', '2026-02-16T09:00']],
  ['cron(0-15/15 8-8 ? * 2,3,4,5,6,7 *)', ['2026-01-01T08:00', '2026-01-01T08:15']],
])('%s is due at %j', (expression, times) => {
  expect(cronTimes(expression, 'UTC', '2026-01-01T00:00:00', 2)).toEqual(times);
});

// What AWS refuses, by LocalStack's recordings of it.
test.each([
  'cron(0 1 * * * *)',
  'cron(7 20 * * NOT *)',
  'cron(INVALID)',
  'cron(0 dummy ? * MON-FRI *)',
  'cron(71 8 1 * ? *)',
  'cron()',
  'rate(10 seconds)',
  'rate(10 years)',
  'rate()',
  'rate(10)',
  'rate(10 minutess)',
  'rate(foo minutes)',
  'rate(0 minutes)',
  'rate(-10 minutes)',
  'rate( 10 minutes )',
  ' rate(10 minutes)',
  'at(2021-12-31T23:59:59Z)',
  'at(2021-12-31)',
  'at(2026-02-30T00:00:00)',
  'at(2026-01-01T24:00:00)',
])('%s is not valid', (expression) => {
  expect(parseExpression(expression, zone('UTC'))).toBeUndefined();
});
