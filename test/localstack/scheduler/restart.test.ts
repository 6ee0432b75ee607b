import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetScheduleCommand, ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { HOUR, MINUTE, SchedulerCloud } from './scheduler-cloud';

let dir: string;
let cloud: SchedulerCloud;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'scheduler-'));
  cloud = await SchedulerCloud.start(dir);
  await cloud.executionRole();
});
afterEach(async () => {
  await cloud.stop();
  rmSync(dir, { recursive: true });
});

/** Stops the cloud, and starts it again when `ms` have passed. */
async function restart(ms = 0): Promise<void> {
  const startAt = cloud.clock.now() + ms;
  await cloud.stop();
  cloud = await SchedulerCloud.start(dir, startAt);
  await cloud.cloud.idle();
}

test('a schedule goes on in its step', async () => {
  await cloud.queue('step');
  await cloud.schedule('step', 'rate(10 minutes)');
  await cloud.pass(4 * MINUTE);
  await restart();
  await cloud.pass(6 * MINUTE);
  expect(await cloud.bodies('step')).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:10:00Z']);
});

test('what a recurring schedule has missed is not made up for; a one-off is', async () => {
  await cloud.queue('hourly');
  await cloud.queue('once');
  await cloud.schedule('hourly', 'cron(30 * * * ? *)');
  await cloud.schedule('once', 'at(2026-01-01T02:00:00)', { ActionAfterCompletion: 'DELETE' });
  await restart(5 * HOUR);
  expect(await cloud.bodies('once')).toEqual(['2026-01-01T02:00:00Z']);
  expect(await cloud.bodies('hourly')).toEqual([]);
  await cloud.pass(HOUR);
  expect(await cloud.bodies('hourly')).toEqual(['2026-01-01T05:30:00Z']);
  const { Schedules = [] } = await cloud.scheduler.send(new ListSchedulesCommand({}));
  expect(Schedules.map(({ Name }) => Name)).toEqual(['hourly']);
});

test('a one-off that was done is not done again', async () => {
  await cloud.queue('done');
  await cloud.schedule('done', 'at(2026-01-01T00:01:00)');
  await cloud.pass(MINUTE);
  await restart(HOUR);
  expect(await cloud.bodies('done')).toHaveLength(1);
});

test('a schedule whose last time went by is deleted at the start, when that is wanted', async () => {
  await cloud.queue('over');
  await cloud.schedule('over', 'cron(30 * * * ? *)', {
    EndDate: new Date('2026-01-01T03:00:00Z'),
    ActionAfterCompletion: 'DELETE',
  });
  await restart(5 * HOUR);
  await expect(cloud.scheduler.send(new GetScheduleCommand({ Name: 'over' }))).rejects.toThrow('does not exist');
});

test('a retry is still to come', async () => {
  await cloud.queue('retry');
  const rules = [{ fault: 'throttle', service: 'scheduler', operation: 'Deliver', times: 2 }] as const;
  cloud.cloud.controls.faults.plan({ seed: 1, rules });
  await cloud.schedule('retry', 'at(2026-01-01T00:00:00)', { Target: { Input: '<aws.scheduler.attempt-number>' } });
  await cloud.pass(1_000);
  await restart();
  expect(cloud.clock.pending().map(({ label }) => label)).toContainEqual(
    expect.stringMatching(/^scheduler: retry 2 of schedule default\/retry /),
  );
  await cloud.pass(2_000);
  expect(await cloud.bodies('retry')).toEqual(['3']);
});
