import type { WatchedQueue } from './watched-queues';

/** The counter of all that was ever processed or went wrong; generation 0. The insights add `processed` and `processingMs` to it. */
export const monitorTotal = { series: 'monitor', key: 'total' } as const;

/** What a function logged as an error, in the words of the log. */
export type NotedError = {
  readonly function: string;
  /** RFC 3339. */
  readonly time: string;
  /** What went wrong, as the log line says. */
  readonly message: string;
  /** The error's name and message, cut where it gets long. */
  readonly error: string;
};

/**
 * Counts facts of orders as they are published: only those have a subscriber that counts them as processed. A count is made
 * beside the publishing.
 */
export interface PublishedTally {
  /** So many that were counted have not been taken by the bus. */
  takeOff(untaken: number): void;
}

export interface PublishedFacts {
  /** How many were ever published. Consistent. */
  count(): Promise<number>;
  /** Keeps the reading short. To be called now and then. */
  tidy(): Promise<void>;
}

export interface ErrorNotes {
  /** Keeps them for seven days. */
  note(errors: readonly NotedError[]): Promise<void>;
}

export interface ErrorReader {
  /** Newest first. Consistent. */
  latest(limit: number): Promise<readonly NotedError[]>;
}

/** About, as SQS counts: its figures follow within a minute. */
export type QueueLength = {
  readonly visible: number;
  /** Received by somebody who has not deleted them yet. */
  readonly inFlight: number;
  readonly delayed: number;
};

export type QueueLengthsByName = Readonly<Record<WatchedQueue, QueueLength>>;

export interface QueueLengths {
  read(): Promise<QueueLengthsByName>;
}

/** What the last look at a dead-letter queue saw. */
export type Look = {
  readonly count: number;
  /** Numbers the looks at this queue that saw something new: 1, 2, 3 … */
  readonly serial: number;
};

export interface Looks {
  /** The last look at each queue that has been looked at. Consistent. */
  last(): Promise<Readonly<Partial<Record<WatchedQueue, Look>>>>;
  /** Does nothing where somebody else has already written this look or a later one. */
  remember(queue: WatchedQueue, look: Look): Promise<void>;
}
