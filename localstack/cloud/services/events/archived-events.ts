import { afterPrefix, integerKey, textKey } from '../../core/key';
import type { Space, Store } from '../../core/store';

export type ArchivedEvent = {
  /** Where it stands: events behind it have greater ones. */
  readonly position: string;
  /** Milliseconds since 1970, when it happened. */
  readonly time: number;
  /** Milliseconds since 1970, when it was archived. */
  readonly archivedAt: number;
  readonly text: string;
};

export type Totals = { readonly events: number; readonly bytes: number };

type StoredTotals = Totals & { readonly next: number };

const NOTHING: StoredTotals = { events: 0, bytes: 0, next: 0 };
const WIDTH = integerKey(0).length;

/** The events of archives: in the order of their own time, for replays, and in that of their age, to expire. */
export class ArchivedEvents {
  readonly #events: Space;
  readonly #ages: Space;
  readonly #totals: Space;

  constructor(store: Store) {
    this.#events = store.space('events-archived');
    this.#ages = store.space('events-archived-ages');
    this.#totals = store.space('events-archived-totals');
  }

  add(archive: string, { time, archivedAt, text }: Omit<ArchivedEvent, 'position'>): void {
    const prefix = textKey(archive);
    const { events, bytes, next } = this.#stored(prefix);
    // The number keeps events of one millisecond apart, and in the order in which they came.
    const position = integerKey(Math.max(0, time)) + integerKey(next);
    this.#events.put(prefix + position, `${archivedAt}\n${text}`);
    this.#ages.put(prefix + integerKey(archivedAt) + integerKey(next), position);
    this.#setTotals(prefix, { events: events + 1, bytes: bytes + Buffer.byteLength(text), next: next + 1 });
  }

  totals(archive: string): Totals {
    const { events, bytes } = this.#stored(textKey(archive));
    return { events, bytes };
  }

  /** What happened from `from` on and before `to`, in that order, behind position `after`: at most `limit` events. */
  read(
    archive: string,
    { from, to, after }: { readonly from: number; readonly to: number; readonly after?: string | undefined },
    limit: number,
  ): ArchivedEvent[] {
    const prefix = textKey(archive);
    const start = prefix + (after === undefined ? integerKey(Math.max(0, from)) : `${after}\0`);
    const end = prefix + integerKey(Math.max(0, to));
    return [...this.#events.range({ start, end, limit })].map(([key, value]) => {
      const position = key.slice(prefix.length);
      const line = value.indexOf('\n');
      const archivedAt = Number(value.slice(0, line));
      return { position, time: Number(position.slice(0, WIDTH)), archivedAt, text: value.slice(line + 1) };
    });
  }

  /** Removes what was archived before `before`. */
  expire(archive: string, before: number): void {
    const prefix = textKey(archive);
    const expired = [...this.#ages.range({ start: prefix, end: prefix + integerKey(Math.max(0, before)) })];
    if (expired.length === 0) return;
    let { events, bytes, next } = this.#stored(prefix);
    for (const [key, position] of expired) {
      const value = this.#events.get(prefix + position) ?? '\n';
      bytes -= Buffer.byteLength(value) - value.indexOf('\n') - 1;
      events--;
      this.#events.remove(prefix + position);
      this.#ages.remove(key);
    }
    this.#setTotals(prefix, { events, bytes, next });
  }

  /** Removes everything of an archive. */
  drop(archive: string): void {
    const prefix = textKey(archive);
    for (const space of [this.#events, this.#ages]) {
      for (const [key] of [...space.range({ start: prefix, end: afterPrefix(prefix) })]) space.remove(key);
    }
    this.#totals.remove(prefix);
  }

  #stored(prefix: string): StoredTotals {
    const stored = this.#totals.get(prefix);
    return stored === undefined ? NOTHING : (JSON.parse(stored) as StoredTotals);
  }

  #setTotals(prefix: string, totals: StoredTotals): void {
    this.#totals.put(prefix, JSON.stringify(totals));
  }
}
