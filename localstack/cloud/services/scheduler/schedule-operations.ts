import type { Clock } from '../../core/clock';
import type { Call, Operation } from '../../core/service';
import type { ClientTokens } from './client-tokens';
import { CLIENT_TOKEN, Constraints, NAME } from './constraints';
import { DEFINITION, readDefinition } from './definition-input';
import { conflict } from './errors';
import { occurrenceAfter, wholeSecond } from './occurrences';
import { pageOf } from './page';
import { type Definition, type ScheduleId, type ScheduleRecord, scheduleArn, scheduleName } from './records';
import { checkNames, type Request, read, scheduleIn } from './request';
import type { Roles } from './roles';
import type { Schedules } from './schedules';
import type { KnowsOperation } from './universal-target';

type Parts = {
  readonly clock: Clock;
  readonly schedules: Schedules;
  readonly roles: Roles;
  readonly tokens: ClientTokens;
  readonly knows: KnowsOperation;
};

export function scheduleOperations({ clock, schedules, roles, tokens, knows }: Parts): Record<string, Operation> {
  /** What a request says, once its group is there and its role can be used. */
  const define = async (
    operation: string,
    input: unknown,
    call: Call,
  ): Promise<{ request: Request; id: ScheduleId; definition: Definition }> => {
    const request = read(operation, input, DEFINITION);
    const id = scheduleIn(request, call);
    const before = operation === 'UpdateSchedule' ? schedules.find(id)?.definition : undefined;
    const now = clock.now();
    const definition = readDefinition(operation, request, call, { now, knows, ...(before && { before }) });
    schedules.group(id);
    await roles.check(definition.target.RoleArn, id);
    return { request, id, definition };
  };

  return {
    CreateSchedule: async (input, call) => {
      const { request, id, definition } = await define('CreateSchedule', input, call);
      return tokens.once('CreateSchedule', request, call, () => {
        schedules.group(id);
        if (schedules.find(id)) throw conflict(`Schedule ${id.name} already exists.`);
        const now = clock.now();
        const record = { ...id, definition, createdAt: now, modifiedAt: now, ...causeOf(call) };
        schedules.set(planned(record, now));
        return { ScheduleArn: scheduleArn(id) };
      });
    },

    UpdateSchedule: async (input, call) => {
      const { request, id, definition } = await define('UpdateSchedule', input, call);
      return tokens.once('UpdateSchedule', request, call, () => {
        const before = schedules.get(id);
        const now = clock.now();
        const { createdAt, rateFrom, next, completed } = before;
        const record = { ...id, definition, createdAt, modifiedAt: now, ...causeOf(call) };
        // Another target or description leaves the times as they are.
        const timing = { rateFrom, ...(next && { next }), ...(completed && { completed }) };
        schedules.set(
          sameTimes(before.definition, definition) ? { ...record, ...timing } : planned(record, now, before),
        );
        return { ScheduleArn: scheduleArn(id) };
      });
    },

    GetSchedule: (input, call) => {
      const request = read('GetSchedule', input, ['Name', 'GroupName']);
      checkNames(request);
      return describe(schedules.get(scheduleIn(request, call)));
    },

    DeleteSchedule: (input, call) => {
      const request = read('DeleteSchedule', input, ['Name', 'GroupName', 'ClientToken']);
      const constraints = new Constraints();
      constraints.check('clientToken', request.ClientToken, CLIENT_TOKEN);
      checkNames(request, constraints);
      return tokens.once('DeleteSchedule', request, call, () => {
        schedules.delete(schedules.get(scheduleIn(request, call)));
        return {};
      });
    },

    ListSchedules: (input, call) => {
      const request = read('ListSchedules', input, ['GroupName', 'NamePrefix', 'State', 'MaxResults', 'NextToken']);
      const { GroupName, NamePrefix, State } = request as Record<string, string | undefined>;
      const constraints = new Constraints();
      constraints.check('groupName', GroupName, NAME);
      constraints.check('namePrefix', NamePrefix, NAME);
      constraints.check('state', State, { oneOf: ['ENABLED', 'DISABLED'] });
      constraints.done();
      if (GroupName !== undefined) schedules.group({ account: call.account, region: call.region, group: GroupName });
      const found = schedules
        .list(call)
        .filter(({ group }) => GroupName === undefined || group === GroupName)
        .filter(({ name }) => NamePrefix === undefined || name.startsWith(NamePrefix))
        .filter(({ definition }) => State === undefined || definition.state === State);
      const { page, next } = pageOf(found, request, scheduleName);
      return { Schedules: page.map(summarise), ...next };
    },
  };
}

const causeOf = ({ hop }: Call) => (hop === undefined ? {} : { cause: hop });

/**
 * With its first time. A rate counts from now, and begins at once. A one-off that was not done yet is done at once when
 * its time is over.
 */
function planned(
  record: Omit<ScheduleRecord, 'rateFrom' | 'next'>,
  now: number,
  before?: Pick<ScheduleRecord, 'definition' | 'completed'>,
): ScheduleRecord {
  const from = wholeSecond(now);
  const { definition } = record;
  const isDone = before?.completed && sameOneOff(before.definition, definition);
  const fresh = { ...record, rateFrom: from, ...(isDone ? { completed: true } : {}) };
  const next = definition.state === 'ENABLED' ? occurrenceAfter(fresh, from - 1) : undefined;
  return next ? { ...fresh, next } : fresh;
}

const TIMING = ['expression', 'timezone', 'startDate', 'endDate', 'state'] as const;

function sameTimes(a: Definition, b: Definition): boolean {
  return TIMING.every((name) => a[name] === b[name]) && JSON.stringify(a.window) === JSON.stringify(b.window);
}

const sameOneOff = (a: Definition, b: Definition): boolean =>
  a.expression.startsWith('at(') && a.expression === b.expression && a.timezone === b.timezone;

const seconds = (time: number): number => time / 1_000;

function describe(record: ScheduleRecord): object {
  const { group, name, definition, createdAt, modifiedAt } = record;
  const { startDate, endDate, description } = definition;
  return {
    Arn: scheduleArn(record),
    GroupName: group,
    Name: name,
    ...(description === undefined ? {} : { Description: description }),
    ScheduleExpression: definition.expression,
    ScheduleExpressionTimezone: definition.timezone,
    ...(startDate === undefined ? {} : { StartDate: seconds(startDate) }),
    ...(endDate === undefined ? {} : { EndDate: seconds(endDate) }),
    FlexibleTimeWindow: definition.window,
    State: definition.state,
    ActionAfterCompletion: definition.afterCompletion,
    Target: definition.target,
    CreationDate: seconds(createdAt),
    LastModificationDate: seconds(modifiedAt),
  };
}

function summarise(record: ScheduleRecord): object {
  const { group, name, definition, createdAt, modifiedAt } = record;
  return {
    Arn: scheduleArn(record),
    GroupName: group,
    Name: name,
    State: definition.state,
    Target: { Arn: definition.target.Arn },
    CreationDate: seconds(createdAt),
    LastModificationDate: seconds(modifiedAt),
  };
}
