import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { jsonText } from './pick';

/** AWS::SQS::QueueInlinePolicy: the policy of one queue. */
export const sqsQueueInlinePolicy: ResourceHandler = {
  properties: ['PolicyDocument', 'Queue'],
  refused: [],
  required: ['PolicyDocument', 'Queue'],
  createOnly: ['Queue'],

  create: async (properties, context) => {
    await put(properties, context);
    return { physicalId: properties.Queue };
  },

  update: async (_queue, properties, _before, context) => put(properties, context),

  delete: (QueueUrl, _properties, { call }) =>
    call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy: '' } }),
};

async function put({ Queue: QueueUrl, PolicyDocument }: Properties, { call }: ResourceContext): Promise<void> {
  await call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy: jsonText(PolicyDocument) } });
}
