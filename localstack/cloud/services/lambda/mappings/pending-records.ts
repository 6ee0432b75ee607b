import type { StreamRecord } from '../../../core/peers';
import type { Position } from './checkpoints';
import { MAX_EVENT_BYTES, sizeInEvent } from './stream-event';

/**
 * The records of a lane that are not done, in the order of the stream. What is done out of turn (the adversary may let
 * records overtake others) stays until everything before it is done, so that the place in the stream never passes a
 * record that is not.
 */
export class PendingRecords {
  #records: StreamRecord[] = [];
  readonly #ahead = new Set<StreamRecord>();
  readonly #together: boolean;
  #bytes = 0;
  #done: Position;

  /**
   * `together`: what was done out of turn has left its mark (the state of a window), so nothing is let go before all of
   * it can be.
   */
  constructor(done: Position, together: boolean) {
    this.#done = done;
    this.#together = together;
  }

  /** Everything up to here is done. */
  get done(): Position {
    return this.#done;
  }

  get size(): number {
    return this.#records.length;
  }

  get first(): StreamRecord | undefined {
    return this.#records[0];
  }

  /** Whether nothing that is done waits for what is not. */
  get inOrder(): boolean {
    return this.#ahead.size === 0;
  }

  /** Whether one event cannot hold more. */
  isFull(batchSize: number): boolean {
    return this.#records.length >= batchSize || this.#bytes > MAX_EVENT_BYTES;
  }

  add(record: StreamRecord): void {
    this.#records.push(record);
    this.#bytes += sizeInEvent(record);
  }

  /** The next records for one event, at least one, as long as they `belong` together. */
  next(batchSize: number, belong: (record: StreamRecord) => boolean): StreamRecord[] {
    const taken: StreamRecord[] = [];
    let bytes = 0;
    for (const record of this.#records) {
      bytes += sizeInEvent(record);
      if (taken.length === batchSize) break;
      if (taken.length > 0 && (bytes > MAX_EVENT_BYTES || !belong(record))) break;
      taken.push(record);
    }
    return taken;
  }

  finish(records: readonly StreamRecord[]): void {
    for (const record of records) this.#ahead.add(record);
    let count = this.#records.findIndex((record) => !this.#ahead.has(record));
    if (count < 0) count = this.#records.length;
    if (this.#together && count < this.#ahead.size) return;
    for (const record of this.#records.splice(0, count)) {
      this.#ahead.delete(record);
      this.#bytes -= sizeInEvent(record);
      this.#done = record.dynamodb.SequenceNumber;
    }
  }
}
