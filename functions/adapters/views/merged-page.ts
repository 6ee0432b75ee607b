import type { Page, PageRequest } from '../../application/read-models/page';

/** One shard of a list, read downwards from `after`. */
export type ShardReader<Item> = (
  after: string | undefined,
  limit: number,
) => Promise<{ readonly items: readonly Item[]; readonly more: boolean }>;

type Shard<Item> = {
  readonly read: ShardReader<Item>;
  buffer: readonly Item[];
  after: string | undefined;
  more: boolean;
};

/**
 * The newest `limit` items of all shards. Every shard is in the order of one and the same unique key, so the key of the
 * last item given is a cursor for all of them. Each shard is asked for a little more than its fair share, and again only
 * when that was not enough.
 */
export async function mergedPage<Item>(
  readers: readonly ShardReader<Item>[],
  keyOf: (item: Item) => string,
  { limit, after }: PageRequest,
): Promise<Page<Item>> {
  const wanted = limit + 1;
  const share = Math.min(wanted, Math.ceil((wanted * 2) / readers.length));
  const shards = readers.map((read): Shard<Item> => ({ read, buffer: [], after, more: true }));
  const items: Item[] = [];
  while (items.length < wanted) {
    await Promise.all(
      shards.filter((shard) => shard.buffer.length === 0 && shard.more).map((shard) => refill(shard, keyOf, share)),
    );
    const newest = shards.reduce<Shard<Item> | undefined>((best, shard) => {
      const head = shard.buffer[0];
      if (head === undefined) return best;
      return best === undefined || isBehind(keyOf(best.buffer[0] as Item), keyOf(head)) ? shard : best;
    }, undefined);
    if (newest === undefined) break;
    items.push(newest.buffer[0] as Item);
    newest.buffer = newest.buffer.slice(1);
  }
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return items.length > limit && last !== undefined ? { items: page, next: keyOf(last) } : { items: page };
}

async function refill<Item>(shard: Shard<Item>, keyOf: (item: Item) => string, limit: number): Promise<void> {
  const { items, more } = await shard.read(shard.after, limit);
  const last = items.at(-1);
  shard.buffer = items;
  shard.more = more && last !== undefined;
  if (last !== undefined) shard.after = keyOf(last);
}

/** DynamoDB orders strings by their UTF-8 bytes, JavaScript by UTF-16 units. */
function isBehind(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
}
