import { aggregateOf } from '../catalogue';
import type { EventStore, Snapshot } from '../ports';
import type { Projection } from '../read-models/projection';
import type { ViewRow } from '../read-models/rows';
import type { RecordedEvent } from '../recorded-event';
import { reducerHashes } from '../reducer-hashes';
import { SNAPSHOT_EVERY } from '../snapshots';

/** Events that are read at first: of a stream that carries snapshots, one is among them. */
const usual = 2 * SNAPSHOT_EVERY;

/** The events whose fold is the row behind `version`: from the last snapshot that can be used on, else from the first. */
export async function eventsTo<Row extends ViewRow>(
  events: Pick<EventStore, 'readRange'>,
  projection: Projection<Row>,
  stream: string,
  version: number,
): Promise<readonly RecordedEvent[]> {
  for (let size = usual; ; size *= 4) {
    const after = projection.fromSnapshot ? Math.max(0, version - size) : 0;
    const read = version === 0 ? [] : await events.readRange(stream, after, version);
    const start = read.findLastIndex((event) => snapshotFor(projection, event) !== undefined);
    if (start !== -1) return read.slice(start);
    if (after === 0) return read;
  }
}

/** The fold of events that begin with the first of their stream, or with one whose snapshot the projection can use. */
export function rowBehind<Row extends ViewRow>(
  projection: Projection<Row>,
  events: readonly RecordedEvent[],
): Row | undefined {
  const [first, ...later] = events;
  const snapshot = first && first.version > 1 ? snapshotFor(projection, first) : undefined;
  if (!first || !snapshot || !projection.fromSnapshot)
    return events.reduce<Row | undefined>((row, event) => projection.fold(row, event), undefined);
  return later.reduce((row, event) => projection.fold(row, event), projection.fromSnapshot(first, snapshot));
}

function snapshotFor<Row extends ViewRow>(
  { fromSnapshot }: Projection<Row>,
  { stream, metadata: { snapshot } }: RecordedEvent,
): Snapshot | undefined {
  const aggregate = aggregateOf(stream);
  return fromSnapshot && aggregate && snapshot?.reducer === reducerHashes[aggregate] ? snapshot : undefined;
}
