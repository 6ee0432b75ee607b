import type { EventStore } from '../ports';
import type { Place } from '../read-models/feed-row';
import type { Page } from '../read-models/page';
import type { RecordedEvent } from '../recorded-event';
import { upcasted } from '../upcasted';

/** The part of a recorded event that readers are shown, in today's form. */
export type EventBody = Pick<
  RecordedEvent,
  | 'stream'
  | 'version'
  | 'id'
  | 'source'
  | 'type'
  | 'schemaVersion'
  | 'time'
  | 'recordedAt'
  | 'correlationId'
  | 'causationId'
  | 'data'
>;

export function eventBody(event: RecordedEvent): EventBody {
  const { stream, version, id, source, type, schemaVersion, time, recordedAt, correlationId, causationId, data } =
    upcasted(event);
  return { stream, version, id, source, type, schemaVersion, time, recordedAt, correlationId, causationId, data };
}

/** The feed has places only: the bodies come from the event table, in the order of the page. */
export async function bodiesOf(events: Pick<EventStore, 'readMany'>, page: Page<Place>): Promise<Page<EventBody>> {
  const found = page.items.length === 0 ? [] : await events.readMany(page.items);
  const items = found.map(eventBody);
  return page.next === undefined ? { items } : { items, next: page.next };
}
