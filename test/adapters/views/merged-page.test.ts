import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mergedPage, type ShardReader } from '../../../functions/adapters/views/merged-page';

const descending = (one: string, other: string) => (one < other ? 1 : one > other ? -1 : 0);

/** A shard as an index would read it, and how often it was asked. */
function shard(keys: readonly string[]) {
  const reads: number[] = [];
  const read: ShardReader<string> = async (after, limit) => {
    reads.push(limit);
    const behind = [...keys].sort(descending).filter((key) => after === undefined || key < after);
    return { items: behind.slice(0, limit), more: behind.length >= limit };
  };
  return { read, reads };
}

describe('a page over shards', () => {
  test('page by page, shows every item once, newest first, however the shards are filled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.tuple(fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme-ascii' }), fc.nat({ max: 3 })),
          {
            selector: ([key]) => key,
          },
        ),
        fc.integer({ min: 1, max: 5 }),
        async (placed, limit) => {
          const readers = [0, 1, 2, 3].map((n) => shard(placed.filter(([, at]) => at === n).map(([key]) => key)).read);
          const seen: string[] = [];
          let after: string | undefined;
          do {
            const page = await mergedPage(readers, (key) => key, { limit, ...(after ? { after } : {}) });
            expect(page.items.length).toBe(Math.min(limit, placed.length - seen.length));
            seen.push(...page.items);
            after = page.next;
          } while (after !== undefined);
          expect(seen).toEqual(placed.map(([key]) => key).sort(descending));
        },
      ),
    );
  });

  test('asks each shard once when the items are spread evenly', async () => {
    const all = Array.from({ length: 80 }, (_, n) => String(n).padStart(2, '0'));
    const parts = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => shard(all.filter((_, i) => i % 8 === n)));
    const page = await mergedPage(
      parts.map(({ read }) => read),
      (key) => key,
      { limit: 20 },
    );
    expect(page).toEqual({ items: all.slice(-20).reverse(), next: '60' });
    expect(parts.map(({ reads }) => reads)).toEqual(Array.from({ length: 8 }, () => [6]));
  });

  test('asks again, all at once, the few shards that have most of the newest', async () => {
    const all = Array.from({ length: 800 }, (_, n) => String(n).padStart(3, '0'));
    const hot = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => shard(all.filter((_, i) => i % 8 === n)));
    const cold = Array.from({ length: 40 }, () => shard([]));
    const page = await mergedPage(
      [...hot, ...cold].map(({ read }) => read),
      (key) => key,
      { limit: 100 },
    );
    expect(page.items).toEqual(all.slice(-100).reverse());
    expect(cold.map(({ reads }) => reads.length)).toEqual(cold.map(() => 1));
    expect(hot.map(({ reads }) => reads.length)).toEqual(hot.map(() => 2));
  });

  test('asks no shard for more than the page needs', async () => {
    const one = shard(['a', 'b', 'c']);
    await mergedPage([one.read], (key) => key, { limit: 1 });
    expect(one.reads).toEqual([2]);
  });
});
