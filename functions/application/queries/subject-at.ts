import type { EventStore } from '../ports';
import type { Projection } from '../read-models/projection';
import type { ViewRow } from '../read-models/rows';

/** Which state of a stream is meant, by its own events. Times are those of recording: what was known then. */
export type Moment =
  | { readonly kind: 'latest' }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'time'; readonly at: string };

export type PastState<Row> =
  | { readonly kind: 'found'; readonly row: Row }
  /** The stream has no events, or none yet at that time. */
  | { readonly kind: 'none' }
  /** The stream has fewer versions than were asked for. */
  | { readonly kind: 'beyond'; readonly versions: number };

/** Folds the stream itself, consistently, with the fold of its projection. Throws what the fold throws. */
export async function subjectAt<Row extends ViewRow>(
  events: Pick<EventStore, 'readRange'>,
  projection: Projection<Row>,
  stream: string,
  moment: Moment,
): Promise<PastState<Row>> {
  const upTo = moment.kind === 'version' ? moment.version : undefined;
  const history = await events.readRange(stream, 0, upTo);
  if (moment.kind === 'version' && history.length > 0 && history.length < moment.version) {
    return { kind: 'beyond', versions: history.length };
  }
  const later = moment.kind === 'time' ? history.findIndex((event) => event.recordedAt > moment.at) : -1;
  const known = later === -1 ? history : history.slice(0, later);
  const row = known.reduce<Row | undefined>((so, event) => projection.fold(so, event), undefined);
  return row === undefined ? { kind: 'none' } : { kind: 'found', row };
}
