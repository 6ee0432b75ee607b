import type { FeedRow } from '../read-models/feed-row';
import type { PlacedRow, RowPlace } from '../read-models/ports';
import type { Difference } from './findings';

/** `astray`: keys of lists that are not those of such a row, so that it stands in the wrong list, or in none. */
export type StoredRow = PlacedRow & { readonly astray?: readonly Difference[] };

export type StoredFeedRow = { readonly row: FeedRow; readonly astray?: readonly Difference[] };

/** The Views table as it lies there, for who checks all of it. */
export interface StoredViews {
  /** Consistent. Places without a row are left out; a place may be named once only. */
  rows(places: readonly RowPlace[]): Promise<readonly StoredRow[]>;
  /** What stands where each of these should; undefined: nothing. Consistent, in the order asked; each once only. */
  feedRows(rows: readonly FeedRow[]): Promise<readonly (StoredFeedRow | undefined)[]>;
  /** One of `of` parts of the table, page by page, rows of all generations. Eventually consistent. */
  segment(
    segment: number,
    of: number,
  ): AsyncIterable<{ readonly rows: readonly PlacedRow[]; readonly feed: readonly FeedRow[] }>;
}
