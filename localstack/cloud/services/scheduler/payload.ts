import type { Invocation } from './invocation';
import { scheduleArn } from './records';

/** RFC 3339 in whole seconds. */
export const stamp = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/**
 * What the target is sent: its input with the context attributes filled in, or AWS's default notification.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function payloadOf({ schedule, target, scheduledAt, id, attempt }: Invocation): string {
  if (target.Input === undefined) {
    return JSON.stringify({
      version: '0',
      id,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: schedule.account,
      time: stamp(scheduledAt),
      region: schedule.region,
      resources: [scheduleArn(schedule)],
      detail: '{}',
    });
  }
  return target.Input.replaceAll('<aws.scheduler.schedule-arn>', scheduleArn(schedule))
    .replaceAll('<aws.scheduler.scheduled-time>', stamp(scheduledAt))
    .replaceAll('<aws.scheduler.execution-id>', id)
    .replaceAll('<aws.scheduler.attempt-number>', String(attempt));
}
