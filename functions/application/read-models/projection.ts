import type { Snapshot } from '../ports';
import type { RecordedEvent } from '../recorded-event';
import type { ViewRow } from './rows';

/** A fold of the events of one kind of stream into one row each. */
export type Projection<Row extends ViewRow = ViewRow> = {
  readonly name: string;
  /** 1, 2, 3 …: one more whenever the fold makes other rows of the same events. Rows are of one revision, never of a mixture. */
  readonly revision: number;
  /** `order#`: the streams that it folds. */
  readonly prefix: string;
  /** Pure. Throws on an event that it cannot read; the row then stands where it was. */
  readonly fold: (row: Row | undefined, event: RecordedEvent) => Row;
  /** The row behind an event that carries a snapshot, for streams that grow long. */
  readonly fromSnapshot?: (event: RecordedEvent, snapshot: Snapshot) => Row;
};
