import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allowing, MINUTE, SchedulerCloud, scheduleArn, trusting } from './scheduler-cloud';

let cloud: SchedulerCloud;
beforeAll(async () => {
  cloud = await SchedulerCloud.start();
  await cloud.role('scheduler', trusting('scheduler.amazonaws.com'), allowing('sqs:SendMessage'));
});
afterAll(() => cloud.stop());

const get = (Name: string) => cloud.scheduler.send(new GetScheduleCommand({ Name }));
const labels = (name: string) =>
  cloud.clock.pending().flatMap(({ label }) => (label.includes(`/${name} `) ? [label] : []));

describe('a one-off schedule', () => {
  test('invokes its target once, at its time', async () => {
    await cloud.queue('once');
    expect(await cloud.schedule('once', 'at(2026-01-01T00:10:30)')).toBe(scheduleArn('once'));
    expect(labels('once')).toEqual(['scheduler: schedule default/once is due']);
    await cloud.passUntil('2026-01-01T00:10:29');
    expect(await cloud.bodies('once')).toEqual([]);
    await cloud.pass(1_000);
    expect(await cloud.bodies('once')).toEqual(['2026-01-01T00:10:30Z']);
    expect(labels('once')).toEqual([]);
    await cloud.pass(48 * 60 * MINUTE);
    expect(await cloud.bodies('once')).toEqual([]);
    expect((await get('once')).State).toBe('ENABLED');
  });

  test('is deleted after it, when that is wanted', async () => {
    await cloud.queue('gone');
    await cloud.schedule('gone', 'at(2026-01-04T00:00:00)', { ActionAfterCompletion: 'DELETE' });
    await cloud.passUntil('2026-01-03T23:59:59');
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
});

test('a rate begins at once, and goes on in even steps', async () => {
  await cloud.passUntil('2026-01-05T00:00:00');
  await cloud.queue('even');
  await cloud.schedule('even', 'rate(20 minutes)', { EndDate: new Date('2026-01-05T01:00:00Z') });
  expect(await cloud.bodies('even')).toEqual(['2026-01-05T00:00:00Z']);
  await cloud.pass(120 * MINUTE);
  expect(await cloud.bodies('even')).toEqual(['2026-01-05T00:20:00Z', '2026-01-05T00:40:00Z', '2026-01-05T01:00:00Z']);
});
