import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseSchedule } from '../../../localstack/cloud/core/schedule/schedule-expression';
import { EventsUnderTest, functionArn, ruleArn } from './events-under-test';

const utc = (text: string) => Date.parse(`${text}Z`);
const next = (expression: string, after: string, count = 1): string[] => {
  const schedule = parseSchedule(expression, utc('2026-01-01T00:00:00'));
  const times: string[] = [];
  for (let time = utc(after); times.length < count; ) {
    const due = schedule?.next(time);
    if (due === undefined) break;
    times.push(new Date(due).toISOString().slice(0, 16));
    time = due;
  }
  return times;
};

describe('an expression', () => {
  test.each([
    ['rate(1 minute)', '2026-01-01T00:00:30', ['2026-01-01T00:01', '2026-01-01T00:02']],
    ['rate(2 hours)', '2026-01-01T01:00:00', ['2026-01-01T02:00', '2026-01-01T04:00']],
    ['rate(1 day)', '2026-01-01T00:00:00', ['2026-01-02T00:00']],
    ['cron(0 10 * * ? *)', '2026-01-01T10:00:00', ['2026-01-02T10:00']],
    ['cron(0/15 9-10 * * ? *)', '2026-01-01T09:31:00', ['2026-01-01T09:45', '2026-01-01T10:00']],
    ['cron(15 12 ? * MON-FRI *)', '2026-01-02T13:00:00', ['2026-01-05T12:15']],
    ['cron(0 8 1 * ? *)', '2026-01-01T08:00:00', ['2026-02-01T08:00']],
    ['cron(0 0 L * ? *)', '2026-02-01T00:00:00', ['2026-02-28T00:00', '2026-03-31T00:00']],
    // 31 January 2026 is a Saturday, 1 February a Sunday.
    ['cron(0 0 31W * ? *)', '2026-01-01T00:00:00', ['2026-01-30T00:00']],
    ['cron(0 0 1W FEB ? *)', '2026-01-01T00:00:00', ['2026-02-02T00:00']],
    ['cron(0 0 LW * ? 2026)', '2026-05-01T00:00:00', ['2026-05-29T00:00']],
    ['cron(0 9 ? * 2#1 *)', '2026-01-01T00:00:00', ['2026-01-05T09:00', '2026-02-02T09:00']],
    ['cron(0 9 ? * 6L *)', '2026-01-01T00:00:00', ['2026-01-30T09:00']],
    ['cron(0 9 ? * FRI-MON *)', '2026-01-06T00:00:00', ['2026-01-09T09:00', '2026-01-10T09:00']],
    ['cron(0 0 29 2 ? *)', '2026-01-01T00:00:00', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['cron(30 6 1 1,7 ? 2027-2028)', '2026-03-01T00:00:00', ['2027-01-01T06:30', '2027-07-01T06:30']],
    ['cron(0 0 1 1 ? 2020)', '2026-01-01T00:00:00', []],
  ])('%s is due after %s', (expression, after, times) => {
    expect(next(expression, after, Math.max(1, times.length))).toEqual(times);
  });

  test.each([
    'rate(0 minutes)',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(5 seconds)',
    'cron(0 10 * * * *)',
    'cron(0 10 ? * ? *)',
    'cron(60 10 * * ? *)',
    'cron(0 10 * * ?)',
    'cron(0 10 32 * ? *)',
    'cron(0 10 ? * 8 *)',
    'every minute',
  ])('%s is not valid', (expression) => {
    expect(parseSchedule(expression, 0)).toBeUndefined();
  });
});

describe('a rule with a schedule', () => {
  let events: EventsUnderTest;
  beforeEach(async () => {
    events = new EventsUnderTest();
    await events.rule('sweep', undefined, undefined, { ScheduleExpression: 'rate(1 minute)' });
  });
  afterEach(() => events.stop());

  test('sends an event to its targets each time that it is due', async () => {
    await events.clock.advance(59_999);
    expect(events.targets()).toEqual([]);
    await events.clock.advance(60_001);
    expect(events.payloads()).toEqual([
      expect.objectContaining({ time: '2026-01-01T00:01:00Z' }),
      {
        version: '0',
        id: expect.any(String),
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: '000000000000',
        time: '2026-01-01T00:02:00Z',
        region: 'us-east-1',
        resources: [ruleArn('sweep')],
        detail: {},
      },
    ]);
  });

  test('is due 1,500 times in 25 hours', async () => {
    await events.clock.advance(25 * 3_600_000);
    expect(events.targets()).toHaveLength(1_500);
  });

  test('does nothing while it is disabled, and counts from when it was enabled', async () => {
    await events.run('DisableRule', { Name: 'sweep' });
    await events.clock.advance(90_000);
    await events.run('EnableRule', { Name: 'sweep' });
    await events.clock.advance(59_000);
    expect(events.targets()).toEqual([]);
    await events.clock.advance(1_000);
    expect(events.targets()).toEqual([functionArn('sweep')]);
  });

  test('goes on after a restart, in the same step', async () => {
    await events.clock.advance(30_000);
    await events.restart();
    await events.clock.advance(30_000);
    expect(events.targets()).toEqual([functionArn('sweep')]);
  });

  test('keeps its step when it gets other targets, and ends when it is deleted', async () => {
    await events.clock.advance(30_000);
    await events.run('PutTargets', { Rule: 'sweep', Targets: [{ Id: 't', Arn: functionArn('other') }] });
    await events.clock.advance(30_000);
    expect(events.targets()).toEqual([functionArn('other')]);
    await events.run('RemoveTargets', { Rule: 'sweep', Ids: ['t'] });
    await events.run('DeleteRule', { Name: 'sweep' });
    expect(events.clock.pending()).toEqual([]);
  });
});
