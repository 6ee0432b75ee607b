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

/** Rows that a read unit covers (4 KB): to ask for fewer costs as much. */
const leastShare = 5;

/**
 * The newest `limit` items of all shards. Every shard is in the order of one and the same unique key, so the key of the
 * last item given is a cursor for all of them. Each shard is asked for a little more than its fair share. Where the newest
 * items stand in a few shards only (most orders have one status), those are asked again, all at once.
 */
export async function mergedPage<Item>(
  readers: readonly ShardReader<Item>[],
  keyOf: (item: Item) => string,
  { limit, after }: PageRequest,
): Promise<Page<Item>> {
  const wanted = limit + 1;
  const shards = readers.map((read): Shard<Item> => ({ read, buffer: [], after, more: true }));
  const items: Item[] = [];
  while (items.length < wanted) {
    if (shards.some(isSpent)) await refill(shards.filter(isLow), keyOf, wanted - items.length);
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

/** What follows in it may be newer than the rest, so nothing more can be given before it is read. */
const isSpent = <Item>({ buffer, more }: Shard<Item>): boolean => more && buffer.length === 0;
const isLow = <Item>({ buffer, more }: Shard<Item>): boolean => more && buffer.length < leastShare / 2;

async function refill<Item>(
  shards: readonly Shard<Item>[],
  keyOf: (item: Item) => string,
  wanted: number,
): Promise<void> {
  const share = Math.min(wanted, Math.max(leastShare, Math.ceil((wanted * 2) / shards.length)));
  await Promise.all(
    shards.map(async (shard) => {
      const { items, more } = await shard.read(shard.after, share);
      const last = items.at(-1);
      shard.buffer = [...shard.buffer, ...items];
      shard.more = more && last !== undefined;
      if (last !== undefined) shard.after = keyOf(last);
    }),
  );
}

/** DynamoDB orders strings by their UTF-8 bytes, JavaScript by UTF-16 units. */
function isBehind(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
}
