import type { FeedRow } from '../../functions/application/read-models/feed-row';
import type { PageRequest } from '../../functions/application/read-models/page';
import type { FeedReader, FeedWriter } from '../../functions/application/read-models/ports';
import { pageOf } from './memory-page';

const placeOf = ({ id, source, stream, version }: FeedRow) => JSON.stringify([id, source, stream, version]);
const recorded = ({ recordedAt, stream, version }: FeedRow) =>
  `${recordedAt}#${stream}#${String(version).padStart(12, '0')}`;

/** The feed in memory. */
export class MemoryFeed implements FeedWriter, FeedReader {
  private readonly places = new Map<string, FeedRow>();

  private get rows(): readonly FeedRow[] {
    return [...this.places.values()];
  }

  async put(rows: readonly FeedRow[]) {
    for (const row of rows) this.places.set(placeOf(row), row);
    return [];
  }

  async newest(page: PageRequest) {
    return pageOf(this.rows, recorded, page, 'down');
  }

  async byType(type: string, page: PageRequest) {
    const rows = this.rows.filter((row) => row.type === type);
    return pageOf(rows, recorded, page, 'down');
  }

  async byCorrelation(correlationId: string, page: PageRequest) {
    const rows = this.rows.filter((row) => row.correlationId === correlationId);
    return pageOf(rows, recorded, page, 'up');
  }

  async byId(id: string) {
    return this.rows.filter((row) => row.id === id);
  }

  async present(rows: readonly FeedRow[]) {
    return rows.flatMap((row) => this.places.get(placeOf(row)) ?? []);
  }
}
