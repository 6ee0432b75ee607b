import { refuseUnknown } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Call, Operation } from '../../core/service';
import type { Authorization } from './authorization';
import { checkBatch, runBatch } from './batch';
import { md5OfAttributes } from './digests';
import { invalidHandle, invalidValue, missingParameter, sqsError } from './errors';
import { longPoll } from './long-poll';
import { sequenceNumber } from './message';
import { readMessage, sizeOf } from './message-input';
import { isSystemAttribute, toMessage } from './message-output';
import type { NewMessage, Queue, Received } from './queue';
import { isFifo } from './queue-record';
import type { Queues } from './queues';

/** The operations on messages. */
export function messageOperations(
  queues: Queues,
  clock: Clock,
  authorization: Authorization,
): Record<string, Operation> {
  const find = (action: string, input: { QueueUrl?: unknown }, call: Call): Queue => {
    if (input.QueueUrl === undefined) throw missingParameter('QueueUrl');
    const queue = queues.byUrl(input.QueueUrl, call);
    authorization.refuseDenied(queue, `sqs:${action}`, call.principal);
    return queue;
  };

  return {
    SendMessage: (input, call) => {
      const queue = find('SendMessage', input, call);
      return send(queue, readMessage('sqs:SendMessage', input, queue, call.principal));
    },

    SendMessageBatch: (input, call) => {
      refuseUnknown('sqs:SendMessageBatch', input, ['QueueUrl', 'Entries']);
      const queue = find('SendMessage', input, call);
      const entries: unknown = input.Entries;
      checkBatch(entries, 'SendMessage');
      let total = 0;
      for (const { MessageBody = '', MessageAttributes } of entries as unknown as {
        MessageBody?: string;
        MessageAttributes?: never;
      }[]) {
        total += sizeOf(String(MessageBody), MessageAttributes);
      }
      const limit = queue.settings.maximumMessageSize;
      if (total > limit) {
        throw sqsError(
          'BatchRequestTooLong',
          `Batch requests cannot be longer than ${limit} bytes. You have sent ${total} bytes.`,
          'AWS.SimpleQueueService.BatchRequestTooLong',
        );
      }
      return runBatch(entries, (entry) =>
        send(queue, readMessage('sqs:SendMessageBatch', entry, queue, call.principal)),
      );
    },

    ReceiveMessage: (input, call) => {
      const queue = find('ReceiveMessage', input, call);
      const { max, visibility, wait, systemNames, names } = readReceive(input, queue);
      const answer = (received: readonly Received[]) =>
        received.length > 0 ? { Messages: received.map((one) => toMessage(one, systemNames, names)) } : {};
      const received = queue.receive(max, visibility);
      if (received.length > 0 || wait === 0) return answer(received);
      return longPoll(queue, clock, wait, () => queue.receive(max, visibility)).then(answer);
    },

    DeleteMessage: (input, call) => {
      refuseUnknown('sqs:DeleteMessage', input, ['QueueUrl', 'ReceiptHandle']);
      deleteMessage(find('DeleteMessage', input, call), input.ReceiptHandle);
    },

    DeleteMessageBatch: (input, call) => {
      refuseUnknown('sqs:DeleteMessageBatch', input, ['QueueUrl', 'Entries']);
      const queue = find('DeleteMessage', input, call);
      const entries: unknown = input.Entries;
      checkBatch(entries, 'DeleteMessage');
      return runBatch(entries as readonly (Handled & { Id: string })[], (entry) => {
        deleteMessage(queue, entry.ReceiptHandle);
        return undefined;
      });
    },

    ChangeMessageVisibility: (input, call) => {
      refuseUnknown('sqs:ChangeMessageVisibility', input, ['QueueUrl', 'ReceiptHandle', 'VisibilityTimeout']);
      changeVisibility(find('ChangeMessageVisibility', input, call), input);
    },

    ChangeMessageVisibilityBatch: (input, call) => {
      refuseUnknown('sqs:ChangeMessageVisibilityBatch', input, ['QueueUrl', 'Entries']);
      const queue = find('ChangeMessageVisibility', input, call);
      const entries: unknown = input.Entries;
      checkBatch(entries, 'ChangeMessageVisibility');
      return runBatch(entries as readonly (Handled & { Id: string })[], (entry) => {
        changeVisibility(queue, entry);
        return undefined;
      });
    },
  };
}

type Handled = { readonly ReceiptHandle?: string; readonly VisibilityTimeout?: number };

function send(queue: Queue, message: NewMessage): object {
  const { id, seq } = queue.send(message);
  const { md5, attributes, traceHeader } = message.content;
  return {
    MessageId: id,
    MD5OfMessageBody: md5,
    ...(attributes ? { MD5OfMessageAttributes: md5OfAttributes(attributes) } : {}),
    ...(traceHeader === undefined
      ? {}
      : {
          MD5OfMessageSystemAttributes: md5OfAttributes({
            AWSTraceHeader: { DataType: 'String', StringValue: traceHeader },
          }),
        }),
    ...(isFifo(queue.record) ? { SequenceNumber: sequenceNumber(seq) } : {}),
  };
}

function readReceive(
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire.
  input: any,
  queue: Queue,
): { max: number; visibility: number | undefined; wait: number; systemNames: string[]; names: string[] } {
  refuseUnknown('sqs:ReceiveMessage', input, [
    'QueueUrl',
    'AttributeNames',
    'MessageSystemAttributeNames',
    'MessageAttributeNames',
    'MaxNumberOfMessages',
    'VisibilityTimeout',
    'WaitTimeSeconds',
  ]);
  const number = (name: string, min: number, max: number, reason: string): number | undefined => {
    const value = input[name];
    if (value === undefined || value === null) return undefined;
    if (!Number.isInteger(value) || value < min || value > max) throw invalidValue(value, name, reason);
    return value;
  };
  const max = number('MaxNumberOfMessages', 1, 10, 'Must be between 1 and 10, if provided.');
  const visibility = number('VisibilityTimeout', 0, 43_200, 'Must be >= 0 and <= 43200, if provided.');
  const wait = number('WaitTimeSeconds', 0, 20, 'Must be >= 0 and <= 20, if provided.');
  const systemNames: string[] = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  const unknown = systemNames.find((name) => !isSystemAttribute(name));
  if (unknown) throw sqsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  return {
    max: max ?? 1,
    visibility: visibility === undefined ? undefined : visibility * 1_000,
    wait: (wait ?? queue.settings.receiveWait) * 1_000,
    systemNames,
    names: input.MessageAttributeNames ?? [],
  };
}

function deleteMessage(queue: Queue, handle: unknown): void {
  if (typeof handle !== 'string' || handle === '') throw missingParameter('ReceiptHandle');
  const found = queue.find(handle);
  if (found === 'invalid') throw invalidHandle(handle);
  if (found === 'gone') return;
  if (isFifo(queue.record) && found.expired) {
    throw invalidValue(handle, 'ReceiptHandle', 'The receipt handle has expired.');
  }
  // AWS answers success for an older handle of a message that was received again, and keeps the message.
  if (queue.isNewest(handle, found.state)) queue.delete(found.state);
}

function changeVisibility(queue: Queue, { ReceiptHandle: handle, VisibilityTimeout: seconds }: Handled): void {
  if (typeof handle !== 'string' || handle === '') throw missingParameter('ReceiptHandle');
  if (seconds === undefined) throw missingParameter('VisibilityTimeout');
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 43_200) {
    throw invalidValue(seconds, 'VisibilityTimeout', 'VisibilityTimeout must be an integer between 0 and 43200');
  }
  const found = queue.find(handle);
  if (found === 'invalid') throw invalidHandle(handle);
  if (found === 'gone') {
    throw invalidValue(
      handle,
      'ReceiptHandle',
      'Message does not exist or is not available for visibility timeout change.',
    );
  }
  if (found.expired) {
    throw sqsError(
      'MessageNotInflight',
      `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      'AWS.SimpleQueueService.MessageNotInflight',
    );
  }
  queue.changeVisibility(found.state, seconds * 1_000);
}
