import { integerKey } from '../../core/key';
import type { Space } from '../../core/store';

export type LogEvent = {
  /** 56 digits, unique, that sort by time and then by arrival. */
  readonly eventId: string;
  readonly stream: string;
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
};

export type LogMessage = { readonly timestamp: number; readonly message: string };

/** What is in a group, by stream; derived from its events, so that it can never disagree with them. */
export type StreamFigures = { first: number; last: number; ingestion: number; bytes: number };

type GroupFigures = { bytes: number; readonly streams: Map<string, StreamFigures> };

/** What a call has written: chunks, by arrival. */
export type WrittenEvents = readonly (readonly [arrival: string, Chunk])[];

type Chunk = { readonly s: string; readonly i: number; readonly e: readonly (readonly [number, string])[] };

/** The events of one chunk lie this close together, so that a reader knows how far back a chunk can begin. */
const CHUNK_SPAN_MS = 10_000;

/** What CloudWatch counts for each event besides its message. */
const EVENT_OVERHEAD = 26;

/**
 * The events of all log groups. Messages written together are one entry of the store, keyed by group, time and
 * arrival. A group above its cap loses its oldest events: a laptop's disk is not a log archive.
 */
export class LogEvents {
  readonly #space: Space;
  readonly #maxGroupBytes: number;
  readonly #figures = new Map<string, GroupFigures>();
  #arrival = 0;

  constructor(space: Space, options: { maxGroupBytes: number }) {
    this.#space = space;
    this.#maxGroupBytes = options.maxGroupBytes;
  }

  append(group: string, stream: string, messages: readonly LogMessage[], ingestionTime: number): WrittenEvents {
    const figures = this.figures(group);
    const written: [string, Chunk][] = [];
    for (const chunk of chunksOf(messages)) {
      const first = chunk[0]!.timestamp;
      const value: Chunk = {
        s: stream,
        i: ingestionTime,
        e: chunk.map(({ timestamp, message }) => [timestamp, message]),
      };
      const arrival = integerKey(this.#arrival++);
      this.#space.put(group + integerKey(first) + arrival, JSON.stringify(value));
      count(figures, value);
      written.push([arrival, value]);
    }
    if (figures.bytes > this.#maxGroupBytes) this.#shrink(group, figures);
    return written;
  }

  /** In the order of time, from `start` (inclusive) to `end` (exclusive). */
  *read(group: string, start: number, end: number): Generator<LogEvent> {
    const range = {
      start: group + integerKey(Math.max(0, start - CHUNK_SPAN_MS)),
      end: group + integerKey(Math.max(0, end)),
    };
    let waiting: LogEvent[] = [];
    for (const [key, text] of this.#space.range(range)) {
      const first = Number(key.slice(group.length, group.length + 16));
      // A later chunk cannot hold anything earlier than its own first event.
      const ready = waiting.filter((event) => event.timestamp < first);
      if (ready.length > 0) {
        waiting = waiting.filter((event) => event.timestamp >= first);
        yield* ready.sort(byTime);
      }
      waiting.push(...expand(key.slice(group.length + 16), JSON.parse(text) as Chunk, start, end));
    }
    yield* waiting.sort(byTime);
  }

  figures(group: string): GroupFigures {
    let figures = this.#figures.get(group);
    if (!figures) {
      figures = { bytes: 0, streams: new Map() };
      for (const [key, text] of this.#space.range({ start: group, end: `${group}\xff` })) {
        count(figures, JSON.parse(text) as Chunk);
        // Arrivals count on from what earlier runs wrote, so that keys stay unique.
        this.#arrival = Math.max(this.#arrival, Number(key.slice(group.length + 16)) + 1);
      }
      this.#figures.set(group, figures);
    }
    return figures;
  }

  /** Forgets events from before `cutoff`; answers whether there were any. */
  expire(group: string, cutoff: number): boolean {
    return this.#removeWhile(group, (chunk) => chunk.e[chunk.e.length - 1]![0] < cutoff);
  }

  removeStream(group: string, stream: string): void {
    for (const [key, text] of [...this.#space.range({ start: group, end: `${group}\xff` })]) {
      if ((JSON.parse(text) as Chunk).s === stream) this.#space.remove(key);
    }
    this.#figures.delete(group);
  }

  removeGroup(group: string): void {
    for (const [key] of [...this.#space.range({ start: group, end: `${group}\xff` })]) this.#space.remove(key);
    this.#figures.delete(group);
  }

  /** Makes room for a tenth of the cap, so that this is not done for every write. */
  #shrink(group: string, figures: GroupFigures): void {
    let surplus = figures.bytes - this.#maxGroupBytes * 0.9;
    this.#removeWhile(group, (chunk) => {
      if (surplus <= 0) return false;
      surplus -= bytesOf(chunk);
      return true;
    });
  }

  #removeWhile(group: string, wanted: (chunk: Chunk) => boolean): boolean {
    const doomed: string[] = [];
    for (const [key, text] of this.#space.range({ start: group, end: `${group}\xff` })) {
      if (!wanted(JSON.parse(text) as Chunk)) break;
      doomed.push(key);
    }
    for (const key of doomed) this.#space.remove(key);
    if (doomed.length > 0) this.#figures.delete(group);
    return doomed.length > 0;
  }
}

/** The events that were written, as readers see them. */
export const eventsOf = (written: WrittenEvents): LogEvent[] =>
  written.flatMap(([arrival, chunk]) => [...expand(arrival, chunk, 0, Number.POSITIVE_INFINITY)]);

function* chunksOf(messages: readonly LogMessage[]): Generator<LogMessage[]> {
  let chunk: LogMessage[] = [];
  for (const message of [...messages].sort((a, b) => a.timestamp - b.timestamp)) {
    if (chunk.length > 0 && message.timestamp - chunk[0]!.timestamp >= CHUNK_SPAN_MS) {
      yield chunk;
      chunk = [];
    }
    chunk.push(message);
  }
  if (chunk.length > 0) yield chunk;
}

function* expand(arrival: string, chunk: Chunk, start: number, end: number): Generator<LogEvent> {
  for (const [index, [timestamp, message]] of chunk.e.entries()) {
    if (timestamp < start || timestamp >= end) continue;
    const eventId = `${integerKey(timestamp)}${arrival}${String(index).padStart(24, '0')}`;
    yield { eventId, stream: chunk.s, timestamp, message, ingestionTime: chunk.i };
  }
}

function count(figures: GroupFigures, chunk: Chunk): void {
  const bytes = bytesOf(chunk);
  figures.bytes += bytes;
  const [first, last] = [chunk.e[0]![0], chunk.e[chunk.e.length - 1]![0]];
  const stream = figures.streams.get(chunk.s);
  if (!stream) {
    figures.streams.set(chunk.s, { first, last, ingestion: chunk.i, bytes });
    return;
  }
  stream.first = Math.min(stream.first, first);
  stream.last = Math.max(stream.last, last);
  stream.ingestion = Math.max(stream.ingestion, chunk.i);
  stream.bytes += bytes;
}

const bytesOf = (chunk: Chunk): number =>
  chunk.e.reduce((sum, [, message]) => sum + message.length + EVENT_OVERHEAD, 0);

const byTime = (a: LogEvent, b: LogEvent): number => (a.eventId < b.eventId ? -1 : 1);
