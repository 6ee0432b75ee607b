import { refuseUnknown } from '../../core/aws-error';
import { callerName } from '../../core/caller-name';
import type { Faults } from '../../core/faults';
import type { Call, Operation } from '../../core/service';
import { checkBatch, runBatch } from './batch';
import { md5OfAttributes } from './digests';
import type { Encryption } from './encryption';
import { invalidHandle, invalidValue, missingParameter, sqsError } from './errors';
import { entryFailure } from './failures';
import type { LongPolls } from './long-poll';
import { sequenceNumber } from './message';
import { PLAIN_ID, readMessage, sizeOf } from './message-input';
import { isSystemAttribute, toMessage } from './message-output';
import type { NewMessage, Queue, Receive, Received } from './queue';
import { isFifo } from './queue-record';
import type { Queues } from './queues';

/** What the messages of one batch may be together, in bytes, whatever the queue allows for one. */
const MAX_BATCH = 1_048_576;
/** How long a message can stay in flight after one receive. */
const MAX_VISIBILITY = 43_200_000;

/** The operations on messages. */
export function messageOperations(
  queues: Queues,
  polls: LongPolls,
  faults: Faults,
  encryption: Encryption,
): Record<string, Operation> {
  const find = (input: { QueueUrl?: unknown }, call: Call): Queue => {
    if (input.QueueUrl === undefined) throw missingParameter('QueueUrl');
    return queues.byUrl(input.QueueUrl, call);
  };

  return {
    SendMessage: (input, call) => {
      const queue = find(input, call);
      const message = readMessage('sqs:SendMessage', input, queue, call.principal);
      encryption.toSend(queue, call.principal);
      return send(queue, message);
    },

    SendMessageBatch: (input, call) => {
      refuseUnknown('sqs:SendMessageBatch', input, ['QueueUrl', 'Entries']);
      const queue = find(input, call);
      const entries: unknown = input.Entries;
      checkBatch(entries, 'SendMessage');
      let total = 0;
      for (const { MessageBody = '', MessageAttributes } of entries as unknown as {
        MessageBody?: string;
        MessageAttributes?: never;
      }[]) {
        total += sizeOf(String(MessageBody), MessageAttributes);
      }
      if (total > MAX_BATCH) {
        throw sqsError(
          'BatchRequestTooLong',
          `Batch requests cannot be longer than ${MAX_BATCH} bytes. You have sent ${total} bytes.`,
          'AWS.SimpleQueueService.BatchRequestTooLong',
        );
      }
      encryption.toSend(queue, call.principal);
      const run = (entry: object) => send(queue, readMessage('sqs:SendMessageBatch', entry, queue, call.principal));
      if (!faults.active) return runBatch(entries, run);
      const caller = callerName(call.principal);
      const occasion = { service: 'sqs', operation: 'SendMessageBatch.Entry', target: queue.arn, caller };
      return runBatch(entries, run, () => {
        const fault = faults.at(occasion, ['error', 'throttle']);
        return fault && entryFailure(fault);
      });
    },

    ReceiveMessage: (input, call) => {
      const queue = find(input, call);
      const { wait, systemNames, names, ...read } = readReceive(input, queue);
      encryption.toReceive(queue, call.principal);
      const receive: Receive = { ...read, caller: callerName(call.principal) };
      const answer = (received: readonly Received[]) =>
        received.length > 0 ? { Messages: received.map((one) => toMessage(one, systemNames, names)) } : {};
      const received = queue.receive(receive);
      if (received.length > 0) return answer(received);
      if (wait > 0) return polls.wait(queue, wait, () => queue.receive(receive)).then(answer);
      // A long poll waits for room, and a FIFO queue says nothing.
      if (!isFifo(queue.record) && queue.isFull) throw tooManyInFlight(queue);
      return answer(received);
    },

    DeleteMessage: (input, call) => {
      refuseUnknown('sqs:DeleteMessage', input, ['QueueUrl', 'ReceiptHandle']);
      deleteMessage(find(input, call), input.ReceiptHandle);
    },

    DeleteMessageBatch: (input, call) => {
      refuseUnknown('sqs:DeleteMessageBatch', input, ['QueueUrl', 'Entries']);
      const queue = find(input, call);
      const entries: unknown = input.Entries;
      checkBatch(entries, 'DeleteMessage');
      return runBatch(entries as readonly (Handled & { Id: string })[], (entry) => {
        deleteMessage(queue, entry.ReceiptHandle);
        return undefined;
      });
    },

    ChangeMessageVisibility: (input, call) => {
      refuseUnknown('sqs:ChangeMessageVisibility', input, ['QueueUrl', 'ReceiptHandle', 'VisibilityTimeout']);
      changeVisibility(find(input, call), input);
    },

    ChangeMessageVisibilityBatch: (input, call) => {
      refuseUnknown('sqs:ChangeMessageVisibilityBatch', input, ['QueueUrl', 'Entries']);
      const queue = find(input, call);
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
): Omit<Receive, 'caller'> & { wait: number; systemNames: string[]; names: string[] } {
  refuseUnknown('sqs:ReceiveMessage', input, [
    'QueueUrl',
    'AttributeNames',
    'MessageSystemAttributeNames',
    'MessageAttributeNames',
    'MaxNumberOfMessages',
    'VisibilityTimeout',
    'WaitTimeSeconds',
    'ReceiveRequestAttemptId',
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
    attemptId: readAttemptId(input.ReceiveRequestAttemptId, queue),
    max: max ?? 1,
    visibility: visibility === undefined ? undefined : visibility * 1_000,
    wait: (wait ?? queue.settings.receiveWait) * 1_000,
    systemNames,
    names: input.MessageAttributeNames ?? [],
  };
}

function readAttemptId(given: unknown, queue: Queue): string | undefined {
  if (given === undefined || given === null) return undefined;
  const name = 'ReceiveRequestAttemptId';
  if (!isFifo(queue.record)) {
    throw invalidValue(given, name, 'The request includes a parameter that is not valid for this queue type.');
  }
  if (typeof given !== 'string' || !PLAIN_ID.test(given)) {
    throw invalidValue(
      given,
      name,
      `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    );
  }
  return given;
}

const tooManyInFlight = ({ arn }: Queue) =>
  sqsError('OverLimit', `Too many messages of ${arn} are in flight. Delete messages that are processed.`);

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
  if (queue.inFlightFor(found.state) + seconds * 1_000 > MAX_VISIBILITY) {
    throw invalidValue(
      seconds,
      'VisibilityTimeout',
      'Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
    );
  }
  queue.changeVisibility(found.state, seconds * 1_000);
}
