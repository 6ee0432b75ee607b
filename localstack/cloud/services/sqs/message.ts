/** A message attribute as it came over the wire: binary values are base64. */
export type MessageAttribute = {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
};

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** What of a message never changes. Kept in the store only. */
export type MessageContent = {
  readonly body: string;
  readonly md5: string;
  readonly attributes?: MessageAttributes;
  /** `AWSTraceHeader`, the only one that senders may set. */
  readonly traceHeader?: string;
  readonly senderId: string;
  /** The hop in the trace that brought it here. */
  readonly cause?: string;
};

/** What of a message changes, or is needed to choose the next one. Kept in memory too. */
export type MessageState = {
  /** Order in its queue. */
  readonly seq: number;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  /** When it can be received (again). */
  visibleAt: number;
  /** How often it was received from this queue, and from the queue before, when it is a dead letter. */
  receives: number;
  readonly receivedBefore: number;
  firstReceivedAt?: number;
  receivedAt?: number;
  /** Part of the newest receipt handle. */
  nonce?: string;
  readonly group?: string;
  readonly deduplicationId?: string;
  /** ARN of the queue that it is a dead letter of. */
  readonly deadLetterOf?: string;
  /** The adversary has given it twice already. */
  duplicated?: boolean;
};

export const sequenceNumber = (seq: number): string => String(10_000_000_000_000_000_000n + BigInt(seq));

/** `queue/seq/nonce`; opaque to callers. */
export const receiptHandle = (queueKey: string, seq: number, nonce: string | undefined): string =>
  Buffer.from(`${queueKey}#${seq}#${nonce}`).toString('base64');

/** Undefined when it is no handle of this queue. */
export function readReceiptHandle(queueKey: string, handle: string): { seq: number; nonce: string } | undefined {
  const [key, seq, nonce, ...rest] = Buffer.from(handle, 'base64').toString('utf8').split('#');
  if (key !== queueKey || !seq || !/^\d+$/.test(seq) || !nonce || rest.length > 0) return undefined;
  return { seq: Number(seq), nonce };
}
