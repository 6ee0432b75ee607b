import type { RecordedEvent } from './recorded-event';

/** A stream as it was read: the only thing that `append` takes, so that nobody writes behind a gap. */
export type LoadedStream = {
  readonly stream: string;
  /**
   * Contiguous, up to `version`. They begin with version 1, or, where `snapshot` cuts the stream short, with the event
   * that carries the snapshot.
   */
  readonly events: readonly RecordedEvent[];
  /** The state behind `events[0]`, so that what is before it need not be read. */
  readonly snapshot?: Snapshot;
  /** The version that the next event follows; 0: there is none yet. */
  readonly version: number;
};

/** What a stream has come to, in the metadata of the event that brought it there. */
export type Snapshot = {
  /** Which code folded it (`reducer-hashes.ts`): another reducer does not trust it, and reads further back. */
  readonly reducer: string;
  readonly state: unknown;
  /** The correlation of the stream's first event. */
  readonly story: string;
  /** The time of the stream's first event, and the latest of any. RFC 3339. */
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** Versions are missing in the middle of it, and stay so: damage, which `orderstream verify` shows. */
export type BrokenStream = Error & { readonly code: 'broken-stream' };

export function isBrokenStream(error: unknown): error is BrokenStream {
  return error instanceof Error && (error as Partial<BrokenStream>).code === 'broken-stream';
}

/** An event to append; the store adds `stream`, `version`, `recordedAt`, `prevHash` and `hash`. */
export type NewEvent = Omit<RecordedEvent, 'stream' | 'version' | 'recordedAt' | 'prevHash' | 'hash'>;

/** Without events: the stream has to stand as it was loaded. */
export type StreamWrite = { readonly loaded: LoadedStream; readonly events: readonly NewEvent[] };

/** What has to be so beside the streams, or is made so, in the transaction of an append. */
export type Claim =
  /** A name that one owner holds at a time (an e-mail address, hashed). Refused when another holds it. */
  | { readonly kind: 'take'; readonly name: string; readonly owner: string }
  /** The owner gives the name up. Refused when it does not hold it. */
  | { readonly kind: 'give-up'; readonly name: string; readonly owner: string }
  /** Nobody has said for good that this event is not to be. Refused when it stands in the Inbox as rejected. */
  | { readonly kind: 'not-rejected'; readonly stream: string; readonly source: string; readonly id: string }
  /** Puts an item in the Inbox. Refused when it is there already. */
  | { readonly kind: 'put-item'; readonly item: InboxItem }
  /** The key of an owner of personal data, from now on without a time limit. Refused when it has or had another one. */
  | { readonly kind: 'new-key'; readonly owner: string; readonly key: Uint8Array }
  /** Destroys the key of an owner, for ever. */
  | { readonly kind: 'destroy-key'; readonly owner: string };

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

/** The streams stood as they were loaded, but these claims did not hold: nothing was written. */
export type ClaimsRefused = Error & { readonly code: 'claims-refused'; readonly claims: readonly Claim[] };

export function isClaimsRefused(error: unknown): error is ClaimsRefused {
  return error instanceof Error && (error as Partial<ClaimsRefused>).code === 'claims-refused';
}

/** The append-only event table. */
export interface EventStore {
  /** The stream, read consistently, contiguous (a read that shows a hole is repeated), from its last snapshot on. */
  load(stream: string): Promise<LoadedStream>;
  /** The stream on the assumption that it has no events; if it has, `append` throws `append-conflict`. */
  assumeEmpty(stream: string): LoadedStream;
  /**
   * Appends all of it, with its claims, or nothing. One event without claims: one conditional put. More: one transaction.
   * Throws `append-conflict` or, if the streams are not to blame, `claims-refused`.
   */
  append(writes: readonly StreamWrite[], claims?: readonly Claim[]): Promise<readonly RecordedEvent[]>;
  /** Where in the part that `loaded` leaves out an event of this identity stands; undefined: nowhere. */
  placeOf(loaded: LoadedStream, event: { readonly source: string; readonly id: string }): Promise<number | undefined>;
  /**
   * Events of a stream behind version `after`, up to and including `upTo`; consistent and contiguous. Throws `broken-stream`
   * where they cannot be.
   */
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

export type InboxKey = Pick<InboxItem, 'stream' | 'state' | 'source' | 'id'>;

/** The Inbox table: what came and is not (or not yet) in a stream. */
export interface Inbox {
  /** Idempotent: of the same stream, state, source and id the first stays, with its time and its deadline. */
  put(item: InboxItem): Promise<void>;
  /** What waits for a stream; consistent. */
  parked(stream: string): Promise<readonly InboxItem[]>;
  /** Parked items whose time is up at `now`, oldest first. */
  expired(now: Date, limit: number): Promise<readonly InboxItem[]>;
  remove(item: InboxKey): Promise<void>;
  /** Whether such an item is there; consistent. */
  has(item: InboxKey): Promise<boolean>;
}

/** Sends parked events to their ingest again. At least once; an item stays parked until the ingest has decided it. */
export interface Redelivery {
  /** `last`: the item has expired; it is decided now or rejected. */
  redeliver(items: readonly InboxItem[], options?: { readonly last?: boolean }): Promise<void>;
}

/**
 * First come, first served, for what many want to write at once. Nobody needs a turn to write rightly (appends are
 * conditional); it spares them losing against each other. One who has a turn leaves before it enters again.
 */
export interface Line {
  /**
   * Resolves when it is the caller's turn at every one of the names; a holder that dies is passed over after a while (2 s).
   * Waiting is bounded (by two thirds of the function's time): then it resolves although it is not the caller's turn, who
   * tries like anybody else.
   */
  enter(names: readonly string[]): Promise<Turn>;
}

/** `leave` never rejects, and may be called more than once. */
export type Turn = { readonly leave: () => Promise<void> };

/** What `Vault.open` gives for data whose key is gone. */
export type Opened = { readonly forgotten: false; readonly value: unknown } | { readonly forgotten: true };

/**
 * Personal data, readable as long as their owner (a stream: `user#<id>`) has a key. What is sealed may stand anywhere for
 * ever; when the key is destroyed nobody can read it any more.
 */
export interface Vault {
  /** The owner's key; `none` yet, or `destroyed` for ever. */
  keyOf(owner: string): Promise<OwnersKey>;
  /** A key for an owner that has none; it becomes theirs by the claim `new-key`. */
  makeKey(): Uint8Array;
  /** A text that `open` makes the value of again. */
  seal(key: Uint8Array, owner: string, value: unknown): string;
  open(key: OwnersKey, owner: string, sealed: string): Opened;
  /**
   * For what cannot wait for a transaction: the owner's key, made now if there is none. With `forMs` a new key lives so
   * long, unless the claim `new-key` makes it one for good. Undefined: destroyed.
   */
  ensureKey(owner: string, forMs?: number): Promise<Uint8Array | undefined>;
}

export type OwnersKey =
  | { readonly state: 'none' }
  | { readonly state: 'there'; readonly key: Uint8Array }
  | { readonly state: 'destroyed' };

/** Hides a text that must be recognised again but not read: the same text always has the same name. */
export interface NameKeeper {
  nameOf(kind: string, text: string): Promise<string>;
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
