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
  readonly RoleArn?: string;
  readonly Targets?: readonly { readonly Arn?: string; readonly RoleArn?: string }[];
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
      deniedByService: true,
    }));
  }
  const { Targets: targets = [], RoleArn: role } = given;
  const passed = [...targets.map(({ RoleArn }) => RoleArn), role].filter((arn) => arn !== undefined);
  const own: Access = {
    action,
    resource: resourceOf(operation, given, call),
    ...(targets.length > 0 && { context: { 'events:TargetArn': targets.map(({ Arn }) => String(Arn)) } }),
  };
  return [own, ...[...new Set(passed)].map(passRole)];
}

/** Whoever has EventBridge act by a role must be allowed to hand that role on. */
const passRole = (resource: string): Access => ({
  action: 'iam:PassRole',
  resource,
  context: { 'iam:PassedToService': 'events.amazonaws.com' },
});

function resourceOf(operation: string, { Name, Rule, EventBusName, ResourceARN, ...given }: Input, call: Call): string {
  if (ResourceARN !== undefined) return ResourceARN;
  const { account, region } = call;
  if (given.ArchiveName !== undefined) return archiveArn({ account, region, name: given.ArchiveName });
  if (given.ReplayName !== undefined) return replayArn({ account, region, name: given.ReplayName });
  if (ON_BUSES.includes(operation)) return busArn(busIdFrom(EventBusName ?? Name, call));
  if (ON_RULES.includes(operation)) return ruleArn({ bus: busIdFrom(EventBusName, call), name: Rule ?? Name ?? '' });
  return '*';
}
