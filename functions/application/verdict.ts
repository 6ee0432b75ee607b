import type { Decision } from '../domain/decision';
import { type DomainEvent, judge } from './aggregates';
import type { IncomingEvent } from './incoming-event';
import { newEvent } from './new-event';
import type { LoadedStream, NewEvent } from './ports';
import type { RecordedEvent } from './recorded-event';

/** What is to become of an incoming event behind what its stream holds. */
export type Verdict =
  | Accepted
  | { readonly kind: 'duplicate'; readonly of: RecordedEvent }
  | Exclude<Decision<DomainEvent>, { readonly kind: 'append' }>;

/** As far as its own stream is concerned: `before` and `after` are the stream's states. */
export type Accepted = {
  readonly kind: 'append';
  readonly events: readonly NewEvent[];
  readonly before: unknown;
  readonly after: unknown;
};

/**
 * Pure. An event whose (source, id) is in the stream is a duplicate, whatever the decider would say now. Of a stream that a
 * snapshot cuts short only the events that were loaded are looked at.
 */
export function verdictOn(loaded: LoadedStream, incoming: IncomingEvent): Verdict {
  const twin = loaded.events.find((event) => isSame(event, incoming));
  if (twin) return { kind: 'duplicate', of: twin };
  const { decision, before, steps } = judge(incoming.aggregate, loaded, incoming.event);
  if (decision.kind !== 'append') return decision;
  const events = steps.map((step, i) =>
    newEvent(loaded, { ...incoming, id: i === 0 ? incoming.id : `${incoming.id}.${i}` }, step, i),
  );
  return { kind: 'append', events, before, after: steps.at(-1)?.after };
}

export const isSame = (a: { id: string; source: string }, b: { id: string; source: string }): boolean =>
  a.id === b.id && a.source === b.source;
