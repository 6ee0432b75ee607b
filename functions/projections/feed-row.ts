import type { FeedRow } from '../application/read-models/feed-row';
import type { RecordedEvent } from '../application/recorded-event';

/** Where the feed finds an event. */
export function feedRowOf(event: RecordedEvent): FeedRow {
  const { stream, version, id, source, type, recordedAt, correlationId } = event;
  return { stream, version, id, source, type, recordedAt, correlationId };
}
