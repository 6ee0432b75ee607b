import {
  DeleteScheduleCommand,
  GetScheduleCommand,
  UpdateScheduleCommand,
  type UpdateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HOUR, MINUTE, queueArn, roleArn, SchedulerCloud, scheduleArn } from './scheduler-cloud';

let cloud: SchedulerCloud;
beforeEach(async () => {
  cloud = await SchedulerCloud.start();
  await cloud.executionRole();
});
afterEach(() => cloud.stop());

const get = (Name: string) => cloud.scheduler.send(new GetScheduleCommand({ Name }));
const update = (Name: string, ScheduleExpression: string, more: Partial<UpdateScheduleCommandInput> = {}) =>
  cloud.scheduler.send(
    new UpdateScheduleCommand({
      Name,
      ScheduleExpression,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: queueArn(Name), RoleArn: roleArn('scheduler'), Input: '<aws.scheduler.scheduled-time>' },
      ...more,
    }),
  );
const pending = () => cloud.clock.pending().flatMap(({ label }) => (label.startsWith('scheduler:') ? [label] : []));

describe('a one-off schedule', () => {
  test('invokes its target once, at its time, and is named by what is to come', async () => {
    await cloud.queue('once');
    expect(await cloud.schedule('once', 'at(2026-01-01T00:10:30)')).toBe(scheduleArn('once'));
    expect(pending()).toEqual(['scheduler: schedule default/once is due']);
    await cloud.passUntil('2026-01-01T00:10:29');
    expect(await cloud.bodies('once')).toEqual([]);
    await cloud.pass(1_000);
    expect(await cloud.bodies('once')).toEqual(['2026-01-01T00:10:30Z']);
    expect(pending()).toEqual([]);
    expect((await get('once')).State).toBe('ENABLED');
  });

  test('is deleted after it, when that is wanted', async () => {
    await cloud.queue('gone');
    await cloud.schedule('gone', 'at(2026-01-02T00:00:00)', { ActionAfterCompletion: 'DELETE' });
    await cloud.passUntil('2026-01-01T23:59:59');
    expect((await get('gone')).ActionAfterCompletion).toBe('DELETE');
    await cloud.pass(1_000);
    await expect(get('gone')).rejects.toThrow('Schedule gone does not exist.');
    expect(await cloud.bodies('gone')).toHaveLength(1);
  });

  test('in the past is done at once', async () => {
    await cloud.queue('past');
    await cloud.schedule('past', 'at(2025-06-01T12:00:00)');
    expect(await cloud.bodies('past')).toEqual(['2025-06-01T12:00:00Z']);
  });

  test('ignores start and end', async () => {
    await cloud.queue('free');
    await cloud.schedule('free', 'at(2026-01-01T01:00:00)', {
      StartDate: new Date('2027-01-01T00:00:00Z'),
      EndDate: new Date('2028-01-01T00:00:00Z'),
    });
    await cloud.pass(HOUR);
    expect(await cloud.bodies('free')).toHaveLength(1);
  });

  test('that was done is not done again by an update, unless it is given another time', async () => {
    await cloud.queue('again');
    await cloud.schedule('again', 'at(2026-01-01T00:01:00)');
    await cloud.pass(MINUTE);
    await update('again', 'at(2026-01-01T00:01:00)', { State: 'DISABLED' });
    await update('again', 'at(2026-01-01T00:01:00)', { State: 'ENABLED' });
    await cloud.pass(HOUR);
    expect(await cloud.bodies('again')).toHaveLength(1);
    await update('again', 'at(2026-01-01T02:00:00)');
    await cloud.pass(HOUR);
    expect(await cloud.bodies('again')).toEqual(['2026-01-01T02:00:00Z']);
  });

  test('that was disabled at its time is done when it is enabled', async () => {
    await cloud.queue('late');
    await cloud.schedule('late', 'at(2026-01-01T00:30:00)', { State: 'DISABLED' });
    await cloud.pass(HOUR);
    expect(await cloud.bodies('late')).toEqual([]);
    await update('late', 'at(2026-01-01T00:30:00)', { State: 'ENABLED' });
    expect(await cloud.bodies('late')).toEqual(['2026-01-01T00:30:00Z']);
  });
});

describe('a recurring schedule', () => {
  test('by rate begins at once, goes on in even steps, and stops at its end', async () => {
    await cloud.queue('even');
    await cloud.schedule('even', 'rate(20 minutes)', { EndDate: new Date('2026-01-01T01:00:00Z') });
    expect(await cloud.bodies('even')).toEqual(['2026-01-01T00:00:00Z']);
    await cloud.pass(2 * HOUR);
    expect(await cloud.bodies('even')).toEqual([
      '2026-01-01T00:20:00Z',
      '2026-01-01T00:40:00Z',
      '2026-01-01T01:00:00Z',
    ]);
  });

  test('by rate counts from its start, if it has one', async () => {
    await cloud.queue('start');
    await cloud.schedule('start', 'rate(1 hours)', { StartDate: new Date('2026-01-01T00:50:00Z') });
    await cloud.pass(2 * HOUR);
    expect(await cloud.bodies('start')).toEqual(['2026-01-01T00:50:00Z', '2026-01-01T01:50:00Z']);
    await update('start', 'rate(1 hours)', { StartDate: new Date('2026-01-01T00:50:00Z'), Description: 'as before' });
    await cloud.pass(HOUR);
    expect(await cloud.bodies('start')).toEqual(['2026-01-01T02:50:00Z']);
    await expect(update('start', 'rate(1 hours)', { StartDate: new Date('2026-01-01T00:40:00Z') })).rejects.toThrow(
      'The StartDate you specify cannot be earlier than 5 minutes ago.',
    );
  });

  test('by cron is due 25 times in 25 hours, in order', async () => {
    await cloud.queue('hourly');
    await cloud.schedule('hourly', 'cron(30 * * * ? *)');
    await cloud.pass(25 * HOUR);
    const bodies = await cloud.bodies('hourly');
    expect(bodies).toHaveLength(25);
    expect([bodies[0], bodies[24]]).toEqual(['2026-01-01T00:30:00Z', '2026-01-02T00:30:00Z']);
    expect([...bodies].sort()).toEqual(bodies);
  });

  test('keeps to the clocks of its zone', async () => {
    await cloud.passUntil('2026-03-28T00:00:00');
    await cloud.queue('paris');
    await cloud.schedule('paris', 'cron(30 2 * * ? *)', { ScheduleExpressionTimezone: 'Europe/Paris' });
    await cloud.passUntil('2026-03-31T00:00:00');
    // On 29 March clocks go from 02:00 to 03:00.
    expect(await cloud.bodies('paris')).toEqual(['2026-03-28T01:30:00Z', '2026-03-30T00:30:00Z']);
  });

  test('is deleted after its last time, when that is wanted', async () => {
    await cloud.queue('ends');
    await cloud.schedule('ends', 'cron(0 * * * ? *)', {
      StartDate: new Date('2026-01-01T00:30:00Z'),
      EndDate: new Date('2026-01-01T02:30:00Z'),
      ActionAfterCompletion: 'DELETE',
    });
    await cloud.passUntil('2026-01-01T01:59:00');
    expect((await get('ends')).State).toBe('ENABLED');
    await cloud.pass(MINUTE);
    await expect(get('ends')).rejects.toThrow('Schedule ends does not exist.');
    expect(await cloud.bodies('ends')).toEqual(['2026-01-01T01:00:00Z', '2026-01-01T02:00:00Z']);
  });

  test('does nothing while it is disabled, and nothing once it is deleted', async () => {
    await cloud.queue('still');
    await cloud.schedule('still', 'cron(0/10 * * * ? *)');
    await update('still', 'cron(0/10 * * * ? *)', { State: 'DISABLED' });
    await cloud.pass(HOUR);
    // Only the one that was due at the moment of its creation.
    expect(await cloud.bodies('still')).toEqual(['2026-01-01T00:00:00Z']);
    await update('still', 'cron(5/10 * * * ? *)');
    await cloud.pass(6 * MINUTE);
    expect(await cloud.bodies('still')).toEqual(['2026-01-01T01:05:00Z']);
    await cloud.scheduler.send(new DeleteScheduleCommand({ Name: 'still' }));
    expect(pending()).toEqual([]);
  });

  test('keeps its step when only its target changes', async () => {
    await cloud.queue('step');
    await cloud.queue('other');
    await cloud.schedule('step', 'rate(10 minutes)');
    await cloud.pass(4 * MINUTE);
    await update('step', 'rate(10 minutes)', {
      Target: { Arn: queueArn('other'), RoleArn: roleArn('scheduler'), Input: '<aws.scheduler.scheduled-time>' },
    });
    await cloud.pass(6 * MINUTE);
    expect(await cloud.bodies('step')).toEqual(['2026-01-01T00:00:00Z']);
    expect(await cloud.bodies('other')).toEqual(['2026-01-01T00:10:00Z']);
  });

  test('that is updated says all anew: what is left out goes back to its default', async () => {
    await cloud.queue('anew');
    await cloud.schedule('anew', 'rate(1 days)', {
      Description: 'before',
      State: 'DISABLED',
      ScheduleExpressionTimezone: 'Europe/Paris',
    });
    await update('anew', 'rate(1 days)');
    const { Description, State, ScheduleExpressionTimezone } = await get('anew');
    expect({ Description, State, ScheduleExpressionTimezone }).toEqual({
      State: 'ENABLED',
      ScheduleExpressionTimezone: 'UTC',
    });
  });
});

describe('a flexible window', () => {
  const FlexibleTimeWindow = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 30 } as const;

  test('puts the invocation somewhere into it, not always at the same place, and tells the time that was meant', async () => {
    await cloud.queue('loose');
    await cloud.schedule('loose', 'cron(0 * * * ? *)', {
      FlexibleTimeWindow,
      StartDate: new Date('2026-01-01T00:30:00Z'),
    });
    const delays = new Set<number>();
    for (let hour = 1; hour <= 6; hour++) {
      await cloud.pass(HOUR * hour + (Date.parse('2026-01-01T00:00:00Z') - cloud.clock.now()));
      const due = cloud.clock.pending().find(({ label }) => label.includes('loose'))!.dueAt - cloud.clock.now();
      expect(due).toBeGreaterThanOrEqual(0);
      expect(due).toBeLessThan(30 * MINUTE);
      delays.add(due);
      await cloud.pass(30 * MINUTE);
      expect(await cloud.bodies('loose')).toEqual([`2026-01-01T0${hour}:00:00Z`]);
    }
    expect(delays.size).toBeGreaterThan(1);
  });

  test('chooses the same place every time that the same is done', async () => {
    const dueAt = () => cloud.clock.pending().find(({ label }) => label.includes('same'))?.dueAt;
    await cloud.queue('same');
    await cloud.schedule('same', 'at(2026-01-01T05:00:00)', { FlexibleTimeWindow });
    const first = dueAt();
    await cloud.scheduler.send(new DeleteScheduleCommand({ Name: 'same' }));
    expect(dueAt()).toBeUndefined();
    await cloud.schedule('same', 'at(2026-01-01T05:00:00)', { FlexibleTimeWindow });
    expect(dueAt()).toBe(first);
    expect(first).toBeGreaterThan(Date.parse('2026-01-01T05:00:00Z'));
  });
});
