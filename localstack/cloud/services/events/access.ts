import type { Access, Call } from '../../core/service';
import { entryContext } from './authorization';
import type { PutEventsEntry } from './put-events';
import { archiveArn, busArn, busIdFrom, replayArn, ruleArn } from './records';

type Input = {
  readonly Entries?: readonly PutEventsEntry[];
  readonly Name?: string;
  readonly Rule?: string;
  readonly EventBusName?: string;
  readonly ResourceARN?: string;
  readonly ArchiveName?: string;
  readonly ReplayName?: string;
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

function resourceOf(operation: string, { Name, Rule, EventBusName, ResourceARN, ...given }: Input, call: Call): string {
  if (ResourceARN !== undefined) return ResourceARN;
  const { account, region } = call;
  if (given.ArchiveName !== undefined) return archiveArn({ account, region, name: given.ArchiveName });
  if (given.ReplayName !== undefined) return replayArn({ account, region, name: given.ReplayName });
  if (ON_BUSES.includes(operation)) return busArn(busIdFrom(EventBusName ?? Name, call));
  if (ON_RULES.includes(operation)) return ruleArn({ bus: busIdFrom(EventBusName, call), name: Rule ?? Name ?? '' });
  return '*';
}
