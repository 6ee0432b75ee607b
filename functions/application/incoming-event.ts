import type { DomainEvent } from './aggregates';
import type { Aggregate } from './catalogue';
import type { EventMetadata } from './recorded-event';

/** An event that somebody says has happened, understood and well-formed; whether it may stand, the decider says. */
export type IncomingEvent = {
  readonly aggregate: Aggregate;
  readonly stream: string;
  readonly subject: string;
  readonly id: string;
  readonly source: string;
  readonly schemaVersion: number;
  /** RFC 3339, milliseconds, UTC. */
  readonly time: string;
  /** Its producer gave no time: `time` is that of this put, and another put of the same event has another. */
  readonly timeOfPut?: true;
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly traceparent?: string;
  /** Type and payload, as the decider takes them. */
  readonly event: DomainEvent;
  readonly metadata: EventMetadata;
};
