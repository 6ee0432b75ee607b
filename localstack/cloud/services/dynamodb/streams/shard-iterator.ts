/** Where a reader stands in a shard, and since when. */
export type ShardIterator = {
  readonly streamArn: string;
  readonly shard: number;
  /** Position of the last record that it has read. */
  readonly after: number;
  /** Milliseconds since 1970. */
  readonly at: number;
};

/** In the form of AWS's: the stream's ARN in plain text, the rest opaque. */
export function writeIterator({ streamArn, shard, after, at }: ShardIterator): string {
  return `${streamArn}|1|${Buffer.from(`${shard} ${after} ${at}`).toString('base64')}`;
}

/** Undefined when `text` is none. */
export function readIterator(text: string): ShardIterator | undefined {
  const [streamArn, , opaque] = text.split('|');
  const match = opaque && /^(\d+) (\d+) (\d+)$/.exec(Buffer.from(opaque, 'base64').toString());
  if (!streamArn || !match) return undefined;
  return { streamArn, shard: Number(match[1]), after: Number(match[2]), at: Number(match[3]) };
}
