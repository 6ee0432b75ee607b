import type { Attributes, ResourceContext, ResourceHandler } from './handler';
import { pick } from './pick';
import { tagChanges } from './tags';

/** AWS::Scheduler::ScheduleGroup. */
export const schedulerScheduleGroup: ResourceHandler = {
  properties: ['Name', 'Tags'],
  refused: [],
  createOnly: ['Name'],

  create: async (properties, context) => {
    const Name = properties.Name ?? context.newName(64);
    await context.call('scheduler', 'CreateScheduleGroup', { Name, ...pick(properties, ['Tags']) });
    return { physicalId: Name, attributes: await attributes(Name, context) };
  },

  update: async (Name, properties, before, context) => {
    const tags = tagChanges(properties.Tags, before.Tags);
    const { Arn: ResourceArn } = await attributes(Name, context);
    if (tags.set.length > 0) await context.call('scheduler', 'TagResource', { ResourceArn, Tags: tags.set });
    if (tags.removed.length > 0) {
      await context.call('scheduler', 'UntagResource', { ResourceArn, TagKeys: tags.removed });
    }
    return attributes(Name, context);
  },

  delete: (Name, _properties, { call }) => call('scheduler', 'DeleteScheduleGroup', { Name }),
};

async function attributes(Name: string, { call }: ResourceContext): Promise<Attributes> {
  const { Arn, State, CreationDate, LastModificationDate } = await call('scheduler', 'GetScheduleGroup', { Name });
  const text = (seconds: number) => new Date(seconds * 1_000).toISOString();
  return { Arn, State, CreationDate: text(CreationDate), LastModificationDate: text(LastModificationDate) };
}
