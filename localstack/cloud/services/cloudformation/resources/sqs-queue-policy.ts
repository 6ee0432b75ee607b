import { attachedPolicy, inlinePolicy } from './attached-policy';
import type { ResourceContext, ResourceHandler } from './handler';

const setPolicy = (QueueUrl: string, Policy: string, { call }: ResourceContext) =>
  call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });

/** AWS::SQS::QueuePolicy: the policy of one or several queues. */
export const sqsQueuePolicy: ResourceHandler = attachedPolicy('Queues', setPolicy);

/** AWS::SQS::QueueInlinePolicy: the policy of one queue. */
export const sqsQueueInlinePolicy: ResourceHandler = inlinePolicy('Queue', setPolicy);
