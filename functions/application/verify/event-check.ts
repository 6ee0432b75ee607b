import type { RecordedEvent } from '../recorded-event';

/** Something that is to be what the events come to. */
export interface EventCheck {
  /** For one of the parts of the event table, which are read side by side. */
  part(): PartCheck;
}

export interface PartCheck {
  /** In the order of the table: events of a stream come together and in order, or, if ever they do not, are read again. */
  take(events: readonly RecordedEvent[]): Promise<void>;
  /** There are no more. */
  end(): Promise<void>;
}

const A_CALL = 100;

/** So many at a time as a call takes keys. */
export const batchesOf = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / A_CALL) }, (_, i) => items.slice(i * A_CALL, (i + 1) * A_CALL));
