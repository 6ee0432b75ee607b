import { parseArn } from '../../core/arn';
import { refuseUnknown } from '../../core/aws-error';
import type { Principal } from '../../core/service';
import { md5 } from './digests';
import { invalidParameter, invalidValue, missingParameter, sqsError } from './errors';
import type { MessageAttribute, MessageAttributes } from './message';
import type { NewMessage, Queue } from './queue';
import { isFifo } from './queue-record';

/** Of groups, deduplication and attempts to receive. */
export const PLAIN_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that XML 1.0, hence SQS, cannot carry.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const MAX_DELAY = 900;

/** One message of `SendMessage` or `SendMessageBatch`, in the checks' and words of SQS. */
// biome-ignore lint/suspicious/noExplicitAny: what came over the wire.
export function readMessage(at: string, input: any, queue: Queue, principal: Principal): NewMessage {
  refuseUnknown(at, input, [
    'Id',
    'QueueUrl',
    'MessageBody',
    'DelaySeconds',
    'MessageAttributes',
    'MessageSystemAttributes',
    'MessageDeduplicationId',
    'MessageGroupId',
  ]);
  const body: unknown = input.MessageBody;
  if (typeof body !== 'string' || body === '') throw missingParameter('MessageBody');
  if (FORBIDDEN.test(body)) {
    throw sqsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
  }
  const attributes = readAttributes(input.MessageAttributes);
  const size = sizeOf(body, attributes);
  if (size > queue.settings.maximumMessageSize) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.settings.maximumMessageSize} bytes.`,
    );
  }
  const traceHeader = readTraceHeader(input.MessageSystemAttributes);
  return {
    content: {
      body,
      md5: md5(body),
      ...(attributes ? { attributes } : {}),
      ...(traceHeader === undefined ? {} : { traceHeader }),
      senderId: senderOf(principal),
    },
    ...readDelay(input.DelaySeconds, queue),
    ...readOrdering(input.MessageGroupId, input.MessageDeduplicationId, queue),
  };
}

/** Body, and names, types and values of the attributes. */
export function sizeOf(body: string, attributes: MessageAttributes | undefined): number {
  let size = Buffer.byteLength(body, 'utf8');
  for (const [name, { DataType = '', StringValue = '', BinaryValue }] of Object.entries(attributes ?? {})) {
    size += Buffer.byteLength(name, 'utf8') + Buffer.byteLength(DataType, 'utf8');
    size +=
      BinaryValue === undefined ? Buffer.byteLength(StringValue, 'utf8') : Buffer.byteLength(BinaryValue, 'base64');
  }
  return size;
}

/** AWS shows a user's or role's unique id; here it is the account, the session or the service. */
function senderOf(principal: Principal): string {
  if (principal.kind === 'service') return principal.service;
  return (
    (principal.kind === 'root' ? parseArn(principal.arn)?.account : principal.arn.split('/').at(-1)) ?? principal.arn
  );
}

function readDelay(given: unknown, queue: Queue): { delay?: number } {
  if (given === undefined || given === null) return {};
  const delay = Number(given);
  if (!Number.isInteger(delay) || delay < 0 || delay > MAX_DELAY) {
    throw invalidValue(given, 'DelaySeconds', `DelaySeconds must be >= 0 and <= ${MAX_DELAY}.`);
  }
  if (isFifo(queue.record)) {
    // In FIFO queues the delay is the queue's; only naming the default is let through.
    if (delay === 0) return {};
    throw invalidValue(given, 'DelaySeconds', 'The request include parameter that is not valid for this queue type.');
  }
  return { delay: delay * 1_000 };
}

function readOrdering(
  group: unknown,
  deduplicationId: unknown,
  queue: Queue,
): Pick<NewMessage, 'group' | 'deduplicationId'> {
  for (const [name, value] of Object.entries({ MessageGroupId: group, MessageDeduplicationId: deduplicationId })) {
    if (value !== undefined && (typeof value !== 'string' || !PLAIN_ID.test(value))) {
      throw invalidValue(
        value,
        name,
        `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
      );
    }
  }
  if (!isFifo(queue.record)) {
    if (deduplicationId !== undefined) {
      throw invalidValue(
        deduplicationId,
        'MessageDeduplicationId',
        'The request includes a parameter that is not valid for this queue type.',
      );
    }
  } else {
    if (group === undefined) throw missingParameter('MessageGroupId');
    if (deduplicationId === undefined && !queue.settings.contentBasedDeduplication) {
      throw invalidParameter(
        'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      );
    }
  }
  return {
    ...(group === undefined ? {} : { group: group as string }),
    ...(deduplicationId === undefined ? {} : { deduplicationId: deduplicationId as string }),
  };
}

function readTraceHeader(given: Record<string, MessageAttribute> | undefined): string | undefined {
  for (const name of Object.keys(given ?? {})) {
    if (name !== 'AWSTraceHeader') {
      throw invalidParameter(`Message system attribute name '${name}' is invalid. Only AWSTraceHeader can be set.`);
    }
  }
  return given?.AWSTraceHeader?.StringValue;
}

function readAttributes(given: Record<string, MessageAttribute> | undefined): MessageAttributes | undefined {
  const names = Object.keys(given ?? {});
  if (!given || names.length === 0) return undefined;
  if (names.length > 10) {
    throw invalidParameter(`Number of message attributes [${names.length}] exceeds the allowed maximum [10].`);
  }
  const attributes: Record<string, MessageAttribute> = {};
  for (const name of names) attributes[name] = readAttribute(name, given[name] as MessageAttribute);
  return attributes;
}

function readAttribute(name: string, given: MessageAttribute): MessageAttribute {
  if (!/^[A-Za-z0-9_.-]{1,256}$/.test(name) || /^\.|\.$|\.\.|^(aws|amazon)\./i.test(name)) {
    throw invalidParameter(
      `Invalid message attribute name '${name}'. It can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters, and must not begin with AWS. or Amazon.`,
    );
  }
  refuseUnknown(`sqs: the message attribute ${name}`, given, ['DataType', 'StringValue', 'BinaryValue']);
  const { DataType, StringValue, BinaryValue } = given;
  const type = /^(String|Number|Binary)(\.|$)/.exec(DataType ?? '')?.[1];
  if (!type) {
    throw invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    );
  }
  const value = type === 'Binary' ? BinaryValue : StringValue;
  if (typeof value !== 'string' || value === '') {
    throw invalidParameter(
      `The message (user) attribute '${name}' must contain a non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  if (type === 'Number' && !Number.isFinite(Number(value))) {
    throw invalidParameter(`Could not cast message attribute '${name}' value to number.`);
  }
  return type === 'Binary' ? { DataType, BinaryValue: value } : { DataType, StringValue: value };
}
