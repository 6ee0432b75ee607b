import type { EventStore } from '../ports';
import { type FaultFound, faultsFound } from '../queries/health';
import type { Generations } from '../read-models/generations';
import type { ViewLists } from '../read-models/ports';
import type { Projection } from '../read-models/projection';

export type ListFaultsPorts = {
  readonly projections: readonly Pick<Projection, 'name' | 'prefix'>[];
  readonly generations: () => Promise<ReadonlyMap<string, Generations>>;
  readonly lists: Pick<ViewLists, 'faulted'>;
  readonly events: Pick<EventStore, 'readMany'>;
};

export type ListedFault = FaultFound & {
  /** The type of the event that cannot be folded; undefined: the event table does not have it. */
  readonly type?: string;
  /** Events that the row lacks for it: that one, and those behind it. */
  readonly waiting: number;
};

/** At most `limit` faults, in whatever generation, with the events that they are about: one read per hundred of them. */
export async function listFaults(
  ports: ListFaultsPorts,
  limit: number,
): Promise<{ readonly items: readonly ListedFault[]; readonly more: boolean }> {
  const [rows, generations] = await Promise.all([ports.lists.faulted(limit + 1), ports.generations()]);
  const found = faultsFound(rows.slice(0, limit), ports.projections, generations);
  const events = found.length === 0 ? [] : await ports.events.readMany(found);
  const types = new Map(events.map(({ stream, version, type }) => [`${version}@${stream}`, type]));
  const items = found.map((fault) => {
    const type = types.get(`${fault.version}@${fault.stream}`);
    return { ...fault, ...(type !== undefined && { type }), waiting: fault.seen - fault.version + 1 };
  });
  return { items, more: rows.length > limit };
}
