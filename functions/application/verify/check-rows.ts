import type { EventStore } from '../ports';
import type { PlacedRow } from '../read-models/ports';
import type { RecordedEvent } from '../recorded-event';
import { differences } from './differences';
import { batchesOf, type EventCheck, type PartCheck } from './event-check';
import { type Copy, judgeRows, type RowPorts } from './judge-rows';
import { RowFold } from './row-fold';
import type { StoredRow } from './stored-views';
import type { Tally } from './tally';

/** Streams of a part that are kept to be compared. */
const MOST_WAITING = 100;

export type RowCheckPorts = RowPorts & { readonly events: Pick<EventStore, 'readRange' | 'readMany'> };

/** The rows of copies of projections, by the fold of their streams. */
export class RowCheck implements EventCheck {
  constructor(
    private readonly ports: RowCheckPorts,
    private readonly copies: readonly Copy[],
    private readonly tally: Tally,
  ) {}

  part(): PartCheck {
    return new RowPart(this, (streams) => this.#compare(streams));
  }

  /** By its own, where nobody else is asked for. */
  async stream(stream: string): Promise<void> {
    const copy = this.copyOf(stream);
    if (!copy) return;
    this.tally.rows += 1;
    await this.#judge([{ stream, copy }]);
  }

  /** Of rows as they lie in the table: those that have seen an event which is not there. */
  async orphans(stored: readonly PlacedRow[]): Promise<void> {
    for (const rows of batchesOf(stored.filter((row) => this.#isChecked(row)))) {
      const places = rows.map(({ stream, row }) => ({ stream, version: Math.max(1, row.version) }));
      const there = new Set((await this.ports.events.readMany(places)).map(({ stream }) => stream));
      await this.#judge(
        rows.flatMap(({ stream }) => {
          const copy = this.copyOf(stream);
          return copy && !there.has(stream) ? [{ stream, copy }] : [];
        }),
      );
    }
  }

  copyOf(stream: string): Copy | undefined {
    return this.copies.find(({ projection }) => stream.startsWith(projection.prefix));
  }

  #isChecked({ stream, generation }: PlacedRow): boolean {
    return this.copyOf(stream)?.generation.number === generation;
  }

  async #compare(streams: readonly Folded[]): Promise<void> {
    const places = streams.map(({ stream, copy }) => ({ stream, generation: copy.generation.number }));
    const stored = places.length > 0 ? await this.ports.views.rows(places) : [];
    this.tally.rows += stored.length;
    const rows = new Map(stored.map((row) => [row.stream, row]));
    await this.#judge(streams.filter((one) => one.isSuspect || !isAsFolded(one, rows.get(one.stream))));
  }

  async #judge(suspects: readonly Pick<Folded, 'stream' | 'copy'>[]): Promise<void> {
    for (const copy of new Set(suspects.map((one) => one.copy))) {
      const streams = suspects.filter((one) => one.copy === copy).map(({ stream }) => stream);
      this.tally.add(await judgeRows(this.ports, copy, streams));
    }
  }
}

/** A stream, as far as a part of the table has shown it. */
type Folded = { readonly stream: string; readonly copy: Copy; readonly fold: RowFold; isSuspect: boolean };

class RowPart implements PartCheck {
  #streams = new Map<string, Folded>();
  #stream: string | undefined;
  #open: Folded | undefined;

  constructor(
    private readonly check: Pick<RowCheck, 'copyOf'>,
    private readonly compare: (streams: readonly Folded[]) => Promise<void>,
  ) {}

  async take(events: readonly RecordedEvent[]): Promise<void> {
    for (const event of events) {
      if (event.stream !== this.#stream) await this.#begin(event.stream);
      // A stream whose events stand apart is read by itself.
      if (this.#open && !this.#open.fold.next(event)) this.#open.isSuspect = true;
    }
  }

  async end(): Promise<void> {
    const streams = [...this.#streams.values()];
    this.#streams = new Map();
    await this.compare(streams);
  }

  async #begin(stream: string): Promise<void> {
    if (this.#streams.size >= MOST_WAITING) await this.end();
    const copy = this.check.copyOf(stream);
    this.#stream = stream;
    this.#open = copy && { stream, copy, fold: new RowFold(copy.projection, copy.generation.asOf), isSuspect: false };
    if (this.#open) this.#streams.set(stream, this.#open);
  }
}

/** By what one look at the whole table shows; whatever is not plainly right is looked at again. */
function isAsFolded({ fold }: Folded, stored: StoredRow | undefined): boolean {
  if (!stored) return fold.version === 0;
  return !fold.fault && !stored.astray && differences(fold.row ?? {}, stored.row).length === 0;
}
