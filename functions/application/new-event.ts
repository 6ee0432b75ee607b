import type { Step } from './aggregates';
import type { IncomingEvent } from './incoming-event';
import type { LoadedStream, NewEvent } from './ports';
import { reducerHashes } from './reducer-hashes';
import { isSnapshotDue, storyOf, timesOf } from './snapshots';

type Origin = Omit<IncomingEvent, 'event' | 'stream'>;

/**
 * An event as it is to be appended, the `index`th behind what was loaded.
 *
 * A story is told by one correlation id. An event that brings none belongs to the story of its stream, so it takes the
 * correlation of the stream's first event; the first event itself starts one under its own id. What caused an event
 * nobody but its producer can know: where it does not say, the event stands as its own cause.
 */
export function newEvent(loaded: LoadedStream, origin: Origin, { event, fact, after }: Step, index = 0): NewEvent {
  const { aggregate, id, source, subject, schemaVersion, time, traceparent, metadata } = origin;
  const story = storyOf(loaded);
  const correlationId = origin.correlationId ?? story ?? id;
  // Only the first of an append: what it hides must stand in the stream already.
  const snapshot = index === 0 &&
    isSnapshotDue(loaded) && {
      reducer: reducerHashes[aggregate],
      state: after,
      story: story ?? correlationId,
      ...timesOf(loaded, time),
    };
  return {
    id,
    source,
    type: event.type,
    subject,
    schemaVersion,
    time,
    correlationId,
    causationId: origin.causationId ?? id,
    ...(traceparent !== undefined && { traceparent }),
    data: event.data as Readonly<Record<string, unknown>>,
    metadata: { ...metadata, fact, ...(snapshot && { snapshot }) },
  };
}
