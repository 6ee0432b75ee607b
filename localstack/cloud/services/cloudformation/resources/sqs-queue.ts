import { refuseExisting } from './existence';
import type { Properties, ResourceHandler } from './handler';
import { asBoolean, jsonText } from './pick';
import { tagChanges, tagMap } from './tags';

/** Queue attributes that are properties of the same name, with the value of a queue that does not set them. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  VisibilityTimeout: '30',
  RedrivePolicy: '',
  RedriveAllowPolicy: '',
  SqsManagedSseEnabled: 'true',
  KmsMasterKeyId: '',
  KmsDataKeyReusePeriodSeconds: '300',
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
};

/** AWS::SQS::Queue. */
export const sqsQueue: ResourceHandler = {
  properties: [...Object.keys(ATTRIBUTES), 'QueueName', 'FifoQueue', 'Tags'],
  refused: [],
  createOnly: ['QueueName', 'FifoQueue'],
  nameProperty: 'QueueName',

  create: async (properties, { call, newName }) => {
    const fifo = asBoolean(properties.FifoQueue);
    const QueueName = properties.QueueName ?? (fifo ? `${newName(75)}.fifo` : newName(80));
    if (properties.QueueName !== undefined) {
      await refuseExisting('AWS::SQS::Queue', QueueName, () => call('sqs', 'GetQueueUrl', { QueueName }));
    }
    const { QueueUrl } = await call('sqs', 'CreateQueue', {
      QueueName,
      Attributes: { ...attributesIn(properties), ...(fifo && { FifoQueue: 'true' }) },
      ...(properties.Tags && { tags: tagMap(properties.Tags) }),
    });
    const { Attributes } = await call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] });
    return { physicalId: QueueUrl, attributes: { Arn: Attributes.QueueArn, QueueName, QueueUrl } };
  },

  update: async (QueueUrl, properties, before, { call }) => {
    const now = attributesIn(properties);
    const old = attributesIn(before);
    const changed: Record<string, string> = {};
    for (const [name, fallback] of Object.entries(ATTRIBUTES)) {
      if (now[name] !== old[name]) changed[name] = now[name] ?? fallback;
    }
    // A key takes the place of what a queue without one has by default.
    if (now.KmsMasterKeyId && !now.SqsManagedSseEnabled) delete changed.SqsManagedSseEnabled;
    if (Object.keys(changed).length > 0) await call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: changed });
    const tags = tagChanges(properties.Tags, before.Tags);
    if (tags.set.length > 0) await call('sqs', 'TagQueue', { QueueUrl, Tags: tagMap(tags.set) });
    if (tags.removed.length > 0) await call('sqs', 'UntagQueue', { QueueUrl, TagKeys: tags.removed });
  },

  delete: (QueueUrl, _properties, { call }) => call('sqs', 'DeleteQueue', { QueueUrl }),
};

function attributesIn(properties: Properties): Record<string, string> {
  const given = Object.keys(ATTRIBUTES).filter((name) => properties[name] !== undefined);
  return Object.fromEntries(
    given.map((name) => {
      const value = properties[name];
      return [name, typeof value === 'object' ? jsonText(value) : String(value)];
    }),
  );
}
