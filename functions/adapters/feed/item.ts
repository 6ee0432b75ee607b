import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { FeedRow } from '../../application/read-models/feed-row';
import { shardOf } from '../../application/read-models/shard';

export type Item = Record<string, AttributeValue>;

/**
 * `pk` finds an event by its id; `sk` tells apart events of one id, by their producer and, should a producer have used
 * an id twice, by their place. The rest are the keys of `events-by-type`, `events-by-time`, `events-by-correlation`.
 */
type Keys = {
  readonly pk: string;
  readonly sk: string;
  readonly typeShard: string;
  readonly timeShard: string;
  readonly recordedKey: string;
};

export function toItem(row: FeedRow): Item {
  const shard = shardOf(row.stream);
  const keys: Keys = {
    ...keysOf(row),
    typeShard: typeShard(row.type, shard),
    timeShard: timeShard(shard),
    recordedKey: recordedKey(row),
  };
  return marshall({ ...row, ...keys }, { removeUndefinedValues: true });
}

export function fromItem(item: Item): FeedRow {
  const { pk, sk, typeShard, timeShard, recordedKey, ...row } = unmarshall(item) as FeedRow & Keys;
  return row;
}

export function keysOf(row: FeedRow): { readonly pk: string; readonly sk: string } {
  return { pk: partitionOf(row.id), sk: `${row.source}#${row.stream}@${row.version}` };
}

export function partitionOf(id: string): string {
  return `event#${id}`;
}

export function typeShard(type: string, shard: number): string {
  return `${type}#${shard}`;
}

export function timeShard(shard: number): string {
  return String(shard);
}

/** Unique, and in the order of recording; versions are padded so that those of one millisecond keep theirs. */
export function recordedKey(row: FeedRow): string {
  return `${row.recordedAt}#${row.stream}#${String(row.version).padStart(12, '0')}`;
}
