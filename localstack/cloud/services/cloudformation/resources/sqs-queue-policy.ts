import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { jsonText } from './pick';

/** AWS::SQS::QueuePolicy: the policy of one or several queues. */
export const sqsQueuePolicy: ResourceHandler = {
  properties: ['PolicyDocument', 'Queues'],
  refused: [],
  required: ['PolicyDocument', 'Queues'],
  createOnly: [],

  create: async (properties, context) => {
    await apply(properties, context);
    const Id = context.newName(80);
    return { physicalId: Id, attributes: { Id } };
  },

  update: async (_id, properties, before, context) => {
    const queues = properties.Queues as string[];
    const left = (before.Queues as string[]).filter((queue) => !queues.includes(queue));
    await clear(left, context);
    await apply(properties, context);
  },

  delete: (_id, properties, context) => clear(properties.Queues, context),
};

async function apply(properties: Properties, { call }: ResourceContext): Promise<void> {
  const Policy = jsonText(properties.PolicyDocument);
  for (const QueueUrl of properties.Queues) {
    await call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
  }
}

async function clear(queues: readonly string[], { call }: ResourceContext): Promise<void> {
  for (const QueueUrl of queues) await call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy: '' } });
}
