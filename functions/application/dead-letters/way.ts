import { type Aggregate, ingestRoutes } from '../catalogue';
import { isCloudEvent } from '../cloud-event';
import type { PutCloudEvent } from '../event-bus';
import type { JsonObject } from '../json';
import { type Fix, fixedEvent, ingestOf } from '../retry-rejected';
import type { DeadLetter, StreamRange } from './dead-letter';
import type { DeadLetterQueue, Projector } from './queues';

/** Where a letter goes when it is sent again. */
export type Way =
  | { readonly to: 'ingest'; readonly ingest: Aggregate; readonly message: JsonObject }
  | { readonly to: 'place'; readonly projector: Projector; readonly stream: string; readonly version: number }
  | { readonly to: 'range'; readonly projector: Projector; readonly range: StreamRange }
  | { readonly to: 'subscriber'; readonly queue: 'insights' | 'rebuild'; readonly body: string }
  | { readonly to: 'bus'; readonly event: PutCloudEvent }
  | { readonly to: 'nowhere'; readonly why: string };

/** `fix`: what is to be different in the event. Only an event of a producer can be put right, and not while it is sealed. */
export function wayOf(queue: DeadLetterQueue, dead: DeadLetter, fix: Fix = {}): Way {
  const { content, letter } = dead;
  const isFixed = fix.data !== undefined || fix.type !== undefined;
  switch (content.kind) {
    case 'unreadable':
      return nowhere(`${content.why}; nobody can take it, so discard it`);
    case 'event':
      if (isFixed && 'sealed' in content.envelope)
        return nowhere('nobody can read any more what it says; send it as it is, or discard it');
      return queue === 'unrouted' ? toBus(content.envelope, fix) : toIngest(dead, content, fix);
    case 'place':
    case 'range':
      if (isFixed) return nowhere(RECORDED);
      if (queue !== 'views' && queue !== 'feed')
        return nowhere(`a place in a stream does not belong in the queue ${queue}; discard it`);
      return content.kind === 'place'
        ? { to: 'place', projector: queue, stream: content.stream, version: content.version }
        : { to: 'range', projector: queue, range: content.range };
    case 'fact':
    case 'work':
      if (isFixed) return nowhere(RECORDED);
      return { to: 'subscriber', queue: content.kind === 'fact' ? 'insights' : 'rebuild', body: letter.body };
  }
}

const RECORDED = 'it is no event of a producer: what is recorded cannot be changed';

const nowhere = (why: string): Way => ({ to: 'nowhere', why });

/** By the redelivery queue of its ingest, which tells duplicates by id. */
function toIngest(
  { stream = '' }: DeadLetter,
  { envelope, beside }: { readonly envelope: JsonObject; readonly beside: JsonObject },
  fix: Fix,
): Way {
  const event = 'sealed' in envelope ? envelope : fixedEvent(envelope, fix);
  const ingest = ingestOf(event, stream);
  if (!ingest)
    return nowhere(
      'neither its type nor its stream says whose ingest is to decide it; say which type it is of by --type',
    );
  return { to: 'ingest', ingest, message: { event, ...beside } };
}

/**
 * On the bus again, as a CloudEvent that keeps the event's own id, source and time: the bus gives every entry an id of its
 * own, and the same letter sent twice would be two events.
 */
function toBus(envelope: JsonObject, fix: Fix): Way {
  const fixed = fixedEvent(envelope, fix);
  const { detail } = fixed;
  const inside: JsonObject = isCloudEvent(detail)
    ? detail
    : { specversion: '1.0', datacontenttype: 'application/json', time: fixed.time, data: detail };
  const id = text(inside.id) ?? text(fixed.id);
  const source = text(inside.source) ?? text(fixed.source);
  const type = text(inside.type) ?? text(fixed['detail-type']);
  const time = text(inside.time) ?? text(fixed.time);
  if (id === undefined || source === undefined || type === undefined || time === undefined)
    return nowhere('it is not what EventBridge delivers: id, source, detail-type or time is missing; discard it');
  if (!isRouted(type))
    return nowhere(`no rule takes "${type}", so it would be here again; say which type it is of by --type`);
  return { to: 'bus', event: { source, type, time, event: { ...inside, id, source, type } } };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const isRouted = (type: string): boolean =>
  Object.values(ingestRoutes).some(({ prefixes }) => prefixes.some((prefix) => type.startsWith(prefix)));

/** A way in words. */
export function whither(way: Way): string {
  switch (way.to) {
    case 'ingest':
      return `the ingest of ${way.ingest}`;
    case 'place':
      return `project-${way.projector}`;
    case 'range':
      return `project-${way.projector}, ${way.range.records} records`;
    case 'subscriber':
      return `the ${way.queue} queue`;
    case 'bus':
      return `the bus, as ${way.event.type}`;
    case 'nowhere':
      return 'nowhere';
  }
}
