/** A message attribute as it came over the wire: binary values are base64. */
export type MessageAttribute = {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
};

/** A message as a topic takes it. */
export type NewMessage = {
  /** By protocol, with `default` for those that have no text of their own. */
  readonly texts: Readonly<Record<string, string>>;
  readonly subject?: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** The X-Ray header that queues are handed on. */
  readonly traceHeader?: string;
};

/** A message of a topic. */
export type Message = NewMessage & {
  readonly id: string;
  /** Of FIFO topics. */
  readonly sequenceNumber?: string;
  /** Milliseconds since 1970. */
  readonly publishedAt: number;
};

export const textFor = ({ texts }: NewMessage, protocol: string): string => texts[protocol] ?? texts.default ?? '';
