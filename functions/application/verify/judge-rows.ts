import { type Effects, type EventStore, isBrokenStream } from '../ports';
import { bounded } from '../read-models/bounded';
import type { Generation } from '../read-models/generations';
import type { Projection } from '../read-models/projection';
import type { ProjectionFinding } from './findings';
import { judged } from './patience';
import { RowFold } from './row-fold';
import { rowVerdict } from './row-verdict';
import type { StoredRow, StoredViews } from './stored-views';

/** The copy of a projection that is checked, and the fold that makes it. */
export type Copy = { readonly projection: Projection; readonly generation: Generation };

export type RowPorts = {
  readonly events: Pick<EventStore, 'readRange'>;
  readonly views: Pick<StoredViews, 'rows'>;
  readonly effects: Pick<Effects, 'random' | 'sleep'>;
};

/** Streams read at a time. */
const WIDTH = 8;
/** Events read at a time: a stream may be long. */
const EVENTS = 500;

/**
 * Reads rows, and then their streams, by themselves and consistently: what a row has seen its stream must have. A row that
 * is only behind is given time.
 */
export function judgeRows(
  ports: RowPorts,
  copy: Copy,
  streams: readonly string[],
): Promise<readonly ProjectionFinding[]> {
  const generation = copy.generation.number;
  return judged(
    [...new Set(streams)],
    async (suspects) => {
      const stored = await ports.views.rows(suspects.map((stream) => ({ stream, generation })));
      const rows = new Map(stored.map((row) => [row.stream, row]));
      return bounded(WIDTH, suspects, async (stream) => {
        const finding = await look(ports, copy, stream, rows.get(stream));
        const mayPass = finding?.kind === 'behind' || finding?.kind === 'missing';
        return { mayPass, ...(finding && { finding }) };
      });
    },
    ports.effects,
  );
}

async function look(
  { events }: RowPorts,
  { projection, generation }: Copy,
  stream: string,
  stored: StoredRow | undefined,
): Promise<ProjectionFinding | undefined> {
  const version = stored?.row.version ?? 0;
  const fold = new RowFold(projection, generation.asOf);
  const about = { projection: projection.name, generation: generation.number, stream, version };
  let row: StoredRow['row'] | undefined;
  let since: string | undefined;
  for (let after = 0; ; after += EVENTS) {
    const page = await rangeOf(events, stream, after);
    for (const event of page ?? []) {
      if (!fold.next(event)) return { ...about, kind: 'unreadable', newest: fold.version };
      if (fold.version === version) row = fold.row;
      if (event.version === version + 1) since = event.recordedAt;
    }
    if (page === undefined) return { ...about, kind: 'unreadable', newest: fold.version };
    if (page.length < EVENTS) break;
  }
  const { version: newest, fault } = fold;
  const verdict = rowVerdict(stored, { newest, ...(row && { row }), ...(fault && { fault }) });
  if (!verdict) return undefined;
  const isBehind = verdict.kind === 'behind' || verdict.kind === 'missing';
  return { ...about, ...verdict, newest, ...(isBehind && since !== undefined && { since }) };
}

/** Undefined: there is a hole in it. */
async function rangeOf(events: RowPorts['events'], stream: string, after: number) {
  try {
    return await events.readRange(stream, after, after + EVENTS);
  } catch (error) {
    if (isBrokenStream(error)) return undefined;
    throw error;
  }
}
