import type { EventStore } from '../../functions/application/ports';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { reducerHashes } from '../../functions/application/reducer-hashes';

/** The event table as readers see it: histories given by the test, and the ranges that were asked for. */
export class HistoryReader implements Pick<EventStore, 'load' | 'readRange' | 'readMany'> {
  readonly asked: string[] = [];

  constructor(readonly events: readonly RecordedEvent[]) {}

  /** From the last snapshot on, like the event table itself. */
  async load(stream: string) {
    const all = this.between(stream, 0, Number.POSITIVE_INFINITY);
    const start = all.findLastIndex(({ metadata }) => metadata.snapshot?.reducer === reducerHashes.order);
    const snapshot = all[start]?.metadata.snapshot;
    const events = all.slice(Math.max(0, start));
    return { stream, events, version: all.at(-1)?.version ?? 0, ...(snapshot && { snapshot }) };
  }

  async readRange(stream: string, after: number, upTo = Number.POSITIVE_INFINITY) {
    this.asked.push(`${stream} ${after + 1}..${upTo}`);
    return this.between(stream, after, upTo);
  }

  async readMany(places: readonly { readonly stream: string; readonly version: number }[]) {
    return places.flatMap((place) =>
      this.events.filter(({ stream, version }) => stream === place.stream && version === place.version),
    );
  }

  private between(stream: string, after: number, upTo: number): RecordedEvent[] {
    return this.events
      .filter((event) => event.stream === stream && event.version > after && event.version <= upTo)
      .sort((one, other) => one.version - other.version);
  }
}
