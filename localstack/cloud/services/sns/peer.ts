import type { TopicAccess } from '../../core/peers';
import type { Registry } from '../../core/registry';
import { checkKey } from './encryption';
import { readMessage } from './message-input';
import type { Publisher } from './publisher';
import type { Topics } from './topics';

/** SNS as the other services of the cloud use it. */
export function topicAccess(topics: Topics, publisher: Publisher, registry: Registry): TopicAccess {
  return {
    publish(arn, { text, subject, attributes, traceHeader }, principal, sourceArn) {
      const topic = topics.get(arn);
      const source = sourceArn && { context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': topic.account } };
      registry.peer('iam').authorize(principal, [{ action: 'sns:Publish', resource: arn, ...source }]);
      const input = { Message: text, Subject: subject, MessageAttributes: attributes };
      const message = readMessage(input, topic);
      checkKey(registry, topic, principal, sourceArn);
      const { id } = publisher.publish(topic, { ...message, ...(traceHeader === undefined ? {} : { traceHeader }) });
      return { messageId: id };
    },
  };
}
