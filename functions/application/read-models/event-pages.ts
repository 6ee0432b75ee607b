import type { RecordedEvent } from '../recorded-event';

/** A page of one part of the event table. Events of one stream stand together and in order, but where a page ends. */
export type EventPage = {
  readonly events: readonly RecordedEvent[];
  /** Events that were read for it, whether or not they were asked for. */
  readonly read: number;
  /** Where the next page begins: opaque text. Undefined: this was the last one. */
  readonly next?: string;
};

export type EventPart = {
  /** One of `of` parts, from 0. */
  readonly segment: number;
  readonly of: number;
  /** Only streams that begin so: `order#`. */
  readonly prefix?: string;
  /** Only events recorded at this time or later; RFC 3339. */
  readonly since?: string;
};

/** The event table, part by part: for whoever has to read all of it. As stored: what is personal is sealed. */
export interface EventPages {
  /** Consistent: every event that was appended before the call is in its page or a later one. At most 1 MB is read. */
  page(part: EventPart, from?: string): Promise<EventPage>;
  /** About how many events there are. DynamoDB counts every six hours; exact on the local cloud. */
  size(): Promise<number>;
}
