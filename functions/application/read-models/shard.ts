/** Index partitions of one name: a constant key would be one hot partition (1,000 writes a second). */
export const shardCount = 8;

export const shards: readonly number[] = Array.from({ length: shardCount }, (_, shard) => shard);

/** The shard of a stream, 0 … shardCount-1: FNV-1a over its UTF-16 units. Stored in index keys: never change it. */
export function shardOf(stream: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < stream.length; index++) {
    hash = Math.imul(hash ^ stream.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % shardCount;
}
