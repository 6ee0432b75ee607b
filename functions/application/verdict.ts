import type { Decision } from '../domain/decision';
import { type DomainEvent, judge } from './aggregates';
import type { IncomingEvent } from './incoming-event';
import type { LoadedStream, NewEvent } from './ports';
import type { RecordedEvent } from './recorded-event';

/** What is to become of an incoming event behind what its stream holds. */
export type Verdict =
  | { readonly kind: 'append'; readonly events: readonly NewEvent[] }
  | { readonly kind: 'duplicate'; readonly of: RecordedEvent }
  | Exclude<Decision<DomainEvent>, { readonly kind: 'append' }>;

/** Pure. An event whose (source, id) is in the stream is a duplicate, whatever the decider would say now. */
export function verdictOn(loaded: LoadedStream, incoming: IncomingEvent): Verdict {
  const twin = loaded.events.find((event) => isSame(event, incoming));
  if (twin) return { kind: 'duplicate', of: twin };
  const { decision, facts } = judge(incoming.aggregate, loaded.events, incoming.event);
  if (decision.kind !== 'append') return decision;
  return { kind: 'append', events: decision.events.map((event, i) => toAppend(loaded, incoming, event, facts[i], i)) };
}

export const isSame = (a: { id: string; source: string }, b: { id: string; source: string }): boolean =>
  a.id === b.id && a.source === b.source;

/**
 * A story is told by one correlation id. An event that brings none belongs to the story of its stream, so it takes the
 * correlation of the stream's first event; the first event itself starts one under its own id. What caused an event
 * nobody but its producer can know: where it does not say, the event stands as its own cause.
 */
function toAppend(
  loaded: LoadedStream,
  incoming: IncomingEvent,
  event: DomainEvent,
  fact: Readonly<Record<string, unknown>> | undefined,
  index: number,
): NewEvent {
  const { id, source, subject, schemaVersion, time, traceparent, metadata } = incoming;
  return {
    id: index === 0 ? id : `${id}.${index}`,
    source,
    type: event.type,
    subject,
    schemaVersion,
    time,
    correlationId: incoming.correlationId ?? loaded.events[0]?.correlationId ?? id,
    causationId: incoming.causationId ?? id,
    ...(traceparent !== undefined && { traceparent }),
    data: event.data as Readonly<Record<string, unknown>>,
    metadata: { ...metadata, ...(fact && { fact }) },
  };
}
