import type { Access, Call } from '../../core/service';
import { entryContext } from './authorization';
import type { PutEventsEntry } from './put-events';
import { busArn, busIdFrom, ruleArn } from './records';

type Input = {
  readonly Entries?: readonly PutEventsEntry[];
  readonly Name?: string;
  readonly Rule?: string;
  readonly EventBusName?: string;
  readonly ResourceARN?: string;
};

const ON_BUSES = [
  'CreateEventBus',
  'UpdateEventBus',
  'DeleteEventBus',
  'DescribeEventBus',
  'PutPermission',
  'RemovePermission',
];
const ON_RULES = [
  'PutRule',
  'DeleteRule',
  'DescribeRule',
  'EnableRule',
  'DisableRule',
  'PutTargets',
  'RemoveTargets',
  'ListTargetsByRule',
];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
export function eventsAccess(operation: string, input: unknown, call: Call): readonly Access[] {
  const given = (input ?? {}) as Input;
  const action = `events:${operation}`;
  if (operation === 'PutEvents') {
    return (given.Entries ?? []).map(({ EventBusName, Source = '', DetailType = '' }) => ({
      action,
      resource: busArn(busIdFrom(EventBusName, call)),
      context: entryContext(Source, DetailType),
    }));
  }
  return [{ action, resource: resourceOf(operation, given, call) }];
}

function resourceOf(operation: string, { Name, Rule, EventBusName, ResourceARN }: Input, call: Call): string {
  if (ResourceARN !== undefined) return ResourceARN;
  if (ON_BUSES.includes(operation)) return busArn(busIdFrom(EventBusName ?? Name, call));
  if (ON_RULES.includes(operation)) return ruleArn({ bus: busIdFrom(EventBusName, call), name: Rule ?? Name ?? '' });
  return '*';
}
