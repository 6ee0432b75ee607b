import { invalidParameter, invalidValue, sqsError } from './errors';
import { arnOf, idFromArn, isFifo, type QueueId } from './queue-record';

type Bounds = { readonly min: number; readonly max: number; readonly fallback: number };

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const NUMBERS: Readonly<Record<string, Bounds>> = {
  VisibilityTimeout: { min: 0, max: 43_200, fallback: 30 },
  MaximumMessageSize: { min: 1_024, max: 1_048_576, fallback: 1_048_576 },
  MessageRetentionPeriod: { min: 60, max: 1_209_600, fallback: 345_600 },
  DelaySeconds: { min: 0, max: 900, fallback: 0 },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: 20, fallback: 0 },
  KmsDataKeyReusePeriodSeconds: { min: 60, max: 86_400, fallback: 300 },
};

const FIFO_CHOICES: Readonly<Record<string, readonly string[]>> = {
  FifoQueue: ['true'],
  ContentBasedDeduplication: ['false', 'true'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
};

/** Attributes that go away when they are set to the empty string. */
const CLEARABLE = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId'];

const READ_ONLY = [
  'QueueArn',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
];

/** What a queue does, read from its attributes. Times in milliseconds. */
export type QueueSettings = {
  readonly visibilityTimeout: number;
  readonly maximumMessageSize: number;
  readonly retention: number;
  readonly delay: number;
  /** Seconds. */
  readonly receiveWait: number;
  readonly policy: object | undefined;
  readonly redrive: RedrivePolicy | undefined;
  readonly redriveAllow: RedriveAllowPolicy | undefined;
  readonly contentBasedDeduplication: boolean;
  readonly deduplicatePerGroup: boolean;
  /** As it was given: id, ARN or alias. */
  readonly kmsKeyId: string | undefined;
};

export type RedrivePolicy = { readonly deadLetterArn: string; readonly maxReceiveCount: number };

type RedriveAllowPolicy = {
  readonly permission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sourceArns: readonly string[];
};

export type AttributeMap = Readonly<Record<string, string>>;

export function settingsOf(attributes: AttributeMap): QueueSettings {
  const number = (name: string) => Number(attributes[name] ?? NUMBERS[name]?.fallback);
  return {
    visibilityTimeout: number('VisibilityTimeout') * 1_000,
    maximumMessageSize: number('MaximumMessageSize'),
    retention: number('MessageRetentionPeriod') * 1_000,
    delay: number('DelaySeconds') * 1_000,
    receiveWait: number('ReceiveMessageWaitTimeSeconds'),
    policy: attributes.Policy ? (JSON.parse(attributes.Policy) as object) : undefined,
    redrive: attributes.RedrivePolicy ? readRedrivePolicy(attributes.RedrivePolicy) : undefined,
    redriveAllow: attributes.RedriveAllowPolicy ? readRedriveAllowPolicy(attributes.RedriveAllowPolicy) : undefined,
    contentBasedDeduplication: attributes.ContentBasedDeduplication === 'true',
    deduplicatePerGroup: attributes.DeduplicationScope === 'messageGroup',
    kmsKeyId: attributes.KmsMasterKeyId,
  };
}

/** The configurable attributes with their defaults, as `GetQueueAttributes` shows them. */
export function withDefaults(id: QueueId, attributes: AttributeMap): AttributeMap {
  const withKey = attributes.KmsMasterKeyId !== undefined;
  const defaults: Record<string, string> = { SqsManagedSseEnabled: String(!withKey) };
  for (const [name, { fallback }] of Object.entries(NUMBERS)) {
    if (withKey || !name.startsWith('Kms')) defaults[name] = String(fallback);
  }
  if (isFifo(id)) for (const [name, [first]] of Object.entries(FIFO_CHOICES)) defaults[name] = first as string;
  return { ...defaults, ...attributes };
}

export const isKnownAttribute = (name: string): boolean =>
  name in NUMBERS || name in FIFO_CHOICES || [...CLEARABLE, ...READ_ONLY, 'SqsManagedSseEnabled'].includes(name);

/** `current` with `changes` put in, or AWS's error for the first that cannot be. */
export function changeAttributes(
  id: QueueId,
  current: AttributeMap,
  changes: AttributeMap,
  exists: (queue: QueueId) => boolean,
): AttributeMap {
  const changed: Record<string, string> = { ...current };
  for (const [name, given] of Object.entries(changes)) {
    const value = String(given);
    if (CLEARABLE.includes(name) && value === '') delete changed[name];
    else changed[name] = checked(id, name, value, exists);
  }
  if (changes.KmsMasterKeyId && changes.SqsManagedSseEnabled === 'true') {
    throw sqsError(
      'InvalidAttributeValue',
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    );
  }
  // Whichever kind is asked for takes the place of the other.
  if (changes.KmsMasterKeyId) delete changed.SqsManagedSseEnabled;
  else if (changes.SqsManagedSseEnabled === 'true') delete changed.KmsMasterKeyId;
  if (changed.FifoThroughputLimit === 'perMessageGroupId' && changed.DeduplicationScope !== 'messageGroup') {
    throw sqsError(
      'InvalidAttributeValue',
      'Invalid value for the parameter FifoThroughputLimit. Reason: perMessageGroupId is allowed only when DeduplicationScope is messageGroup.',
    );
  }
  return changed;
}

function checked(id: QueueId, name: string, value: string, exists: (queue: QueueId) => boolean): string {
  const bounds = NUMBERS[name];
  if (bounds) {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < bounds.min || number > bounds.max) throw invalidAttribute(name);
    return String(number);
  }
  const choices = FIFO_CHOICES[name];
  if (choices) {
    if (!isFifo(id)) {
      // FifoQueue is not an attribute of standard queues at all, not even as "false".
      throw sqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    }
    if (!choices.includes(value)) throw invalidAttribute(name);
    return value;
  }
  switch (name) {
    case 'Policy':
      if (!isJsonObject(value)) throw invalidAttribute(name);
      return value;
    case 'SqsManagedSseEnabled':
      if (value !== 'true' && value !== 'false') throw invalidAttribute(name);
      return value;
    case 'RedrivePolicy':
      return checkedRedrivePolicy(id, value, exists);
    case 'RedriveAllowPolicy':
      readRedriveAllowPolicy(value);
      return value;
    case 'KmsMasterKeyId':
      // Whether there is such a key is found out when it is used.
      return value;
    default:
      throw sqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
}

const invalidAttribute = (name: string) =>
  sqsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function readRedrivePolicy(text: string): RedrivePolicy {
  const invalid = (reason: string) => invalidValue(text, 'RedrivePolicy', reason);
  if (!isJsonObject(text)) throw invalid('Redrive policy is not a valid JSON map.');
  const { deadLetterTargetArn, maxReceiveCount, ...others } = JSON.parse(text) as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown) throw invalid(`Unknown field in redrive policy: ${unknown}.`);
  if (typeof deadLetterTargetArn !== 'string')
    throw invalid('Redrive policy does not contain mandatory attribute: deadLetterTargetArn.');
  const count = maxReceiveCount === undefined ? 10 : Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1_000) {
    throw invalid(
      `Invalid value for maxReceiveCount: ${maxReceiveCount}, valid values are from 1 to 1000 both inclusive.`,
    );
  }
  return { deadLetterArn: deadLetterTargetArn, maxReceiveCount: count };
}

function checkedRedrivePolicy(id: QueueId, text: string, exists: (queue: QueueId) => boolean): string {
  const { deadLetterArn } = readRedrivePolicy(text);
  const invalid = (reason: string) => invalidValue(text, 'RedrivePolicy', reason);
  const target = idFromArn(deadLetterArn);
  if (!target) throw invalid('Invalid value for deadLetterTargetArn.');
  if (isFifo(target) !== isFifo(id)) throw invalid('Dead-letter queue must be same type of queue as the source.');
  if (target.region !== id.region) throw invalid('Dead-letter target owner should be same as the source.');
  if (arnOf(id) === deadLetterArn) throw invalid('Dead-letter queue must not be the source queue itself.');
  if (!exists(target)) throw invalid('Dead letter target does not exist.');
  return text;
}

function readRedriveAllowPolicy(text: string): RedriveAllowPolicy {
  const invalid = (reason: string) => invalidValue(text, 'RedriveAllowPolicy', reason);
  if (!isJsonObject(text)) throw invalid('RedriveAllowPolicy is not a valid JSON map.');
  const { redrivePermission, sourceQueueArns } = JSON.parse(text) as Record<string, unknown>;
  if (redrivePermission !== 'allowAll' && redrivePermission !== 'denyAll' && redrivePermission !== 'byQueue') {
    throw invalid('Invalid value for redrivePermission.');
  }
  const named = Array.isArray(sourceQueueArns) && sourceQueueArns.every((arn) => typeof arn === 'string');
  if (redrivePermission === 'byQueue' ? !named || sourceQueueArns.length > 10 : sourceQueueArns !== undefined) {
    throw invalidParameter(
      'sourceQueueArns must name 1 to 10 queues when redrivePermission is byQueue, and only then.',
    );
  }
  return { permission: redrivePermission, sourceArns: named ? (sourceQueueArns as string[]) : [] };
}

/** Whether `deadLetters` lets `source` use it as its dead-letter queue. */
export function allowsRedriveFrom(deadLetters: QueueSettings, source: QueueId): boolean {
  const { redriveAllow } = deadLetters;
  if (!redriveAllow || redriveAllow.permission === 'allowAll') return true;
  return redriveAllow.permission === 'byQueue' && redriveAllow.sourceArns.includes(arnOf(source));
}
