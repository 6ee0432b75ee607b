import type { EventStore } from '../../application/ports';
import type { ProjectionDeadLetters, StoredRows, ViewRows } from '../../application/read-models/ports';
import type { Projection } from '../../application/read-models/projection';
import { knownAt } from '../../application/rebuild/known-at';
import type { RebuildTarget } from '../../application/rebuild/ports';
import { foldOf, makeGenerationProjector } from '../../projections/projector';

export type RowTargetPorts = {
  readonly rows: ViewRows;
  readonly stored: Pick<StoredRows, 'page' | 'remove'>;
  readonly events: Pick<EventStore, 'readRange'>;
  readonly deadLetters: ProjectionDeadLetters;
  readonly now: () => Date;
};

/** Rows written at a time: nobody waits for a worker's page, so it may keep the table busier than a live batch does. */
const WIDTH = 32;

/** Every projection that has a row per stream, by its name: built by the projector that keeps its rows, aimed at one generation. */
export function rowTargets(
  projections: readonly Projection[],
  ports: RowTargetPorts,
): ReadonlyMap<string, RebuildTarget> {
  const byName = new Map(projections.map((projection) => [projection.name, projection]));
  return new Map([...byName].map(([name, { prefix }]) => [name, rowTarget(projections, name, prefix, ports)]));
}

function rowTarget(
  projections: readonly Projection[],
  name: string,
  prefix: string,
  ports: RowTargetPorts,
): RebuildTarget {
  const reached = async (stream: string, generation: number) => {
    const [placed] = await ports.rows.getMany([{ stream, generation }]);
    return placed?.row.fault?.seen ?? placed?.row.version ?? 0;
  };
  return {
    prefix,
    inPlace: false,
    async take(generation, events) {
      const project = makeGenerationProjector(
        { ...ports, width: WIDTH },
        foldOf(projections, name, generation),
        generation.number,
      );
      const results = await project(events.map((event) => ({ ...event, read: () => event })));
      const count = (...outcomes: readonly string[]) =>
        results.filter(({ outcome }) => outcomes.includes(outcome)).length;
      return {
        rows: count('projected', 'faulted'),
        faulted: count('faulted', 'dead-lettered'),
        failed: results.flatMap(({ stream, outcome, error }) => (outcome === 'failed' ? [`${stream}: ${error}`] : [])),
      };
    },
    knownAt: (generation, asOf, events) => knownAt({ reached, events: ports.events }, generation, asOf, events),
    async remove(generation, part, from) {
      const { rows, read, next } = await ports.stored.page(part, from);
      const places = rows.filter((row) => row.generation === generation && row.stream.startsWith(prefix));
      await ports.stored.remove(places);
      return { read, removed: places.length, ...(next !== undefined && { next }) };
    },
  };
}
