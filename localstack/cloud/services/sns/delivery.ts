import type { OutgoingMessage } from '../../core/peers';
import type { CloudContext, Principal } from '../../core/service';
import type { Message } from './message';
import { functionEvent, queueMessage } from './notification';
import type { SubscriptionRecord } from './subscription-record';
import type { Topics } from './topics';

/** SNS itself, as the resource policies of queues and functions know it. */
const SNS: Principal = { kind: 'service', service: 'sns.amazonaws.com', arn: 'sns.amazonaws.com' };

/** Hands messages over to queues and functions. Synchronous: when it returns, the endpoint has it. */
export class Delivery {
  readonly #context: CloudContext;
  readonly #topics: Topics;

  constructor(context: CloudContext, topics: Topics) {
    this.#context = context;
    this.#topics = topics;
  }

  /** Throws the endpoint's own error. */
  deliver(subscription: SubscriptionRecord, message: Message): void {
    const { registry } = this.#context;
    const { protocol, endpoint, topicArn } = subscription;
    switch (protocol) {
      case 'sqs':
        registry.peer('sqs').send(endpoint, this.#queueMessage(subscription, message), SNS, topicArn);
        return;
      case 'lambda': {
        const event = functionEvent(subscription, message, this.#sender(topicArn));
        registry.peer('lambda').enqueue(endpoint, event, SNS, topicArn);
      }
    }
  }

  /** Sends what could not be delivered to the subscription's dead-letter queue. Throws when that is not possible either. */
  deadLetter(queueArn: string, subscription: SubscriptionRecord, message: Message): void {
    const { groupId: _, deduplicationId: __, ...letter } = this.#queueMessage(subscription, message);
    const { groupId, deduplicationId } = message;
    const ordering = queueArn.endsWith('.fifo') && groupId && deduplicationId ? { groupId, deduplicationId } : {};
    this.#context.registry.peer('sqs').send(queueArn, { ...letter, ...ordering }, SNS, subscription.topicArn);
  }

  #queueMessage(subscription: SubscriptionRecord, message: Message): OutgoingMessage {
    return queueMessage(subscription, message, this.#sender(subscription.topicArn));
  }

  #sender(topicArn: string): { signatureVersion: string; endpoint: string } {
    const signatureVersion = this.#topics.find(topicArn)?.attributes.SignatureVersion ?? '1';
    return { signatureVersion, endpoint: this.#context.endpoint() };
  }
}
