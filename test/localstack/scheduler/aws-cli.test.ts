import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aws, describeWithAwsCli } from '../../support/aws-cli';
import { queueArn, roleArn, SchedulerCloud, scheduleArn } from './scheduler-cloud';

describeWithAwsCli('aws scheduler', () => {
  let cloud: SchedulerCloud;
  beforeAll(async () => {
    cloud = await SchedulerCloud.start();
    await cloud.executionRole();
    await cloud.queue('cli');
  });
  afterAll(() => cloud.stop());

  const scheduler = <T = Record<string, unknown>>(...args: string[]) =>
    aws<T>(cloud.cloud.endpoint, 'scheduler', ...args);

  test('makes and deletes schedules and groups', async () => {
    const { ScheduleGroupArn } = await scheduler<{ ScheduleGroupArn: string }>(
      'create-schedule-group',
      '--name',
      'cli',
    );
    await scheduler('tag-resource', '--resource-arn', ScheduleGroupArn, '--tags', 'Key=team,Value=orders');
    const made = await scheduler(
      ...['create-schedule', '--name', 'nightly', '--group-name', 'cli'],
      ...['--schedule-expression', 'cron(30 8 * * ? *)', '--schedule-expression-timezone', 'America/New_York'],
      ...['--start-date', '2026-02-01T00:00:00Z', '--flexible-time-window', '{"Mode":"OFF"}'],
      ...['--target', JSON.stringify({ Arn: queueArn('cli'), RoleArn: roleArn('scheduler'), Input: 'go' })],
    );
    expect(made).toEqual({ ScheduleArn: scheduleArn('nightly', 'cli') });
    const tags = await scheduler('list-tags-for-resource', '--resource-arn', ScheduleGroupArn);
    expect(tags).toEqual({ Tags: [{ Key: 'team', Value: 'orders' }] });
    await cloud.passUntil('2026-02-01T13:30:00');
    expect(await cloud.bodies('cli')).toEqual(['go']);
    await scheduler('delete-schedule', '--name', 'nightly', '--group-name', 'cli');
    await scheduler('delete-schedule-group', '--name', 'cli');
    await expect(scheduler('get-schedule-group', '--name', 'cli')).rejects.toThrow(
      'An error occurred (ResourceNotFoundException) when calling the GetScheduleGroup operation: Schedule group cli does not exist.',
    );
  }, 60_000);
});
