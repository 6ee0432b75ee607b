import type { Access, Call } from '../../core/service';
import { groupArn, scheduleArn } from './records';
import { DEFAULT_GROUP } from './schedules';

type Input = {
  readonly Name?: string;
  readonly GroupName?: string;
  readonly groupName?: string;
  readonly ResourceArn?: string;
  readonly Tags?: unknown;
  readonly Target?: { readonly RoleArn?: string };
};

const ON_GROUPS = ['CreateScheduleGroup', 'GetScheduleGroup', 'DeleteScheduleGroup'];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html */
export function schedulerAccess(operation: string, input: unknown, { account, region }: Call): readonly Access[] {
  const given = (input ?? {}) as Input;
  const action = `scheduler:${operation}`;
  if (given.ResourceArn !== undefined) return [{ action, resource: given.ResourceArn }];
  if (given.Name === undefined) return [{ action, resource: '*' }];
  if (ON_GROUPS.includes(operation)) {
    const resource = groupArn({ account, region, group: given.Name });
    return given.Tags
      ? [
          { action, resource },
          { action: 'scheduler:TagResource', resource },
        ]
      : [{ action, resource }];
  }
  const group = given.GroupName ?? given.groupName ?? DEFAULT_GROUP;
  const own = { action, resource: scheduleArn({ account, region, group, name: given.Name }) };
  const role = given.Target?.RoleArn;
  if (role === undefined) return [own];
  const context = { 'iam:PassedToService': 'scheduler.amazonaws.com' };
  return [own, { action: 'iam:PassRole', resource: role, context }];
}
