import type { Fault } from '../read-models/rows';

/** One field that is not as it should be. Undefined: it should not be there, or is not. */
export type Difference = { readonly field: string; readonly expected?: unknown; readonly found?: unknown };

/** Something in a read model that is not the fold of the event table. */
export type ProjectionFinding = {
  /** The projection's name; `feed`. */
  readonly projection: string;
  /** Of a row: the copy that it stands in. */
  readonly generation?: number;
  readonly stream: string;
  readonly kind: FindingKind;
  /** Where the row stands; 0: there is none. Of a row of the feed: the event's. */
  readonly version: number;
  /** The stream's version when it was looked at. */
  readonly newest: number;
  /** Of a row of the feed: the event's id. */
  readonly id?: string;
  readonly fields?: readonly Difference[];
  readonly fault?: Fault;
  /** When the first event that is not in it, or wrong in it, was recorded; of a row that is behind or missing, and of the feed. RFC 3339. */
  readonly since?: string;
};

export type FindingKind =
  /** The fold up to the row's version is another row. */
  | 'differs'
  /** The stream has moved on, and the row has not. */
  | 'behind'
  /** The row has seen more than the stream has. */
  | 'ahead'
  /** The stream has events, and no row. */
  | 'missing'
  /** The row is right, and stands at an event that its projection could not pass. */
  | 'faulted'
  /** There is no such event, and a row of it. */
  | 'orphan'
  /** The stream has a hole, so nobody can fold it. */
  | 'unreadable';
