import { chain } from '../../functions/adapters/event-store';
import type { AppendConflict, EventStore, LoadedStream, StreamWrite } from '../../functions/application/ports';
import type { RecordedEvent } from '../../functions/application/recorded-event';

type Place = { readonly stream: string; readonly version: number };

/** The event table in memory, under the same contract. It notes every append, as the table's stream does. */
export class MemoryEventStore implements EventStore {
  /** Every event in the order in which they were appended. */
  readonly appended: RecordedEvent[] = [];

  constructor(private readonly now: () => Date = () => new Date()) {}

  stream(stream: string): readonly RecordedEvent[] {
    return this.appended.filter((event) => event.stream === stream);
  }

  async load(stream: string): Promise<LoadedStream> {
    const events = this.stream(stream);
    return { stream, events, version: events.length };
  }

  assumeEmpty(stream: string): LoadedStream {
    return { stream, events: [], version: 0 };
  }

  async append(writes: readonly StreamWrite[]): Promise<readonly RecordedEvent[]> {
    const recordedAt = this.now().toISOString();
    const events = writes.flatMap((write) => chain(write, recordedAt));
    const taken = events.flatMap((event) => this.at(event) ?? []);
    if (taken.length > 0) {
      const streams = [...new Set(taken.map(({ stream }) => stream))];
      throw Object.assign(new Error('somebody else was first'), {
        code: 'append-conflict',
        streams,
        ...(events.length === 1 && { existing: taken[0] }),
      } as const) satisfies AppendConflict;
    }
    this.appended.push(...events);
    return events;
  }

  async readRange(stream: string, after: number, upTo = Number.POSITIVE_INFINITY) {
    return this.stream(stream).filter(({ version }) => version > after && version <= upTo);
  }

  async readMany(places: readonly Place[]) {
    return places.flatMap((place) => this.at(place) ?? []);
  }

  private at({ stream, version }: Place): RecordedEvent | undefined {
    return this.stream(stream)[version - 1];
  }
}
