import type { EventStore, LoadedStream } from '../ports';
import type { Projection } from '../read-models/projection';
import type { ViewRow } from '../read-models/rows';
import { eventsTo, rowBehind } from './row-behind';

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

type StreamReader = Pick<EventStore, 'load' | 'readRange' | 'readMany'>;

/**
 * Folds the stream itself, consistently, with the fold of its projection; of a stream that carries snapshots only what is
 * behind the last one before that moment. Throws what the fold throws.
 */
export async function subjectAt<Row extends ViewRow>(
  events: StreamReader,
  projection: Projection<Row>,
  stream: string,
  moment: Moment,
): Promise<PastState<Row>> {
  const loaded = await events.load(stream);
  if (loaded.version === 0) return { kind: 'none' };
  if (moment.kind === 'version' && moment.version > loaded.version) return { kind: 'beyond', versions: loaded.version };
  const version = await versionAt(events, loaded, moment);
  if (version === 0) return { kind: 'none' };
  const first = loaded.events[0]?.version ?? 1;
  const isWithin = first === 1 || (projection.fromSnapshot !== undefined && version >= first);
  const known = isWithin
    ? loaded.events.filter((event) => event.version <= version)
    : await eventsTo(events, projection, stream, version);
  const row = rowBehind(projection, known);
  return row === undefined ? { kind: 'none' } : { kind: 'found', row };
}

/** The version that the stream had reached at that moment; 0: none yet. */
async function versionAt(events: StreamReader, loaded: LoadedStream, moment: Moment): Promise<number> {
  if (moment.kind === 'latest') return loaded.version;
  if (moment.kind === 'version') return moment.version;
  const before = (loaded.events[0]?.version ?? 1) - 1;
  const later = loaded.events.findIndex((event) => event.recordedAt > moment.at);
  if (later === -1) return loaded.version;
  return later > 0 || before === 0 ? before + later : search(events, loaded.stream, moment.at, before + 1);
}

/** Versions looked at with one call. */
const probes = 15;

/**
 * The last version recorded by that time, in what a snapshot has cut off: `later` was recorded after it. A few calls
 * however long the stream; times of recording rise with the versions, but for what the writers' clocks differ by.
 */
async function search(events: StreamReader, stream: string, at: string, later: number): Promise<number> {
  let known = 0;
  let beyond = later;
  while (beyond - known > 1) {
    const step = Math.ceil((beyond - known) / (probes + 1));
    const places = Array.from({ length: probes }, (_, n) => ({ stream, version: known + (n + 1) * step }));
    const found = await events.readMany(places.filter(({ version }) => version < beyond));
    if (found.length === 0) throw new Error(`${stream}: versions ${known + 1}..${beyond - 1} cannot be read`);
    for (const { version, recordedAt } of found) {
      if (recordedAt > at) {
        beyond = version;
        break;
      }
      known = version;
    }
  }
  return known;
}
