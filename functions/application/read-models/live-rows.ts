import type { KnownGenerations } from './known-generations';
import type { LiveRows, ViewRows } from './ports';
import type { Projection } from './projection';

/** The rows of the generations that are live. Streams of no projection have none. */
export function liveRows(
  rows: Pick<ViewRows, 'getMany'>,
  known: Pick<KnownGenerations, 'all'>,
  projections: readonly Pick<Projection, 'name' | 'prefix'>[],
): LiveRows {
  return {
    async getMany(streams) {
      const generations = await known.all();
      const places = streams.flatMap((stream) => {
        const projection = projections.find(({ prefix }) => stream.startsWith(prefix));
        const live = projection && generations.get(projection.name)?.live;
        return live === undefined ? [] : [{ stream, generation: live }];
      });
      if (places.length === 0) return new Map();
      return new Map((await rows.getMany(places)).map(({ stream, row }) => [stream, row]));
    },
  };
}
