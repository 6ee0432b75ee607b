import type { RecordedEvent } from './recorded-event';

/** A stream as it was read: the only thing that `append` takes, so that nobody writes behind a gap. */
export type LoadedStream = {
  readonly stream: string;
  /** Versions 1..n, contiguous. */
  readonly events: readonly RecordedEvent[];
  /** `events.length`: the version that the next event follows. */
  readonly version: number;
};

/** An event to append; the store adds `stream`, `version`, `recordedAt`, `prevHash` and `hash`. */
export type NewEvent = Omit<RecordedEvent, 'stream' | 'version' | 'recordedAt' | 'prevHash' | 'hash'>;

export type StreamWrite = { readonly loaded: LoadedStream; readonly events: readonly NewEvent[] };

/** Somebody else appended first: reload and decide again. */
export type AppendConflict = Error & {
  readonly code: 'append-conflict';
  readonly streams: readonly string[];
  /** What stands in the way, where the store knows it without another read. */
  readonly existing?: RecordedEvent;
};

export function isAppendConflict(error: unknown): error is AppendConflict {
  return error instanceof Error && (error as Partial<AppendConflict>).code === 'append-conflict';
}

/** The append-only event table. */
export interface EventStore {
  /** The whole stream, read consistently, contiguous (a read that shows a hole is repeated). */
  load(stream: string): Promise<LoadedStream>;
  /** The stream on the assumption that it has no events; if it has, `append` throws `append-conflict`. */
  assumeEmpty(stream: string): LoadedStream;
  /** Appends all of it or nothing. One event: one conditional put. More: one transaction. Throws `append-conflict`. */
  append(writes: readonly StreamWrite[]): Promise<readonly RecordedEvent[]>;
  /** Events of a stream behind version `after`, up to and including `upTo`; consistent and contiguous. */
  readRange(stream: string, after: number, upTo?: number): Promise<readonly RecordedEvent[]>;
  /** Events by their places, in the order asked; a place without an event is left out. */
  readMany(places: readonly { readonly stream: string; readonly version: number }[]): Promise<readonly RecordedEvent[]>;
}

export type InboxState = 'parked' | 'rejected' | 'refused';

/** One reason why an event can never be valid: which field, which value, what would be right. */
export type Problem = { readonly field: string; readonly value?: unknown; readonly expected: string };

/**
 * An event that is not in the event table: before its turn (`parked`), never valid (`rejected`); or a command that
 * was turned down (`refused`).
 */
export type InboxItem = {
  /** The stream it was meant for; `unaddressed#<id>` when it names none. */
  readonly stream: string;
  readonly state: InboxState;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** One sentence for a person. */
  readonly reason: string;
  readonly problems?: readonly Problem[];
  /** The event as it came: the EventBridge envelope, or the command. */
  readonly event: unknown;
  /** When it was put here. RFC 3339. */
  readonly at: string;
  /** Parked: the version that the stream must reach before it can be decided. */
  readonly dueAtVersion?: number;
  /** Parked: when the sweep decides it a last time. RFC 3339. */
  readonly parkedUntil?: string;
};

/** The Inbox table: what came and is not (or not yet) in a stream. */
export interface Inbox {
  /** Idempotent: of the same stream, state, source and id the first stays, with its time and its deadline. */
  put(item: InboxItem): Promise<void>;
  /** What waits for a stream; consistent. */
  parked(stream: string): Promise<readonly InboxItem[]>;
  /** Parked items whose time is up at `now`, oldest first. */
  expired(now: Date, limit: number): Promise<readonly InboxItem[]>;
  remove(item: Pick<InboxItem, 'stream' | 'state' | 'source' | 'id'>): Promise<void>;
}

/** Sends parked events to their ingest again. At least once; an item stays parked until the ingest has decided it. */
export interface Redelivery {
  /** `last`: the item has expired; it is decided now or rejected. */
  redeliver(items: readonly InboxItem[], options?: { readonly last?: boolean }): Promise<void>;
}

/** A fact as it goes on the bus: `Source` is `orderstream`, `DetailType` the type, `detail` a CloudEvent. */
export type Fact = { readonly type: string; readonly time: string; readonly detail: Readonly<Record<string, unknown>> };

export interface FactPublisher {
  /**
   * Publishes all of them, ten a call. Entries that fail for a passing reason are tried again; resolves with the
   * indexes (into `facts`) of those that the bus would not take, and why.
   */
  publish(
    facts: readonly Fact[],
  ): Promise<readonly { readonly index: number; readonly error: string; readonly retryable: boolean }[]>;
}

/** Time, ids and randomness of everything that is otherwise pure. */
export type Effects = {
  readonly now: () => Date;
  /** UUIDv7. */
  readonly newId: () => string;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
};
