import type { EventPages, EventPart } from '../../functions/application/read-models/event-pages';
import type { PlacedRow, RowPlace, StoredRows } from '../../functions/application/read-models/ports';
import { shardOf } from '../../functions/application/read-models/shard';
import type { Part, PartProgress, RebuildProgress, RebuildQueue } from '../../functions/application/rebuild/ports';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import type { MemoryViewRows } from './memory-views';

const nameOf = ({ projection, generation, task, segment }: Part) => `${projection}@${generation} ${task} ${segment}`;

/** What workers note, in memory, under the conditions of the Views table. */
export class MemoryRebuildProgress implements RebuildProgress {
  readonly parts = new Map<string, PartProgress>();

  async begin(parts: readonly PartProgress[]) {
    for (const part of parts) if (!this.parts.has(nameOf(part))) this.parts.set(nameOf(part), part);
  }

  async list({ projection, generation }: { readonly projection: string; readonly generation?: number }) {
    return [...this.parts.values()].filter(
      (part) => part.projection === projection && (generation === undefined || part.generation === generation),
    );
  }

  async get(part: Part) {
    return this.parts.get(nameOf(part));
  }

  async advance(next: PartProgress, before: PartProgress) {
    if (this.parts.get(nameOf(next))?.step !== before.step) return false;
    this.parts.set(nameOf(next), next);
    return true;
  }

  async remove(parts: readonly Part[]) {
    for (const part of parts) this.parts.delete(nameOf(part));
  }
}

/** A queue that keeps what is sent, with its delay. */
export class MemoryRebuildQueue implements RebuildQueue {
  readonly sent: { readonly part: Part; readonly delaySeconds: number }[] = [];

  async send(parts: readonly Part[], delaySeconds: number) {
    this.sent.push(...parts.map((part) => ({ part, delaySeconds })));
  }
}

/** The event table in memory, as a consistent scan shows it: streams one after another, by an order of their own. */
export class MemoryEventPages implements EventPages {
  constructor(
    private readonly appended: () => readonly RecordedEvent[],
    private readonly pageSize = 3,
  ) {}

  async page({ segment, of, prefix, since }: EventPart, from?: string) {
    const part = this.appended()
      .filter(({ stream }) => shardOf(stream) % of === segment)
      .toSorted((one, other) => (position(one) < position(other) ? -1 : 1))
      .filter((event) => from === undefined || position(event) > from);
    const read = part.slice(0, this.pageSize);
    const events = read.filter(
      ({ stream, recordedAt }) =>
        (prefix === undefined || stream.startsWith(prefix)) && (since === undefined || recordedAt >= since),
    );
    const last = read.at(-1);
    return { events, read: read.length, ...(last && part.length > read.length && { next: position(last) }) };
  }

  async size() {
    return this.appended().length;
  }
}

const position = ({ stream, version }: RecordedEvent): string => `${stream}@${String(version).padStart(6, '0')}`;

/** The rows of the Views table as a scan shows them. */
export class MemoryStoredRows implements StoredRows {
  constructor(
    private readonly rows: MemoryViewRows,
    private readonly pageSize = 3,
  ) {}

  async *segment(segment: number, of: number): AsyncGenerator<readonly PlacedRow[]> {
    let from: string | undefined;
    do {
      const page = await this.page({ segment, of }, from);
      yield page.rows;
      from = 'next' in page ? page.next : undefined;
    } while (from !== undefined);
  }

  async page({ segment, of }: { readonly segment: number; readonly of: number }, from?: string) {
    const all = this.rows.generations
      .flatMap((generation) =>
        [...this.rows.copy(generation)].map(([stream, row]): PlacedRow => ({ stream, generation, row })),
      )
      .filter(({ stream }) => shardOf(stream) % of === segment)
      .toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1))
      .filter((row) => from === undefined || placeOf(row) > from);
    const rows = all.slice(0, this.pageSize);
    const last = rows.at(-1);
    return { rows, read: rows.length, ...(last && all.length > rows.length && { next: placeOf(last) }) };
  }

  async remove(places: readonly RowPlace[]) {
    for (const { stream, generation } of places) this.rows.copy(generation).delete(stream);
  }
}

const placeOf = ({ stream, generation }: RowPlace): string => `${stream}@${String(generation).padStart(6, '0')}`;
