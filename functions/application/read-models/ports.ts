import type { OrderStatus } from '../../domain/order';
import type { FeedRow, Place } from './feed-row';
import type { Page, PageRequest } from './page';
import type { OrderSummary, ViewRow } from './rows';

export type PutOutcome =
  | { readonly written: true }
  /** Somebody else wrote first; `current` is the row as it stands now. */
  | { readonly written: false; readonly current: ViewRow | undefined };

/** A row that can never be written (too large, a key of the wrong form): trying again does not help. */
export type RowRefused = Error & { readonly code: 'row-refused' };

export function isRowRefused(error: unknown): error is RowRefused {
  return error instanceof Error && (error as Partial<RowRefused>).code === 'row-refused';
}

/** The rows of the Views table that streams feed, by their stream. */
export interface ViewRows {
  /** Consistent. Streams without a row are left out; a stream may be named once only. */
  getMany(streams: readonly string[]): Promise<ReadonlyMap<string, ViewRow>>;
  /**
   * Writes the row if it still stands as it was read (`before`: its version and its fault; undefined: no row).
   * Throws `row-refused`, or whatever passing fault the table had.
   */
  put(row: ViewRow, before: ViewRow | undefined): Promise<PutOutcome>;
}

/** What the indexes over the rows answer; eventually consistent. */
export interface ViewLists {
  /** Last updated first, of all the statuses given. */
  ordersByStatus(statuses: readonly OrderStatus[], page: PageRequest): Promise<Page<OrderSummary>>;
  /** Last created first. */
  ordersByUser(userId: string, page: PageRequest): Promise<Page<OrderSummary>>;
  /** Rows that carry a fault: at most `limit` of them. */
  faulted(limit: number): Promise<readonly ViewRow[]>;
}

export interface FeedWriter {
  /**
   * Idempotent: the same event overwrites its own row. Resolves with the rows that can never be written, and why;
   * throws when the table does not take them now.
   */
  put(rows: readonly FeedRow[]): Promise<readonly { readonly row: FeedRow; readonly error: string }[]>;
}

/** Newest recorded first, but for a correlation, which is told in the order recorded. Eventually consistent. */
export interface FeedReader {
  newest(page: PageRequest): Promise<Page<FeedRow>>;
  byType(type: string, page: PageRequest): Promise<Page<FeedRow>>;
  byCorrelation(correlationId: string, page: PageRequest): Promise<Page<FeedRow>>;
  /** Every event with this id: producers may have used the same one. At most 100. */
  byId(id: string): Promise<readonly FeedRow[]>;
  /** Which of these the feed has; consistent. */
  present(rows: readonly FeedRow[]): Promise<readonly FeedRow[]>;
}

/** An event that a projector cannot pass: by its place, never as a pointer into the stream (those die after 24 h). */
export type ProjectionDeadLetter = Place & { readonly error: string };

export interface ProjectionDeadLetters {
  /** Throws when they could not all be queued. */
  send(letters: readonly ProjectionDeadLetter[]): Promise<void>;
}
