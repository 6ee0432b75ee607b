import { refuseUnknown } from '../../core/aws-error';
import { invalidParameter, invalidValue } from './errors';
import type { MessageAttribute, NewMessage } from './message';
import { isFifo, type TopicRecord } from './topic-record';

/** 256 KiB: text and attributes. */
export const MAX_SIZE = 262_144;

const PLAIN_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

/** What a message may have, alone or in a batch. */
export const MESSAGE_MEMBERS = [
  'Message',
  'Subject',
  'MessageStructure',
  'MessageAttributes',
  'MessageGroupId',
  'MessageDeduplicationId',
];

/** One message of `Publish` or `PublishBatch`, in the checks and words of SNS. */
// biome-ignore lint/suspicious/noExplicitAny: what came over the wire.
export function readMessage(input: any, topic: TopicRecord): NewMessage {
  const text: unknown = input.Message;
  if (typeof text !== 'string' || text === '') throw invalidParameter('Empty message');
  const attributes = readAttributes(input.MessageAttributes || {});
  if (sizeOf(text, attributes) > MAX_SIZE) throw invalidParameter('Message too long');
  const subject = readSubject(input.Subject);
  return {
    texts: readTexts(text, input.MessageStructure),
    ...(subject === undefined ? {} : { subject }),
    attributes,
    ...readOrdering(input, topic),
  };
}

/** Text, and names, types and values of the attributes, in bytes. */
export function sizeOf(text: string, attributes: NewMessage['attributes']): number {
  let size = Buffer.byteLength(text);
  for (const [name, { DataType, StringValue = '', BinaryValue }] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    size += BinaryValue === undefined ? Buffer.byteLength(StringValue) : Buffer.byteLength(BinaryValue, 'base64');
  }
  return size;
}

function readTexts(text: string, structure: unknown): Record<string, string> {
  if (structure === undefined || structure === '') return { default: text };
  if (structure !== 'json') throw invalidParameter('MessageStructure');
  let texts: unknown;
  try {
    texts = JSON.parse(text);
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  if (typeof texts !== 'object' || texts === null || typeof (texts as { default?: unknown }).default !== 'string') {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
  // What is no text is left out, as at AWS.
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => typeof value === 'string'));
}

function readSubject(given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that a subject cannot have.
  const right = typeof given === 'string' && /^[^\s][^\u0000-\u001f\u007f]{0,98}$/.test(given);
  if (!right) throw invalidParameter('Subject');
  return given;
}

function readOrdering(
  input: { readonly MessageGroupId?: unknown; readonly MessageDeduplicationId?: unknown },
  topic: TopicRecord,
): Pick<NewMessage, 'groupId' | 'deduplicationId'> {
  const { MessageGroupId: groupId, MessageDeduplicationId: deduplicationId } = input;
  for (const [name, value] of Object.entries({ MessageGroupId: groupId, MessageDeduplicationId: deduplicationId })) {
    if (value !== undefined && !PLAIN_ID.test(String(value))) {
      throw invalidParameter(
        `${name} Reason: ${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
      );
    }
  }
  if (!isFifo(topic)) {
    if (deduplicationId !== undefined) {
      throw invalidParameter(
        'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
      );
    }
  } else {
    if (groupId === undefined) throw invalidParameter('The MessageGroupId parameter is required for FIFO topics');
    if (deduplicationId === undefined && topic.attributes.ContentBasedDeduplication !== 'true') {
      throw invalidParameter(
        'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      );
    }
  }
  return {
    ...(groupId === undefined ? {} : { groupId: String(groupId) }),
    ...(deduplicationId === undefined ? {} : { deduplicationId: String(deduplicationId) }),
  };
}

function readAttributes(given: Readonly<Record<string, MessageAttribute>>): Record<string, MessageAttribute> {
  return Object.fromEntries(Object.entries(given).map(([name, attribute]) => [name, readAttribute(name, attribute)]));
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html */
function readAttribute(name: string, given: MessageAttribute): MessageAttribute {
  if (!/^[\w.-]{1,256}$/.test(name) || /^\.|\.$|\.\.|^(aws|amazon)\./i.test(name)) {
    throw invalidValue(
      `Invalid message attribute name '${name}'. It can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters, and must not begin with AWS. or Amazon.`,
    );
  }
  refuseUnknown(`sns: the message attribute ${name}`, given, ['DataType', 'StringValue', 'BinaryValue']);
  const { DataType, StringValue, BinaryValue } = given;
  const type = /^(String|Number|Binary)(\.|$)/.exec(DataType ?? '')?.[1];
  if (!type) {
    throw invalidValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const value = type === 'Binary' ? BinaryValue : StringValue;
  if (typeof value !== 'string' || value === '') {
    throw invalidValue(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
    );
  }
  if (type === 'Number' && !Number.isFinite(Number(value))) {
    throw invalidValue(`Could not cast message attribute '${name}' value to number.`);
  }
  if (DataType === 'String.Array' && !isArray(value)) {
    throw invalidValue(
      `Message attribute '${name}' value '${value}' must be a JSON array of strings, numbers, booleans or nulls.`,
    );
  }
  return type === 'Binary' ? { DataType, BinaryValue: value } : { DataType, StringValue: value };
}

function isArray(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((element) => typeof element !== 'object' || element === null);
  } catch {
    return false;
  }
}
