import type { JsonObject } from '../json';
import type { Letter } from './queues';

/** Records of the stream of the Events table, by where they stand in it. They can be read for 24 hours. */
export type StreamRange = {
  readonly streamArn: string;
  readonly shardId: string;
  readonly firstSequenceNumber: string;
  readonly lastSequenceNumber: string;
  /** When they came into the stream; RFC 3339, whole seconds. */
  readonly firstArrival: string;
  readonly lastArrival: string;
  readonly records: number;
};

/** What a letter is about. */
export type LetterContent =
  /** An event that a producer put: the EventBridge envelope, or what is sealed in its place. */
  | {
      readonly kind: 'event';
      readonly envelope: JsonObject;
      /** What else the ingest is to know of it: `parked`, `last`, `retried`. */
      readonly beside: JsonObject;
    }
  /** A fact of ours, in its envelope. */
  | { readonly kind: 'fact' }
  | { readonly kind: 'place'; readonly stream: string; readonly version: number }
  | { readonly kind: 'range'; readonly range: StreamRange }
  /** A piece of work that only its reader understands. */
  | { readonly kind: 'work'; readonly says: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Who put it there. */
export type Undertaker =
  /** EventBridge: the target of a rule could not be reached. */
  | 'rule'
  /** EventBridge: a rule for what no other rule takes. */
  | 'catch-all'
  /** Lambda: the function failed with it too often. */
  | 'function'
  /** Lambda: a batch of the stream failed for too long. */
  | 'stream'
  /** SQS: it was received too often. */
  | 'queue'
  /** The projector itself. */
  | 'projector';

/** A letter, understood. Nothing in it but `letter` and `content` is anybody's payload. */
export type DeadLetter = {
  readonly letter: Letter;
  readonly by: Undertaker;
  readonly content: LetterContent;
  readonly stream?: string;
  readonly version?: number;
  readonly event?: {
    readonly id: string;
    readonly source: string;
    readonly type: string;
    /** When it happened; RFC 3339, as it came. */
    readonly time: string;
  };
  readonly error?: string;
  /** When it was given up, or, where nobody says, when it was sent. RFC 3339. */
  readonly since: string;
};
