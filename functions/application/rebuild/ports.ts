import type { Generation } from '../read-models/generations';
import type { RecordedEvent } from '../recorded-event';

/** A generation of a projection. */
export type Building = { readonly projection: string; readonly generation: number };

/** `build`: the events of one part of the event table go into the generation. `remove`: its rows leave the rows' table. */
export type Task = 'build' | 'remove';

/** One part of the work on a generation, for one worker at a time. */
export type Part = Building & {
  readonly task: Task;
  /** From 0. */
  readonly segment: number;
};

/** How far a part has come. */
export type PartProgress = Part & {
  /** How many parts there are. */
  readonly of: number;
  /** One more with each page: a change is made on the condition that it is still the one that was read. */
  readonly step: number;
  /** Where the next page begins; undefined: at the beginning. */
  readonly from?: string;
  readonly done: boolean;
  /** About how many items this part has to read, as known when it was begun; 0: not known. */
  readonly about: number;
  /** Items read so far. */
  readonly read: number;
  /** Of them, those that the generation is made of: events that it takes, or rows that were removed. */
  readonly taken: number;
  /** Rows written; a stream that is cut by a page's end counts twice. */
  readonly rows: number;
  /** Rows that a fault holds up, counted like `rows`. */
  readonly faulted: number;
  /** When its first page was read, and its last one was done. RFC 3339. */
  readonly startedAt?: string;
  readonly updatedAt?: string;
};

export interface RebuildProgress {
  /** Writes those that are not there yet. */
  begin(parts: readonly PartProgress[]): Promise<void>;
  /** Of one generation, or of all of a projection. Consistent. */
  list(of: { readonly projection: string; readonly generation?: number }): Promise<readonly PartProgress[]>;
  get(part: Part): Promise<PartProgress | undefined>;
  /** Writes `next` if the part still stands as it was read; false: somebody else was first, or it is gone. */
  advance(next: PartProgress, before: PartProgress): Promise<boolean>;
  remove(parts: readonly Part[]): Promise<void>;
}

export interface RebuildQueue {
  /** Each part goes to a worker, at least once. Throws when they could not all be queued. */
  send(parts: readonly Part[], delaySeconds: number): Promise<void>;
}

/** What became of a page of events. */
export type Taken = {
  readonly rows: number;
  readonly faulted: number;
  /** Why, for each stream that failed for a passing reason. The page has to be given again. */
  readonly failed: readonly string[];
};

export type RemovedPage = { readonly read: number; readonly removed: number; readonly next?: string };

/** A projection as a rebuild sees it. */
export interface RebuildTarget {
  /** Only streams that begin so; undefined: all. */
  readonly prefix?: string;
  /** It has no rows of its own for each generation: what is there is written anew in place. */
  readonly inPlace: boolean;
  /** Puts events into a generation. Once or twice, before or behind others of their streams makes no difference. */
  take(generation: Generation, events: readonly RecordedEvent[]): Promise<Taken>;
  /**
   * Of the events of a page, those that the generation is to have which shows what was known at a time. Undefined: there are
   * no such generations of it.
   */
  readonly knownAt?: (
    generation: number,
    asOf: string,
    events: readonly RecordedEvent[],
  ) => Promise<readonly RecordedEvent[]>;
  /** Removes what one part of the table holds of a generation, page by page. Undefined: nothing is there to be removed. */
  readonly remove?: (
    generation: number,
    part: { readonly segment: number; readonly of: number },
    from?: string,
  ) => Promise<RemovedPage>;
}
