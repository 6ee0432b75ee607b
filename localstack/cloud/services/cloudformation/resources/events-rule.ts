import { AwsError } from '../../../core/aws-error';
import { refuseExisting } from './existence';
import { finish, type Properties, type ResourceContext, type ResourceHandler } from './handler';
import { differ, jsonText, pick, typed } from './pick';
import { tagChanges } from './tags';

type Target = { readonly Id: string };

/** AWS::Events::Rule, with its targets. */
export const eventsRule: ResourceHandler = {
  properties: [
    'Name',
    'EventBusName',
    'EventPattern',
    'ScheduleExpression',
    'State',
    'Description',
    'RoleArn',
    'Targets',
    'Tags',
  ],
  refused: [],
  createOnly: ['Name'],
  // A bus may be said by name or by ARN.
  conditional: { EventBusName: (now, before) => busName(now) !== busName(before) },

  create: async (properties, context) => {
    const Name = properties.Name ?? context.newName(64);
    if (properties.Name !== undefined) {
      await refuseExisting('AWS::Events::Rule', physicalIdOf(Name, properties), () =>
        context.call('events', 'DescribeRule', { Name, ...bus(properties) }),
      );
    }
    const { RuleArn } = await putRule(Name, properties, context, properties.Tags);
    const physicalId = physicalIdOf(Name, properties);
    await finish(physicalId, () => putTargets(Name, properties, context));
    return { physicalId, attributes: { Arn: RuleArn } };
  },

  update: async (physicalId, properties, before, context) => {
    const Name = nameIn(physicalId);
    const { call } = context;
    const members = ['EventPattern', 'ScheduleExpression', 'State', 'Description', 'RoleArn'];
    if (differ(properties, before, members)) await putRule(Name, properties, context);
    if (differ(properties, before, ['Targets'])) {
      const kept = targetsIn(properties).map(({ Id }) => Id);
      const gone = targetsIn(before)
        .map(({ Id }) => Id)
        .filter((id) => !kept.includes(id));
      await removeTargets(Name, properties, gone, context);
      await putTargets(Name, properties, context);
    }
    const tags = tagChanges(properties.Tags, before.Tags);
    if (tags.set.length + tags.removed.length > 0) {
      const { Arn: ResourceARN } = await call('events', 'DescribeRule', { Name, ...bus(properties) });
      if (tags.set.length > 0) await call('events', 'TagResource', { ResourceARN, Tags: tags.set });
      if (tags.removed.length > 0) await call('events', 'UntagResource', { ResourceARN, TagKeys: tags.removed });
    }
  },

  delete: async (physicalId, properties, context) => {
    const Name = nameIn(physicalId);
    const { Targets } = await context.call('events', 'ListTargetsByRule', { Rule: Name, ...bus(properties) });
    await removeTargets(
      Name,
      properties,
      (Targets as Target[]).map(({ Id }) => Id),
      context,
    );
    await context.call('events', 'DeleteRule', { Name, ...bus(properties) });
  },
};

const bus = ({ EventBusName }: Properties) => (EventBusName === undefined ? {} : { EventBusName });
const targetsIn = (properties: Properties): Target[] => properties.Targets ?? [];

/** `Ref` of a rule on another bus than the default one begins with the name of the bus. */
function physicalIdOf(name: string, { EventBusName }: Properties): string {
  const onBus = busName(EventBusName);
  return onBus === 'default' ? name : `${onBus}|${name}`;
}

const busName = (nameOrArn: unknown) =>
  String(nameOrArn ?? 'default')
    .split('/')
    .pop()!;

const nameIn = (physicalId: string) => physicalId.split('|').pop()!;

function putRule(Name: string, properties: Properties, { call }: ResourceContext, tags?: unknown) {
  return call('events', 'PutRule', {
    Name,
    ...bus(properties),
    ...pick(properties, ['ScheduleExpression', 'State', 'Description', 'RoleArn']),
    ...(properties.EventPattern && { EventPattern: jsonText(properties.EventPattern) }),
    ...(tags ? { Tags: tags } : {}),
  });
}

async function putTargets(Rule: string, properties: Properties, { call }: ResourceContext): Promise<void> {
  const Targets = targetsIn(properties);
  if (Targets.length === 0) return;
  const numbers = ['MaximumRetryAttempts', 'MaximumEventAgeInSeconds'];
  const result = await call('events', 'PutTargets', {
    Rule,
    ...bus(properties),
    Targets: typed(Targets, numbers, []),
  });
  const [failed] = result.FailedEntries ?? [];
  if (failed) throw new AwsError(failed.ErrorCode, `Target ${failed.TargetId}: ${failed.ErrorMessage}`);
}

async function removeTargets(
  Rule: string,
  properties: Properties,
  Ids: readonly string[],
  { call }: ResourceContext,
): Promise<void> {
  if (Ids.length > 0) await call('events', 'RemoveTargets', { Rule, ...bus(properties), Ids });
}
