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

/** Where a row stands: a stream has one in each generation of its projection. */
export type RowPlace = { readonly stream: string; readonly generation: number };

export type PlacedRow = RowPlace & { readonly row: ViewRow };

/** The rows of the Views table that streams feed, by their stream and generation. */
export interface ViewRows {
  /** Consistent. Places without a row are left out; a place may be named once only. */
  getMany(places: readonly RowPlace[]): Promise<readonly PlacedRow[]>;
  /**
   * Writes the row if it still stands as it was read (`before`: its version and its fault; undefined: no row).
   * Throws `row-refused`, or whatever passing fault the table had.
   */
  put(generation: number, row: ViewRow, before: ViewRow | undefined): Promise<PutOutcome>;
}

/** The rows that readers are shown: those of the live generations. */
export interface LiveRows {
  /** Consistent. Streams without a row are left out; a stream may be named once only. */
  getMany(streams: readonly string[]): Promise<ReadonlyMap<string, ViewRow>>;
}

/** `read`: items read for it, whether or not they are rows. */
export type RowPage = { readonly rows: readonly PlacedRow[]; readonly read: number; readonly next?: string };

/** The rows as they lie in the table, for who reads all of them. */
export interface StoredRows {
  /**
   * One of `of` parts of the rows, page by page, of all generations; the rows of a stream stand together but where a page
   * ends. Eventually consistent.
   */
  segment(segment: number, of: number): AsyncIterable<readonly PlacedRow[]>;
  /** One page of such a part, for who has to remember how far it has come: `next` is opaque text, undefined behind the last one. */
  page(part: { readonly segment: number; readonly of: number }, from?: string): Promise<RowPage>;
  /** Removes rows, whatever they are. */
  remove(places: readonly RowPlace[]): Promise<void>;
}

/** What the indexes over the rows answer; eventually consistent. */
export interface ViewLists {
  /** Last updated first, of all the statuses given. */
  ordersByStatus(generation: number, statuses: readonly OrderStatus[], page: PageRequest): Promise<Page<OrderSummary>>;
  /** Last created first. */
  ordersByUser(generation: number, userId: string, page: PageRequest): Promise<Page<OrderSummary>>;
  /** Orders of one status that were last updated before `before` (RFC 3339), longest ago first. */
  longestInStatus(
    generation: number,
    status: OrderStatus,
    before: string,
    limit: number,
  ): Promise<readonly OrderSummary[]>;
  /** Rows that carry a fault, in whatever generation: at most `limit` of them. */
  faulted(limit: number): Promise<readonly PlacedRow[]>;
  /** Every stream with such a row, each at least once. */
  faultedStreams(): AsyncIterable<string>;
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
