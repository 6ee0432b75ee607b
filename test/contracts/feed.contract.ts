import { describe, expect, it } from '@jest/globals';
import type { FeedRow } from '../../functions/application/read-models/feed-row';
import type { Page, PageRequest } from '../../functions/application/read-models/page';
import type { FeedReader, FeedWriter } from '../../functions/application/read-models/ports';

export type FeedUnderContract = { readonly writer: FeedWriter; readonly reader: FeedReader };

/** What every feed keeps to. `feed` is asked for in each test; ids are new in each. */
export function feedContract(name: string, feed: () => FeedUnderContract): void {
  let ids = 0;
  const run = Math.random().toString(36).slice(2);
  const newId = () => `${run}-${++ids}`;
  const row = (over: Partial<FeedRow> = {}): FeedRow => {
    const id = newId();
    return {
      stream: `order#${id}`,
      version: 1,
      id,
      source: 'shop',
      type: 'OrderCreated',
      recordedAt: '2026-01-01T12:00:00.000Z',
      correlationId: id,
      ...over,
    };
  };

  /** A list to its end, in pages. */
  async function all(list: (page: PageRequest) => Promise<Page<FeedRow>>, limit: number): Promise<FeedRow[]> {
    const rows: FeedRow[] = [];
    let after: string | undefined;
    do {
      const page = await list(after === undefined ? { limit } : { limit, after });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      rows.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return rows;
  }

  describe(`${name} as a feed`, () => {
    it('shows the newest events of all streams first, page by page, each once', async () => {
      const rows = Array.from({ length: 30 }, (_, n) =>
        row({ recordedAt: `2099-01-01T00:00:00.${String(n).padStart(3, '0')}Z` }),
      );
      expect(await feed().writer.put(rows)).toEqual([]);
      const first = await feed().reader.newest({ limit: 20 });
      expect(first.items).toEqual(rows.slice(-20).reverse());
      const second = await feed().reader.newest({ limit: 10, after: first.next as string });
      expect(second.items).toEqual(rows.slice(0, 10).reverse());
    });

    it('shows the events of one type, and of one millisecond in the order of their stream', async () => {
      const type = `Type${newId()}`;
      const stream = `order#${newId()}`;
      const rows = Array.from({ length: 12 }, (_, n) => row({ type, stream, version: n + 1 }));
      await feed().writer.put([...rows, row({ type: `${type}Not` })]);
      expect(await all((page) => feed().reader.byType(type, page), 5)).toEqual(rows.toReversed());
    });

    it('is written once however often the same event comes, in one call or in several', async () => {
      const type = `Type${newId()}`;
      const one = row({ type });
      await feed().writer.put([one, one]);
      await feed().writer.put([one]);
      expect(await all((page) => feed().reader.byType(type, page), 5)).toEqual([one]);
    });

    it('tells a story in the order in which it was recorded', async () => {
      const correlationId = `story/${newId()}`;
      const rows = [3, 1, 2].map((n) => row({ correlationId, recordedAt: `2026-01-01T12:00:0${n}.000Z` }));
      await feed().writer.put(rows);
      const [third, first, second] = rows;
      expect(await all((page) => feed().reader.byCorrelation(correlationId, page), 2)).toEqual([first, second, third]);
    });

    it('finds every event of an id: of several producers, and of one that used it twice', async () => {
      const id = `id#${newId()}`;
      const rows = [row({ id }), row({ id, source: 'other' }), row({ id, stream: 'order#another' })];
      await feed().writer.put([...rows, row()]);
      const found = await feed().reader.byId(id);
      expect(found).toHaveLength(3);
      expect(found).toEqual(expect.arrayContaining(rows));
      expect(await feed().reader.byId('nobody')).toEqual([]);
    });

    it('says which of some events it has', async () => {
      const [known, unknown] = [row(), row()];
      await feed().writer.put([known]);
      expect(await feed().reader.present([unknown, known])).toEqual([known]);
    });
  });
}
