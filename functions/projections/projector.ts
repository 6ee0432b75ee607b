import type { FaultAnnouncer } from '../application/faults/ports';
import type { EventStore } from '../application/ports';
import { bounded } from '../application/read-models/bounded';
import { byStream } from '../application/read-models/by-stream';
import { following, type Generation, type Generations } from '../application/read-models/generations';
import {
  isRowRefused,
  type PlacedRow,
  type ProjectionDeadLetters,
  type RowPlace,
  type ViewRows,
} from '../application/read-models/ports';
import type { Projection } from '../application/read-models/projection';
import type { Fault, ViewRow } from '../application/read-models/rows';
import type { RecordedEvent } from '../application/recorded-event';
import { advance, type Delivered, faulted, reasonOf } from './advance';

export type ProjectorPorts = {
  /** Every revision of every fold that this release has. */
  readonly projections: readonly Projection[];
  /** Which copies of the rows are to be written. */
  readonly generations: () => Promise<ReadonlyMap<string, Generations>>;
  readonly rows: ViewRows;
  readonly events: Pick<EventStore, 'readRange'>;
  readonly deadLetters: ProjectionDeadLetters;
  /** Hears of each new fault before the row carries it. */
  readonly faults: FaultAnnouncer;
  readonly now: () => Date;
  /** Rows written at a time. Default: 16. */
  readonly width?: number;
};

/** How one stream of a batch ended, in one generation of its projection. */
export type StreamResult = {
  readonly stream: string;
  readonly outcome: 'projected' | 'settled' | 'faulted' | 'dead-lettered' | 'ignored' | 'failed';
  /** Why it failed (to be tried again) or faulted. */
  readonly error?: string;
};

/** A row that a batch is to bring up to date, by a fold. */
type Aim = RowPlace & { readonly projection: Projection; readonly events: readonly Delivered[] };

/** Times that another writer may be first before the stream goes back to the queue. */
const attempts = 8;

/**
 * Brings the rows of the streams of a batch up to date, in every generation that follows the events. One read per hundred
 * rows (none for a stream whose batch begins with its first event), one conditional write per row. The order of delivery,
 * repeats and crashes make no difference: the version in the row decides. Never throws; a stream that failed for a passing
 * reason says so.
 */
export function makeProjector(ports: ProjectorPorts) {
  return async (batch: readonly Delivered[]): Promise<readonly StreamResult[]> => {
    const streams = [...byStream(batch)].map(([stream, events]) => [stream, inOrder(events)] as const);
    try {
      const generations = await ports.generations();
      const aims: Aim[] = [];
      const without: StreamResult[] = [];
      for (const [stream, events] of streams) {
        try {
          const found = aimsOf(ports, generations, stream, events);
          aims.push(...found);
          if (found.length === 0) without.push({ stream, outcome: 'ignored' });
        } catch (error) {
          without.push({ stream, outcome: 'failed', error: reasonOf(error) });
        }
      }
      return [...without, ...(await projectAims(ports, aims))];
    } catch (error) {
      return streams.map(([stream]) => ({ stream, outcome: 'failed', error: reasonOf(error) }));
    }
  };
}

/**
 * Brings rows of one generation up to date: what a rebuild does with the pages of the event table. Never throws. The faults
 * that it meets are not announced: a wrong fold has one for every stream, and who has begun the rebuild is told of them.
 */
export function makeGenerationProjector(
  rowPorts: Omit<RowPorts, 'faults'>,
  projection: Projection,
  generation: number,
) {
  const ports: RowPorts = { ...rowPorts, faults: { met: async () => {} } };
  return async (batch: readonly Delivered[]): Promise<readonly StreamResult[]> => {
    const aims = [...byStream(batch)].map(
      ([stream, events]): Aim => ({ stream, generation, projection, events: inOrder(events) }),
    );
    try {
      return await projectAims(ports, aims);
    } catch (error) {
      return aims.map(({ stream }) => ({ stream, outcome: 'failed', error: reasonOf(error) }));
    }
  };
}

type RowPorts = Omit<ProjectorPorts, 'generations' | 'projections'>;

async function projectAims(ports: RowPorts, aims: readonly Aim[]): Promise<readonly StreamResult[]> {
  const unread = aims.filter(({ events }) => events[0]?.version !== 1);
  const rows = new Map((unread.length > 0 ? await ports.rows.getMany(unread.map(placeOf)) : []).map(named));
  const results = await bounded(ports.width ?? 16, [...byStream(aims).values()], async (ofStream) => {
    const done: StreamResult[] = [];
    try {
      for (const aim of ofStream) done.push(await projectRow(ports, aim, rows.get(nameOf(aim))));
    } catch (error) {
      done.push({ stream: ofStream[0]?.stream ?? '', outcome: 'failed', error: reasonOf(error) });
    }
    return done;
  });
  return results.flat();
}

const placeOf = ({ stream, generation }: Aim): RowPlace => ({ stream, generation });
const nameOf = ({ stream, generation }: RowPlace): string => `${generation}@${stream}`;
const named = (placed: PlacedRow): readonly [string, ViewRow] => [nameOf(placed), placed.row];

/**
 * The rows that a stream feeds: one in each generation of its projection that follows. The one that readers are shown comes
 * last, and only when the others are written: nobody who is shown another generation next finds it behind what they have seen.
 */
function aimsOf(
  ports: ProjectorPorts,
  generations: ReadonlyMap<string, Generations>,
  stream: string,
  events: readonly Delivered[],
): readonly Aim[] {
  const name = ports.projections.find(({ prefix }) => stream.startsWith(prefix))?.name;
  const pointer = name === undefined ? undefined : generations.get(name);
  if (pointer === undefined) return [];
  const liveLast = following(pointer).toSorted(
    (one, other) => Number(one.number === pointer.live) - Number(other.number === pointer.live),
  );
  return liveLast.map((generation) => {
    const projection = foldOf(ports.projections, pointer.projection, generation);
    return { stream, generation: generation.number, projection, events };
  });
}

/** The fold that makes a generation. Without it nothing may be written there: another would make a mixture. */
export function foldOf(projections: readonly Projection[], name: string, generation: Generation): Projection {
  const found = projections.find((one) => one.name === name && one.revision === generation.revision);
  if (found) return found;
  const { number, revision } = generation;
  throw new Error(
    `${name}: generation ${number} is made by revision ${revision} of the fold, which this release does not have`,
  );
}

async function projectRow(ports: RowPorts, aim: Aim, read: ViewRow | undefined): Promise<StreamResult> {
  const { stream, generation, projection } = aim;
  let row = read;
  let { events } = aim;
  let announced: number | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    let step = advance(projection, row, events, ports.now);
    if (step.kind === 'gap') {
      events = await fill(ports, stream, step, events);
      step = advance(projection, row, events, ports.now);
      if (step.kind === 'gap')
        throw new Error(`${stream}: versions ${step.after + 1}..${step.upTo} cannot be read yet`);
    }
    if (step.kind === 'settled') return { stream, outcome: 'settled' };
    const { fault } = step.row;
    if (fault && !row?.fault && announced !== fault.version) {
      await announce(ports, aim, fault, events);
      announced = fault.version;
    }
    try {
      const outcome = await ports.rows.put(generation, step.row, row);
      if (outcome.written) return ended(stream, step.row);
      row = outcome.current;
    } catch (error) {
      if (!isRowRefused(error)) throw error;
      return await refused(ports, aim, events, row, error);
    }
  }
  throw new Error(`${stream}: other writers were first ${attempts} times`);
}

async function fill(
  ports: RowPorts,
  stream: string,
  gap: { readonly after: number; readonly upTo: number },
  delivered: readonly Delivered[],
): Promise<readonly Delivered[]> {
  const read = await ports.events.readRange(stream, gap.after, gap.upTo);
  return inOrder([...delivered, ...read.map((event) => ({ stream, version: event.version, read: () => event }))]);
}

/** The new row cannot be written: the old one says so; where not even that can be written, a dead letter does. */
async function refused(
  ports: RowPorts,
  aim: Aim,
  events: readonly Delivered[],
  row: ViewRow | undefined,
  error: unknown,
): Promise<StreamResult> {
  const { stream, generation } = aim;
  const version = row?.fault?.version ?? (row?.version ?? 0) + 1;
  const seen = events.at(-1)?.version ?? version;
  const next = row?.fault
    ? { ...row, fault: { ...row.fault, seen } }
    : faulted(row, { stream, version }, error, seen, ports.now());
  if (!row?.fault) await announce(ports, aim, next.fault, events);
  try {
    const outcome = await ports.rows.put(generation, next, row);
    if (!outcome.written) throw new Error(`${stream}: another writer was first`);
    return { stream, outcome: 'faulted', error: reasonOf(error) };
  } catch (again) {
    if (!isRowRefused(again)) throw again;
    await ports.deadLetters.send([{ stream, version, error: reasonOf(error) }]);
    return { stream, outcome: 'dead-lettered', error: reasonOf(error) };
  }
}

function announce(ports: RowPorts, aim: Aim, fault: Fault, events: readonly Delivered[]): Promise<void> {
  const { version, error, since } = fault;
  const { stream, generation, projection } = aim;
  const event = readable(events.find((one) => one.version === version));
  return ports.faults.met({ projection: projection.name, generation, stream, version, error, since, event });
}

/** The event itself, if it can be read: it may be what is wrong. */
function readable(event: Delivered | undefined): RecordedEvent | undefined {
  try {
    return event?.read();
  } catch {
    return undefined;
  }
}

function ended(stream: string, row: ViewRow): StreamResult {
  return row.fault ? { stream, outcome: 'faulted', error: row.fault.error } : { stream, outcome: 'projected' };
}

function inOrder(events: readonly Delivered[]): readonly Delivered[] {
  const byVersion = new Map(events.map((event) => [event.version, event]));
  return [...byVersion.values()].sort((one, other) => one.version - other.version);
}
