/** The queues that should be empty: what an ingest, a projector or a subscriber could not pass, and what no rule took. */
export const deadLetterQueues = {
  ingest: 'events that an ingest could not be run with',
  views: 'places in streams that project-views could not pass',
  feed: 'places in streams that project-feed could not pass',
  insights: 'facts that the insights could not take',
  rebuild: 'parts of a rebuild that could not be built',
  unrouted: 'events that no rule took',
} as const;

export type DeadLetterQueue = keyof typeof deadLetterQueues;

/** Readers of the stream of events that take up again a place that they are given: `{stream, version}`. */
export type Projector = 'views' | 'feed';

export const projectors: readonly Projector[] = ['views', 'feed'];

/** A message as it lies in a queue, held by who reads it. */
export type Letter = {
  /** Stays the same however often it is received. */
  readonly id: string;
  /** Opaque; what the queue wants in order to delete it or take it back. */
  readonly handle: string;
  readonly body: string;
  /** What the sender said beside the body. */
  readonly attributes: Readonly<Record<string, string>>;
  /** When it was first sent: to this queue, or to the one that it was moved here from. RFC 3339. */
  readonly sentAt: string;
  /** How often it has been received, by whomever. */
  readonly receives: number;
  /** The ARN of the queue that moved it here because it was received too often. */
  readonly movedFrom?: string;
};

export type LetterCount = {
  /** Can be received now. About, as SQS counts. */
  readonly waiting: number;
  /** Held by somebody, who gives it back or deletes it, or loses it after a while. */
  readonly held: number;
};

export type Wanted = {
  /** No more than so many. */
  readonly most?: number;
  /** Only these; all of them are held until then. */
  readonly ids?: ReadonlySet<string>;
  /** How long nobody else is to see them, in seconds. */
  readonly holdSeconds: number;
};

/**
 * SQS cannot be looked into: whoever reads a message holds it, which hides it from everybody else and is counted as a
 * receive. So it is taken, and given back.
 */
export interface LetterQueues {
  count(queue: DeadLetterQueue): Promise<LetterCount>;
  /** Each letter once, in no order. `more`: reading ended at `most`, before the queue did. */
  take(
    queue: DeadLetterQueue,
    wanted: Wanted,
  ): Promise<{ readonly letters: readonly Letter[]; readonly more: boolean }>;
  /** Never throws: what is not given back is there again when its time is over. */
  giveBack(queue: DeadLetterQueue, letters: readonly Letter[]): Promise<void>;
  remove(queue: DeadLetterQueue, letter: Letter): Promise<void>;
}
