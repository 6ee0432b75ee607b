import type { EventStore } from '../ports';
import type { Page, PageRequest } from '../read-models/page';
import { type EventBody, eventBody } from './event-bodies';

/** The events of a stream in their order, read consistently. The position of an event is its version. */
export async function streamEvents(
  events: Pick<EventStore, 'readRange'>,
  stream: string,
  { limit, after = '0' }: PageRequest,
): Promise<Page<EventBody>> {
  const from = Number(after);
  const read = await events.readRange(stream, from, from + limit + 1);
  const items = read.slice(0, limit).map(eventBody);
  return read.length > limit ? { items, next: String(from + limit) } : { items };
}
