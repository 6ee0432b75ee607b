import type { Snapshot } from './ports';

/** An event with its place: one item of the Events table, attribute by attribute. */
export type RecordedEvent = {
  /** `order#<id>`, `inventory#<sku>`, `user#<id>`. */
  readonly stream: string;
  /** 1, 2, 3 … within the stream. */
  readonly version: number;
  /** With `source`: the identity of the event (CloudEvents 1.0), hence the idempotency key. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** The aggregate's id. */
  readonly subject: string;
  readonly schemaVersion: number;
  /** When it happened, by the producer. RFC 3339, milliseconds, UTC. */
  readonly time: string;
  /** When it was appended. RFC 3339, milliseconds, UTC. */
  readonly recordedAt: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** W3C trace context; stream records carry no other. */
  readonly traceparent?: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: EventMetadata;
  /** base64url SHA-256 of the event before it in the stream; empty for version 1. */
  readonly prevHash: string;
  /** base64url SHA-256 of this event, `prevHash` included. */
  readonly hash: string;
};

/** What came with an event besides its payload. */
export type EventMetadata = {
  /**
   * What the fact says beyond `data`, so that a subscriber need not ask back: for an order its user, its status
   * before and after, total and currency. The writer knows it when it appends; the feed only passes it on.
   */
  readonly fact?: Readonly<Record<string, unknown>>;
  /** What the stream has come to with this event, every so often. */
  readonly snapshot?: Snapshot;
  /** The `Idempotency-Key` of the command that caused it. */
  readonly commandId?: string;
  /** CloudEvents extensions and the like, as they came. */
  readonly [name: string]: unknown;
};
