import { RESERVATION_SOURCE } from './catalogue';
import type { LoadedStream, Snapshot } from './ports';
import type { RecordedEvent } from './recorded-event';

/**
 * Of so many events of a stream one carries what the stream has come to, so that nobody need read further back. Few enough
 * that what is read with it is cheap.
 */
export const SNAPSHOT_EVERY = 20;

/** Whether an event can come a second time by its identity, so that it must be found when a snapshot hides it. */
export const canComeAgain = ({ source }: { readonly source: string }): boolean => source !== RESERVATION_SOURCE;

/** Whether the next event has to carry one: there is none that can be used, or it lies too far back. */
export const isSnapshotDue = ({ events, snapshot }: LoadedStream): boolean =>
  events.length >= (snapshot ? SNAPSHOT_EVERY : SNAPSHOT_EVERY - 1);

/** Where a fold over what was loaded begins, and the events to fold. */
export function foldable<State>({ snapshot, events }: LoadedStream, initial: State): [State, readonly RecordedEvent[]] {
  return snapshot ? [snapshot.state as State, events.slice(1)] : [initial, events];
}

/** The correlation of the stream's first event; undefined: it has none. */
export const storyOf = ({ snapshot, events }: LoadedStream): string | undefined =>
  snapshot?.story ?? events[0]?.correlationId;

/** When the stream began, and the latest time of any of its events and `time`. */
export function timesOf({ snapshot, events }: LoadedStream, time: string): Pick<Snapshot, 'createdAt' | 'updatedAt'> {
  const createdAt = snapshot?.createdAt ?? events[0]?.time ?? time;
  const times = [snapshot?.updatedAt ?? '', ...events.map((event) => event.time), time];
  return { createdAt, updatedAt: times.reduce((latest, one) => (one > latest ? one : latest)) };
}
