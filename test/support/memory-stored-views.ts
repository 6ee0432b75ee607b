import type { FeedRow } from '../../functions/application/read-models/feed-row';
import type { RowPlace } from '../../functions/application/read-models/ports';
import type { StoredViews } from '../../functions/application/verify/stored-views';
import type { MemoryFeed } from './memory-feed';
import type { MemoryViewRows } from './memory-views';

/** Rows and feed in memory as they lie in one table. Memory has no keys of lists, so none goes astray. */
export class MemoryStoredViews implements StoredViews {
  constructor(
    private readonly views: MemoryViewRows,
    private readonly feed?: MemoryFeed,
  ) {}

  async rows(places: readonly RowPlace[]) {
    return this.views.getMany(places);
  }

  async feedRows(rows: readonly FeedRow[]) {
    return Promise.all(
      rows.map(async (row) => {
        const [found] = (await this.feed?.present([row])) ?? [];
        return found && { row: found };
      }),
    );
  }

  async *segment(segment: number, of: number) {
    const rows = this.views.generations.flatMap((generation) =>
      [...this.views.copy(generation)].map(([stream, row]) => ({ stream, generation, row })),
    );
    const mine = <Item>(items: readonly Item[]) => items.filter((_, i) => i % of === segment);
    const { items: feed } = (await this.feed?.newest({ limit: 1_000_000 })) ?? { items: [] };
    yield { rows: mine(rows), feed: mine(feed) };
  }
}
