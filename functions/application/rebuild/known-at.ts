import type { EventStore } from '../ports';
import { byStream } from '../read-models/by-stream';
import type { RecordedEvent } from '../recorded-event';

export type KnownAtPorts = {
  /** The last version of a stream that the generation has taken; 0: none. */
  readonly reached: (stream: string, generation: number) => Promise<number>;
  readonly events: Pick<EventStore, 'readRange'>;
};

/**
 * Of a page of the event table, what was known at a time: of each stream the events before the first one that was recorded
 * later (as `subjectAt` has it: clocks of writers differ, so a later version may carry an earlier time). Where a page
 * goes on with a stream, what the generation has taken says whether the stream was cut before: nobody else writes to it.
 */
export async function knownAt(
  { reached: reachedBy, events }: KnownAtPorts,
  generation: number,
  asOf: string,
  page: readonly RecordedEvent[],
): Promise<readonly RecordedEvent[]> {
  const isLater = (event: RecordedEvent) => event.recordedAt > asOf;
  const upToCut = (ofStream: readonly RecordedEvent[]) => {
    const cut = ofStream.findIndex(isLater);
    return cut === -1 ? ofStream : ofStream.slice(0, cut);
  };
  const known: RecordedEvent[] = [];
  for (const [stream, ofStream] of byStream(page)) {
    const first = ofStream[0]?.version ?? 1;
    if (first === 1) {
      known.push(...upToCut(ofStream));
      continue;
    }
    const reached = await reachedBy(stream, generation);
    if (reached >= first - 1) {
      known.push(...upToCut(ofStream.filter(({ version }) => version > reached)));
      continue;
    }
    const [next] = await events.readRange(stream, reached, reached + 1);
    // Usual: the stream was cut in an earlier page. Otherwise the table has its earlier events in another part.
    if (next === undefined || isLater(next)) continue;
    known.push(...upToCut([...(await events.readRange(stream, reached, first - 1)), ...ofStream]));
  }
  return known;
}
