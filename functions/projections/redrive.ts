import type { EventStore } from '../application/ports';
import { type Generations, generationOf } from '../application/read-models/generations';
import { isRowRefused, type RowPlace, type ViewRows } from '../application/read-models/ports';
import type { Projection } from '../application/read-models/projection';
import type { Fault, ViewRow } from '../application/read-models/rows';
import type { RecordedEvent } from '../application/recorded-event';
import { advance, type Delivered, reasonOf } from './advance';
import { foldOf } from './projector';

export type RedrivePorts = {
  readonly projections: readonly Projection[];
  readonly generations: () => Promise<ReadonlyMap<string, Generations>>;
  readonly rows: ViewRows;
  /** As they are stored: what is personal is sealed, as the projectors see it. */
  readonly events: Pick<EventStore, 'readRange'>;
  readonly now: () => Date;
};

export type FaultedRow = ViewRow & { readonly fault: Fault };

export type Redriven = RowPlace & {
  readonly projection: string;
  /**
   * `cleared`: the row has all that was known to wait. `moved`: it has more than before, and stands before a later event now.
   * `stands`: the same event still cannot be folded. `short`: the event table does not have all that was seen.
   * `refused`: the row cannot be written. Of a dry run: what it would come to; that a row is refused shows only in writing.
   */
  readonly outcome: 'cleared' | 'moved' | 'stands' | 'short' | 'refused';
  readonly before: FaultedRow;
  /** As it stands, or would stand, afterwards. */
  readonly after: ViewRow;
  /** Why it is still faulty. */
  readonly error?: string;
};

/** Times that the row may be moved meanwhile. */
const attempts = 8;

/**
 * Folds a faulted row on from its version, by the events of the table in today's form and the fold of its generation.
 * Undefined: there is no fault.
 *
 * No event is left out. One that came before the events were read is among them. One that comes later finds the row either
 * with its fault, and raises `seen`: then the row is not the one that was read, the write is refused, and all begins
 * again. Or without it: then the row's version says what it lacks. The fault goes only with everything up to `seen` folded,
 * so an event that was told to wait is never forgotten; and a crash leaves the row as it was, or as it is to be.
 */
export async function redriveFault(
  ports: RedrivePorts,
  place: RowPlace,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<Redriven | undefined> {
  const { stream, generation } = place;
  let row = (await ports.rows.getMany([{ stream, generation }]))[0]?.row;
  if (!isFaulted(row)) return undefined;
  const { projection, asOf } = await foldAt(ports, place);
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (!isFaulted(row)) return undefined;
    const before = row;
    const events = knownBy(asOf, await ports.events.readRange(stream, before.version));
    const redriven = {
      ...place,
      projection: projection.name,
      before,
      ...repaired(projection, before, events, ports.now),
    };
    if (dryRun || redriven.after === before) return redriven;
    try {
      const outcome = await ports.rows.put(generation, redriven.after, before);
      if (outcome.written) return redriven;
      row = outcome.current;
    } catch (error) {
      if (!isRowRefused(error)) throw error;
      return { ...redriven, outcome: 'refused', after: before, error: reasonOf(error) };
    }
  }
  throw new Error(`${stream}: other writers were first ${attempts} times; redrive it again`);
}

/** The same for every generation of the stream's projection; the one that readers are shown last, as the projectors do. */
export async function redriveStream(
  ports: RedrivePorts,
  stream: string,
  options: { readonly dryRun?: boolean } = {},
): Promise<readonly Redriven[]> {
  const name = ports.projections.find(({ prefix }) => stream.startsWith(prefix))?.name;
  const pointer = name === undefined ? undefined : (await ports.generations()).get(name);
  if (pointer === undefined) return [];
  const liveLast = pointer.all.toSorted(
    (one, other) => Number(one.number === pointer.live) - Number(other.number === pointer.live),
  );
  const redriven: Redriven[] = [];
  for (const { number: generation } of liveLast) {
    const one = await redriveFault(ports, { stream, generation }, options);
    if (one) redriven.push(one);
  }
  return redriven;
}

function isFaulted(row: ViewRow | undefined): row is FaultedRow {
  return row?.fault !== undefined;
}

async function foldAt({ projections, generations }: RedrivePorts, { stream, generation: number }: RowPlace) {
  const name = projections.find(({ prefix }) => stream.startsWith(prefix))?.name;
  const pointer = name === undefined ? undefined : (await generations()).get(name);
  const generation = pointer && generationOf(pointer, number);
  if (!pointer || !generation) throw new Error(`${stream}: there is no generation ${number} of its projection`);
  return { projection: foldOf(projections, pointer.projection, generation), asOf: generation.asOf };
}

/** A generation that shows the past ends there. */
function knownBy(asOf: string | undefined, events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const later = asOf === undefined ? -1 : events.findIndex(({ recordedAt }) => recordedAt > asOf);
  return later === -1 ? events : events.slice(0, later);
}

/** What becomes of a faulted row by the events behind its version. Pure. */
function repaired(
  projection: Projection,
  before: FaultedRow,
  events: readonly RecordedEvent[],
  now: () => Date,
): Pick<Redriven, 'outcome' | 'after' | 'error'> {
  const { fault, ...sound } = before;
  const delivered = events.map((event): Delivered => ({ ...event, read: () => event }));
  const step = advance(projection, sound, delivered, now);
  const after: ViewRow = step.kind === 'write' ? step.row : sound;
  if (after.fault === undefined) {
    if (after.version >= fault.seen) return { outcome: 'cleared', after };
    const error = `version ${fault.seen} has been seen, but the event table ends at ${after.version}`;
    return { outcome: 'short', after: before, error };
  }
  const { error } = after.fault;
  const seen = Math.max(fault.seen, after.fault.seen);
  if (after.fault.version > fault.version)
    return { outcome: 'moved', after: { ...after, fault: { ...after.fault, seen } }, error };
  // Perhaps for another reason now: the row is to say today's. Since when is as it was.
  const changed = error !== fault.error || seen !== fault.seen;
  return { outcome: 'stands', after: changed ? { ...before, fault: { ...fault, error, seen } } : before, error };
}
