import type { ResourceHandler } from './handler';
import { differ, pick } from './pick';
import { tagChanges } from './tags';

/** AWS::Events::EventBus. */
export const eventsEventBus: ResourceHandler = {
  properties: ['Name', 'Description', 'DeadLetterConfig', 'KmsKeyIdentifier', 'Tags'],
  refused: ['EventSourceName', 'LogConfig', 'Policy'],
  required: ['Name'],
  createOnly: ['Name'],

  create: async (properties, { call }) => {
    const { Name } = properties;
    const { EventBusArn } = await call('events', 'CreateEventBus', {
      Name,
      ...pick(properties, ['Description', 'DeadLetterConfig', 'KmsKeyIdentifier', 'Tags']),
    });
    return { physicalId: Name, attributes: { Arn: EventBusArn, Name } };
  },

  update: async (Name, properties, before, { call }) => {
    if (differ(properties, before, ['Description', 'DeadLetterConfig', 'KmsKeyIdentifier'])) {
      await call('events', 'UpdateEventBus', {
        Name,
        ...pick(properties, ['Description', 'DeadLetterConfig', 'KmsKeyIdentifier']),
      });
    }
    const tags = tagChanges(properties.Tags, before.Tags);
    const { Arn: ResourceARN } = await call('events', 'DescribeEventBus', { Name });
    if (tags.set.length > 0) await call('events', 'TagResource', { ResourceARN, Tags: tags.set });
    if (tags.removed.length > 0) await call('events', 'UntagResource', { ResourceARN, TagKeys: tags.removed });
  },

  delete: (Name, _properties, { call }) => call('events', 'DeleteEventBus', { Name }),
};
