import type { Projection } from '../read-models/projection';
import type { ViewRow } from '../read-models/rows';
import type { RecordedEvent } from '../recorded-event';

/** What the row of a stream should be, event by event: the fold, which stands still at the first one that it cannot pass. */
export class RowFold {
  /** Of the newest event that counts. */
  version = 0;
  /** The row behind the last event that could be folded; undefined: none could. */
  row: ViewRow | undefined;
  /** What it could not pass. */
  fault: { readonly version: number; readonly error: string } | undefined;
  #read = 0;

  /** `asOf`: what was recorded later does not count (RFC 3339). */
  constructor(
    private readonly projection: Projection,
    private readonly asOf?: string,
  ) {}

  /** False: there is a hole before this event, or it comes a second time. */
  next(event: RecordedEvent): boolean {
    if (event.version !== this.#read + 1) return false;
    this.#read = event.version;
    // The first later one ends it: clocks of two writers differ, and behind a gap nothing can be folded.
    if (this.version < event.version - 1 || (this.asOf !== undefined && event.recordedAt > this.asOf)) return true;
    this.version = event.version;
    if (this.fault) return true;
    try {
      this.row = this.projection.fold(this.row, event);
    } catch (error) {
      this.fault = { version: event.version, error: error instanceof Error ? error.message : String(error) };
    }
    return true;
  }
}
