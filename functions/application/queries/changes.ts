import { canonicalJson } from '../canonical-json';
import type { EventStore } from '../ports';
import type { Page, PageRequest } from '../read-models/page';
import type { Projection } from '../read-models/projection';
import type { ViewRow } from '../read-models/rows';
import type { RecordedEvent } from '../recorded-event';
import { type EventBody, eventBody } from './event-bodies';
import { eventsTo, rowBehind } from './row-behind';

/** A field of the row, whole, before and after an event; absent: it had or has none. */
export type Change = { readonly field: string; readonly before?: unknown; readonly after?: unknown };

/** An event, and what it made of its subject; or why that cannot be told, of it and of every later one. */
export type ToldEvent = EventBody &
  ({ readonly changes: readonly Change[] } | { readonly changes?: undefined; readonly unreadable: string });

/** What every event says of itself or changes. */
const unsaid: ReadonlySet<string> = new Set(['stream', 'version', 'updatedAt']);

/**
 * A page of a stream's events with what each changed, by the fold of its projection. Read consistently; the position of an
 * event is its version.
 */
export async function toldEvents<Row extends ViewRow>(
  events: Pick<EventStore, 'readRange'>,
  projection: Projection<Row>,
  stream: string,
  { limit, after = '0' }: PageRequest,
): Promise<Page<ToldEvent>> {
  const from = Number(after);
  const [earlier, read] = await Promise.all([
    eventsTo(events, projection, stream, from),
    events.readRange(stream, from, from + limit + 1),
  ]);
  const items = told(projection, earlier, read.slice(0, limit));
  return read.length > limit ? { items, next: String(from + limit) } : { items };
}

function told<Row extends ViewRow>(
  projection: Projection<Row>,
  earlier: readonly RecordedEvent[],
  events: readonly RecordedEvent[],
): readonly ToldEvent[] {
  let row: Row | undefined;
  let unreadable: string | undefined;
  /** Whatever a fold throws, it is about the event: an adapter has no part in it. */
  const folded = (fold: () => Row | undefined) => {
    try {
      if (unreadable === undefined) row = fold();
    } catch (error) {
      unreadable = error instanceof Error ? error.message : String(error);
    }
  };
  folded(() => rowBehind(projection, earlier));
  return events.map((event) => {
    const before = row;
    folded(() => projection.fold(before, event));
    const body = eventBody(event);
    return unreadable === undefined ? { ...body, changes: changesBetween(before, row) } : { ...body, unreadable };
  });
}

type Fields = Readonly<Record<string, unknown>>;

/** In the order of the row's fields; those that are gone last. */
export function changesBetween(before: ViewRow | undefined, after: ViewRow | undefined): readonly Change[] {
  const was: Fields = { ...before };
  const is: Fields = { ...after };
  const fields = [...new Set([...Object.keys(is), ...Object.keys(was)])].filter((field) => !unsaid.has(field));
  return fields
    .filter((field) => canonicalJson(was[field] ?? null) !== canonicalJson(is[field] ?? null))
    .map((field) => ({
      field,
      ...(was[field] !== undefined && { before: was[field] }),
      ...(is[field] !== undefined && { after: is[field] }),
    }));
}
