import type { QueueAccess, ReceivedMessage } from '../../core/peers';
import type { Authorization } from './authorization';
import { md5OfAttributes } from './digests';
import type { Encryption } from './encryption';
import { invalidHandle } from './errors';
import type { MessageState } from './message';
import { readMessage } from './message-input';
import { systemAttributes } from './message-output';
import type { Queue, Received } from './queue';
import type { Queues } from './queues';

/** SQS as the other services of the cloud use it. */
export function queueAccess(queues: Queues, authorization: Authorization, encryption: Encryption): QueueAccess {
  const inFlight = (queue: Queue, handle: string): MessageState | undefined => {
    const found = queue.find(handle);
    if (found === 'invalid') throw invalidHandle(handle);
    return found === 'gone' || !queue.isNewest(handle, found.state) ? undefined : found.state;
  };

  return {
    send(queueArn, message, principal, sourceArn) {
      const queue = queues.byArn(queueArn);
      authorization.authorize(queue, 'sqs:SendMessage', principal, sourceArn);
      const input = {
        MessageBody: message.body,
        MessageAttributes: message.attributes,
        MessageGroupId: message.groupId,
        MessageDeduplicationId: message.deduplicationId,
        MessageSystemAttributes: message.traceHeader
          ? { AWSTraceHeader: { DataType: 'String', StringValue: message.traceHeader } }
          : undefined,
      };
      const read = readMessage('sqs:SendMessage', input, queue, principal);
      encryption.toSend(queue, principal, sourceArn);
      return { messageId: queue.send(read).id };
    },

    checkKey: (queueArn, principal) => encryption.toReceive(queues.byArn(queueArn), principal),

    // Only Lambda's event source mappings receive for others.
    receive: (queueArn, max) => queues.byArn(queueArn).receive({ max, caller: 'lambda' }).map(toReceivedMessage),

    delete(queueArn, handle) {
      const queue = queues.byArn(queueArn);
      const state = inFlight(queue, handle);
      if (state) queue.delete(state);
    },

    release(queueArn, handle, ms) {
      const queue = queues.byArn(queueArn);
      const state = inFlight(queue, handle);
      if (state) queue.changeVisibility(state, ms);
    },

    visibilityTimeout: (queueArn) => queues.byArn(queueArn).settings.visibilityTimeout,

    onMessage: (queueArn, wake) => queues.byArn(queueArn).onMessage(wake),
  };
}

function toReceivedMessage(received: Received): ReceivedMessage {
  const { state, content, handle } = received;
  return {
    messageId: state.id,
    receiptHandle: handle,
    body: content.body,
    md5OfBody: content.md5,
    attributes: systemAttributes(received),
    messageAttributes: content.attributes ?? {},
    ...(content.attributes ? { md5OfMessageAttributes: md5OfAttributes(content.attributes) } : {}),
    ...(content.cause === undefined ? {} : { cause: content.cause }),
  };
}
