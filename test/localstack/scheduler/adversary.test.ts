import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { FaultRule } from '../../../localstack/cloud/core/faults';
import { queueArn, SchedulerCloud, scheduleArn } from './scheduler-cloud';

let cloud: SchedulerCloud;
beforeEach(async () => {
  cloud = await SchedulerCloud.start();
  await cloud.executionRole();
  await cloud.queue('orders');
});
afterEach(() => cloud.stop());

const NOW = 'at(2026-01-01T00:00:00)';
const strike = (rule: Partial<FaultRule> & Pick<FaultRule, 'fault'>) =>
  cloud.cloud.controls.faults.plan({ seed: 7, rules: [{ service: 'scheduler', operation: 'Deliver', ...rule }] });

test('a delivery can happen twice', async () => {
  strike({ fault: 'duplicate', target: 'orders' });
  await cloud.schedule('orders', NOW);
  expect(await cloud.bodies('orders')).toHaveLength(2);
});

test('a delivery can be late, by the clock', async () => {
  strike({ fault: 'latency', ms: 90_000 });
  await cloud.schedule('orders', NOW);
  await cloud.pass(89_999);
  expect(await cloud.bodies('orders')).toEqual([]);
  await cloud.pass(1);
  expect(await cloud.bodies('orders')).toHaveLength(1);
});

test('a delivery can be refused for now, and is tried again', async () => {
  strike({ fault: 'throttle', times: 1 });
  await cloud.schedule('orders', NOW);
  expect(await cloud.bodies('orders')).toEqual([]);
  await cloud.pass(1_000);
  expect(await cloud.bodies('orders')).toHaveLength(1);
});

test('a delivery can fail with an error of choice, which may be one that no retry repairs', async () => {
  await cloud.queue('dlq');
  strike({ fault: 'error', code: 'ValidationException', message: 'not like this', target: 'orders' });
  await cloud.schedule('orders', NOW, { Target: { DeadLetterConfig: { Arn: queueArn('dlq') } } });
  const [letter] = await cloud.letters('dlq');
  expect(letter!.attributes).toMatchObject({ ERROR_CODE: 'ValidationException', ERROR_MESSAGE: 'not like this' });
});

test("the API fails with Scheduler's own errors", async () => {
  const call = () => cloud.scheduler.send(new GetScheduleCommand({ Name: 'x' }));
  strike({ fault: 'throttle', operation: 'GetSchedule' });
  await expect(call()).rejects.toMatchObject({ name: 'ThrottlingException', $metadata: { httpStatusCode: 429 } });
  strike({ fault: 'error', operation: 'GetSchedule' });
  await expect(call()).rejects.toMatchObject({ name: 'InternalServerException', $metadata: { httpStatusCode: 500 } });
});

test('the way from the call that made a schedule to its message is in the trace', async () => {
  strike({ fault: 'throttle', times: 1 });
  await cloud.schedule('orders', 'at(2026-01-01T00:05:00)', { Target: { Input: '{"orderId":"o-17"}' } });
  await cloud.pass(301_000);
  const hops = cloud.cloud.controls.trace.find('o-17');
  const causes = (index: number) => hops[index]!.causes;
  expect(hops.map(({ service, operation, target, outcome }) => [service, operation, target, outcome])).toMatchObject([
    ['scheduler', 'CreateSchedule', scheduleArn('orders'), 'ok'],
    ['scheduler', 'Schedule', scheduleArn('orders'), 'ok'],
    ['scheduler', 'Deliver', queueArn('orders'), 'ThrottlingException'],
    ['scheduler', 'Deliver', queueArn('orders'), 'ok'],
  ]);
  expect([causes(1), causes(2), causes(3)]).toEqual([[hops[0]!.id], [hops[1]!.id], [hops[1]!.id]]);
});

test('a reset drops what is under way and leaves the schedules', async () => {
  strike({ fault: 'throttle' });
  await cloud.schedule('orders', 'rate(1 days)');
  await cloud.cloud.idle();
  await cloud.cloud.controls.reset();
  expect(cloud.clock.pending().map(({ label }) => label)).toContain('scheduler: schedule default/orders is due');
  await cloud.pass(2_000);
  expect(await cloud.bodies('orders')).toEqual([]);
  await cloud.pass(24 * 3_600_000);
  expect(await cloud.bodies('orders')).toEqual(['2026-01-02T00:00:00Z']);
});
