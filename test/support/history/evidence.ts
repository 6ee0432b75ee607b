import type { RecordedEvent } from '../../../functions/application/recorded-event';
import type { ProjectionFinding } from '../../../functions/application/verify/findings';
import type { History } from './history';

/** An item of the Inbox table, as it is. */
export type InboxRow = {
  readonly stream: string;
  readonly entry: string;
  readonly state?: 'parked' | 'rejected' | 'refused';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly reason: string;
  /** Of the claim on a name: who holds it. */
  readonly owner?: string;
  readonly problems?: readonly { readonly field: string }[];
  // biome-ignore lint/suspicious/noExplicitAny: as it came.
  readonly event?: any;
};

/** What a client was told about a command, once. */
export type Answer = {
  /** Place in the history's commands. */
  readonly command: number;
  readonly status: number;
  /** By the ETag. */
  readonly version?: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API answers.
  readonly body: any;
};

/** A fact as a subscriber gets it. */
export type ReceivedFact = {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the judge says what it has to be.
  readonly detail: any;
};

/** All that can be seen of a history when everything has come to rest. */
export type Evidence = {
  readonly history: History;
  /** For each event of the history, the ids under which the bus has taken it: one, or for a bare payload that of each put. */
  readonly ids: readonly (readonly string[])[];
  readonly answers: readonly Answer[];
  /** The Events table. */
  readonly recorded: readonly RecordedEvent[];
  readonly inbox: readonly InboxRow[];
  /** The Views table, read models and feed. */
  readonly views: readonly Readonly<Record<string, unknown>>[];
  /** What the product's own checker has found. */
  readonly verified: readonly ProjectionFinding[];
  readonly facts: readonly ReceivedFact[];
  /** Identities in the queue of unrouted events. */
  readonly unrouted: readonly { readonly source: string; readonly id: string }[];
  readonly deadLetters: readonly string[];
  /** What went wrong while it ran: never at rest, a failure that no fault explains. */
  readonly failures: readonly string[];
};
