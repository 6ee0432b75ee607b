import { md5OfAttributes } from './digests';
import { type MessageAttributes, sequenceNumber } from './message';
import type { Received } from './queue';

const STANDARD = ['SenderId', 'SentTimestamp', 'ApproximateReceiveCount', 'ApproximateFirstReceiveTimestamp'];
const OTHERS = [
  'SequenceNumber',
  'MessageDeduplicationId',
  'MessageGroupId',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
];

export const isSystemAttribute = (name: string): boolean => name === 'All' || [...STANDARD, ...OTHERS].includes(name);

/** Every system attribute that the message has. */
export function systemAttributes({ state, content }: Received): Record<string, string> {
  const optional = {
    SequenceNumber: state.deduplicationId === undefined ? undefined : sequenceNumber(state.seq),
    MessageDeduplicationId: state.deduplicationId,
    MessageGroupId: state.group,
    AWSTraceHeader: content.traceHeader,
    DeadLetterQueueSourceArn: state.deadLetterOf,
  };
  const attributes: Record<string, string> = {
    SenderId: content.senderId,
    SentTimestamp: String(Math.floor(state.sentAt)),
    ApproximateReceiveCount: String(state.receives + state.receivedBefore),
    ApproximateFirstReceiveTimestamp: String(Math.floor(state.firstReceivedAt ?? state.sentAt)),
  };
  for (const [name, value] of Object.entries(optional)) if (value !== undefined) attributes[name] = value;
  return attributes;
}

/** As `ReceiveMessage` shows a message: with the attributes that the caller asked for. */
export function toMessage(received: Received, systemNames: readonly string[], names: readonly string[]): object {
  const { state, content, handle } = received;
  const system = pick(systemAttributes(received), (name) => systemNames.includes('All') || systemNames.includes(name));
  const user = pick(content.attributes ?? {}, (name) => names.some((asked) => isAskedFor(name, asked)));
  return {
    MessageId: state.id,
    ReceiptHandle: handle,
    MD5OfBody: content.md5,
    Body: content.body,
    ...(system ? { Attributes: system } : {}),
    ...(user ? { MD5OfMessageAttributes: md5OfAttributes(user as MessageAttributes), MessageAttributes: user } : {}),
  };
}

const isAskedFor = (name: string, asked: string): boolean =>
  asked === 'All' || asked === name || (asked.endsWith('.*') && name.startsWith(asked.slice(0, -2)));

function pick<T>(all: Readonly<Record<string, T>>, wanted: (name: string) => boolean): Record<string, T> | undefined {
  const entries = Object.entries(all).filter(([name]) => wanted(name));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
