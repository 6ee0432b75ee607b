import { refuseUnknown } from '../../core/aws-error';
import type { Call } from '../../core/service';
import { Constraints, NAME } from './constraints';
import type { ScheduleId } from './records';
import { DEFAULT_GROUP } from './schedules';

/** What an operation was given, by the names of the API reference. */
export type Request = Readonly<Record<string, unknown>>;

/** Members that have another name in a query, which is how they come over the wire. */
const IN_QUERY: Readonly<Record<string, string>> = {
  clientToken: 'ClientToken',
  groupName: 'GroupName',
  ScheduleGroup: 'GroupName',
};

/** The members of a request by the names of the API reference; any that is not `honoured` is refused by name. */
export function read(operation: string, input: unknown, honoured: readonly string[]): Request {
  const members = Object.entries((input ?? {}) as Request).map(([name, value]) => [IN_QUERY[name] ?? name, value]);
  const request = Object.fromEntries(members.filter(([, value]) => value !== null)) as Request;
  refuseUnknown(`scheduler:${operation}`, request, honoured);
  return request;
}

/** The schedule that a request is about. Not validated. */
export function scheduleIn({ Name, GroupName }: Request, { account, region }: Call): ScheduleId {
  return { account, region, group: String(GroupName ?? DEFAULT_GROUP), name: String(Name) };
}

export function checkNames({ Name, GroupName }: Request, constraints = new Constraints()): void {
  constraints.check('name', Name, { ...NAME, required: true });
  constraints.check('groupName', GroupName, NAME);
  constraints.done();
}
