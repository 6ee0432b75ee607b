import { AwsError, notImplemented, refuseUnknown } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import { parseEventJson } from '../../core/patterns/event-json';
import { compilePattern } from '../../core/patterns/event-pattern';
import { isInvalidPattern } from '../../core/patterns/invalid-pattern';
import { parseSchedule } from '../../core/schedule/schedule-expression';
import type { Call, Operation } from '../../core/service';
import type { Buses } from './buses';
import { busIdFrom, type RuleRecord, type RuleState, ruleArn } from './records';
import { tagsFrom } from './tag-operations';
import { constrain, notFound, pageOf, validation } from './validation';

const NAME = { min: 1, max: 64, pattern: /^[.\-_A-Za-z0-9]+$/ };
const PATTERN = { max: 4_096 };
const CLOUDTRAIL = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

export function ruleOperations(buses: Buses, clock: Clock): Record<string, Operation> {
  const find = (name: string, input: { EventBusName?: string }, call: Call): RuleRecord => {
    constrain('name', name, NAME);
    const { record } = buses.bus(busIdFrom(input.EventBusName, call));
    const rule = buses.findRule(record, name);
    if (!rule) throw notFound(`Rule ${name} does not exist on EventBus ${record.name}.`);
    return rule;
  };
  const setState = (operation: string, state: RuleState): Operation => {
    return (input, call) => {
      refuseUnknown(`events:${operation}`, input, ['Name', 'EventBusName']);
      const rule = find(input.Name, input, call);
      refuseManaged(rule);
      // A rate counts from when its rule was enabled.
      const starts = state === 'ENABLED' && rule.state !== 'ENABLED' && rule.schedule !== undefined;
      buses.setRule({ ...rule, state, ...(starts ? { scheduledFrom: clock.now() } : {}) });
    };
  };

  return {
    PutRule: (input, call) => {
      refuseUnknown('events:PutRule', input, [
        'Name',
        'EventBusName',
        'EventPattern',
        'ScheduleExpression',
        'State',
        'Description',
        'RoleArn',
        'Tags',
      ]);
      constrain('name', input.Name, NAME);
      const { record: bus } = buses.bus(busIdFrom(input.EventBusName, call));
      const { EventPattern: pattern, ScheduleExpression: schedule, Description: description, RoleArn: roleArn } = input;
      const state: RuleState | typeof CLOUDTRAIL = input.State ?? 'ENABLED';
      if (state === CLOUDTRAIL) throw notImplemented(`events:PutRule: the state ${CLOUDTRAIL}`);
      constrain('state', state, { oneOf: ['ENABLED', 'DISABLED', CLOUDTRAIL] });
      if (pattern !== undefined) constrain('eventPattern', pattern, PATTERN);
      if (description !== undefined) constrain('description', description, { max: 512 });
      if (!pattern && !schedule) {
        throw validation('Parameter(s) EventPattern or ScheduleExpression must be specified.');
      }
      if (schedule) checkSchedule(schedule, bus.name);
      const name: string = input.Name;
      const existing = buses.findRule(bus, name);
      if (existing) refuseManaged(existing);
      const id = { account: bus.account, region: bus.region, name: bus.name };
      const sameSchedule = existing?.schedule === schedule && existing?.state === state;
      invalidPatternAsAws(() =>
        buses.setRule({
          name,
          bus: id,
          state,
          ...(pattern ? { pattern } : {}),
          ...(schedule
            ? { schedule, scheduledFrom: sameSchedule ? (existing?.scheduledFrom ?? clock.now()) : clock.now() }
            : {}),
          ...(description === undefined ? {} : { description }),
          ...(roleArn === undefined ? {} : { roleArn }),
          createdBy: call.account,
          targets: existing?.targets ?? [],
          // Tags come with a new rule only; an existing one keeps its own.
          tags: existing?.tags ?? tagsFrom(input.Tags),
        }),
      );
      return { RuleArn: ruleArn({ bus: id, name }) };
    },

    DeleteRule: (input, call) => {
      refuseUnknown('events:DeleteRule', input, ['Name', 'EventBusName', 'Force']);
      constrain('name', input.Name, NAME);
      const { record: bus } = buses.bus(busIdFrom(input.EventBusName, call));
      const rule = buses.findRule(bus, input.Name);
      // AWS does not mind when there is none.
      if (!rule) return;
      refuseManaged(rule, input.Force ?? false);
      if (rule.targets.length > 0) throw validation("Rule can't be deleted since it has targets.");
      buses.deleteRule(rule);
    },

    DescribeRule: (input, call) => {
      refuseUnknown('events:DescribeRule', input, ['Name', 'EventBusName']);
      const rule = find(input.Name, input, call);
      return { ...summaryOf(rule), CreatedBy: rule.createdBy };
    },

    ListRules: (input, call) => {
      refuseUnknown('events:ListRules', input, ['NamePrefix', 'EventBusName', 'Limit', 'NextToken']);
      const { record: bus } = buses.bus(busIdFrom(input.EventBusName, call));
      const all = buses.rules(bus).filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
      const { page, next } = pageOf(all, input, ({ name }) => name);
      return { Rules: page.map(summaryOf), ...next };
    },

    EnableRule: setState('EnableRule', 'ENABLED'),
    DisableRule: setState('DisableRule', 'DISABLED'),

    TestEventPattern: (input) => {
      refuseUnknown('events:TestEventPattern', input, ['EventPattern', 'Event']);
      constrain('eventPattern', input.EventPattern, PATTERN);
      constrain('event', input.Event, {});
      const pattern = invalidPatternAsAws(() => compilePattern(input.EventPattern));
      return { Result: pattern.matches(readEvent(input.Event)) };
    },
  };
}

function readEvent(text: string): unknown {
  let event: unknown;
  try {
    event = parseEventJson(text);
  } catch {
    throw validation('Parameter Event is not valid. Reason: Event is not valid JSON.');
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw validation('Parameter Event is not valid. Reason: Event must be a JSON object.');
  }
  return event;
}

/** A rule that a service made for itself is left to that service, unless its users insist where they may. */
export function refuseManaged({ name, managedBy }: RuleRecord, force?: boolean): void {
  if (managedBy === undefined || force) return;
  const hint = force === undefined ? '' : " Set 'force' parameter to true to override.";
  throw new AwsError('ManagedRuleException', `${name} is a managed rule.${hint}`);
}

function checkSchedule(schedule: string, bus: string): void {
  if (bus !== 'default') throw validation('ScheduleExpression is supported only on the default event bus.');
  if (!parseSchedule(schedule, 0)) throw validation('Parameter ScheduleExpression is not valid.');
}

export function invalidPatternAsAws<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!isInvalidPattern(error)) throw error;
    throw new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${error.reason}`);
  }
}

const summaryOf = (rule: RuleRecord) => ({
  Name: rule.name,
  Arn: ruleArn(rule),
  ...(rule.pattern === undefined ? {} : { EventPattern: rule.pattern }),
  ...(rule.schedule === undefined ? {} : { ScheduleExpression: rule.schedule }),
  State: rule.state,
  ...(rule.description === undefined ? {} : { Description: rule.description }),
  ...(rule.roleArn === undefined ? {} : { RoleArn: rule.roleArn }),
  ...(rule.managedBy === undefined ? {} : { ManagedBy: rule.managedBy }),
  EventBusName: rule.bus.name,
});
