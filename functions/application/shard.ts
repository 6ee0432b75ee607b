/** How many keys a hot index key is spread over. Fixed: rows in the tables carry it. */
export const SHARDS = 8;

/** The shard of a stream: FNV-1a over its UTF-16 units, so that every writer and reader agrees without a library. */
export function shardOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % SHARDS;
}
