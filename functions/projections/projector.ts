import type { EventStore } from '../application/ports';
import { bounded } from '../application/read-models/bounded';
import { byStream } from '../application/read-models/by-stream';
import { isRowRefused, type ProjectionDeadLetters, type ViewRows } from '../application/read-models/ports';
import type { Projection } from '../application/read-models/projection';
import type { ViewRow } from '../application/read-models/rows';
import { advance, type Delivered, faulted, reasonOf } from './advance';

export type ProjectorPorts = {
  readonly projections: readonly Projection[];
  readonly rows: ViewRows;
  readonly events: Pick<EventStore, 'readRange'>;
  readonly deadLetters: ProjectionDeadLetters;
  readonly now: () => Date;
};

/** How one stream of a batch ended. */
export type StreamResult = {
  readonly stream: string;
  readonly outcome: 'projected' | 'settled' | 'faulted' | 'dead-lettered' | 'ignored' | 'failed';
  /** Why it failed (to be tried again) or faulted. */
  readonly error?: string;
};

/** Streams written at a time. */
const width = 16;
/** Times that another writer may be first before the stream goes back to the queue. */
const attempts = 8;

/**
 * Brings the rows of the streams of a batch up to date. One read per hundred streams (none for a stream whose batch
 * begins with its first event), one conditional write per stream. The order of delivery, repeats and crashes make no
 * difference: the version in the row decides. Never throws; a stream that failed for a passing reason says so.
 */
export function makeProjector(ports: ProjectorPorts) {
  return async (batch: readonly Delivered[]): Promise<readonly StreamResult[]> => {
    const streams = [...byStream(batch)].map(([stream, events]) => [stream, inOrder(events)] as const);
    const unread = streams
      .filter(([stream, events]) => events[0]?.version !== 1 && projectionOf(ports, stream))
      .map(([stream]) => stream);
    let rows: ReadonlyMap<string, ViewRow> = new Map();
    try {
      if (unread.length > 0) rows = await ports.rows.getMany(unread);
    } catch (error) {
      return streams.map(([stream]) => ({ stream, outcome: 'failed', error: reasonOf(error) }));
    }
    return bounded(width, streams, async ([stream, events]) => {
      try {
        return await projectStream(ports, stream, events, rows.get(stream));
      } catch (error) {
        return { stream, outcome: 'failed', error: reasonOf(error) };
      }
    });
  };
}

async function projectStream(
  ports: ProjectorPorts,
  stream: string,
  delivered: readonly Delivered[],
  read: ViewRow | undefined,
): Promise<StreamResult> {
  const projection = projectionOf(ports, stream);
  if (!projection) return { stream, outcome: 'ignored' };
  let row = read;
  let events = delivered;
  for (let attempt = 0; attempt < attempts; attempt++) {
    let step = advance(projection, row, events, ports.now);
    if (step.kind === 'gap') {
      events = await fill(ports, stream, step, events);
      step = advance(projection, row, events, ports.now);
      if (step.kind === 'gap')
        throw new Error(`${stream}: versions ${step.after + 1}..${step.upTo} cannot be read yet`);
    }
    if (step.kind === 'settled') return { stream, outcome: 'settled' };
    try {
      const outcome = await ports.rows.put(step.row, row);
      if (outcome.written) return ended(stream, step.row);
      row = outcome.current;
    } catch (error) {
      if (!isRowRefused(error)) throw error;
      return await refused(ports, stream, events, row, error);
    }
  }
  throw new Error(`${stream}: other writers were first ${attempts} times`);
}

async function fill(
  ports: ProjectorPorts,
  stream: string,
  gap: { readonly after: number; readonly upTo: number },
  delivered: readonly Delivered[],
): Promise<readonly Delivered[]> {
  const read = await ports.events.readRange(stream, gap.after, gap.upTo);
  return inOrder([...delivered, ...read.map((event) => ({ stream, version: event.version, read: () => event }))]);
}

/** The new row cannot be written: the old one says so; where not even that can be written, a dead letter does. */
async function refused(
  ports: ProjectorPorts,
  stream: string,
  events: readonly Delivered[],
  row: ViewRow | undefined,
  error: unknown,
): Promise<StreamResult> {
  const version = row?.fault?.version ?? (row?.version ?? 0) + 1;
  const seen = events.at(-1)?.version ?? version;
  try {
    const fault = row?.fault ? { ...row, fault: { ...row.fault, seen } } : undefined;
    const outcome = await ports.rows.put(fault ?? faulted(row, { stream, version }, error, seen, ports.now()), row);
    if (!outcome.written) throw new Error(`${stream}: another writer was first`);
    return { stream, outcome: 'faulted', error: reasonOf(error) };
  } catch (again) {
    if (!isRowRefused(again)) throw again;
    await ports.deadLetters.send([{ stream, version, error: reasonOf(error) }]);
    return { stream, outcome: 'dead-lettered', error: reasonOf(error) };
  }
}

function ended(stream: string, row: ViewRow): StreamResult {
  return row.fault ? { stream, outcome: 'faulted', error: row.fault.error } : { stream, outcome: 'projected' };
}

function projectionOf(ports: ProjectorPorts, stream: string): Projection | undefined {
  return ports.projections.find((projection) => stream.startsWith(projection.prefix));
}

function inOrder(events: readonly Delivered[]): readonly Delivered[] {
  const byVersion = new Map(events.map((event) => [event.version, event]));
  return [...byVersion.values()].sort((one, other) => one.version - other.version);
}
