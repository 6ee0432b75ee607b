import type { Increment } from './ports';
import type { Visit } from './transitions';

/** What has been counted of a stream: all versions up to `upTo`, and those of `ahead`. */
export type Mark = {
  readonly stream: string;
  /** 1, 2, 3 …: one more with each write. */
  readonly revision: number;
  readonly upTo: number;
  /** The visit of version `upTo`, for how long it lasts. */
  readonly last?: Visit;
  /** Versions above `upTo` that came before their turn. */
  readonly ahead: ReadonlyMap<number, Visit>;
};

export type MarkChange = { readonly before: Mark | undefined; readonly after: Mark };

/** An increment, in a generation of the counters. */
export type Count = { readonly generation: number; readonly increment: Increment };

/** DynamoDB's limit on a transaction: marks and counters together (API reference of TransactWriteItems). */
export const LEDGER_LIMIT = 100;

export type CommitOutcome =
  | { readonly kind: 'committed' }
  /** Somebody else has written a mark since it was read, or is writing one of the rows now. Nothing was written. */
  | { readonly kind: 'conflict' }
  /** It can never be written as it is. Nothing was written. */
  | { readonly kind: 'refused'; readonly error: Error };

/** Counts, and the marks of what has been counted, in one. */
export interface Ledger {
  /** Consistent. Streams without a mark are left out; a stream may be named once only. */
  read(generation: number, streams: readonly string[]): Promise<ReadonlyMap<string, Mark>>;
  /**
   * All of it or nothing: the marks (of this generation, each on the condition that it stands as it was before) and the counts,
   * at most one for a row. Throws when it cannot be known: then it was written or not.
   */
  commit(generation: number, changes: readonly MarkChange[], counts: readonly Count[]): Promise<CommitOutcome>;
}
