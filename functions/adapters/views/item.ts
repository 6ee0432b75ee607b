import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { PlacedRow, RowPlace } from '../../application/read-models/ports';
import { hasBody, type OrderSummary, type ViewRow } from '../../application/read-models/rows';
import { shardOf } from '../../application/read-models/shard';

export type Item = Record<string, AttributeValue>;

/** The sort keys of a stream's rows begin so: `summary@<generation>`. */
export const SUMMARY = 'summary@';

/**
 * What the table adds to a row: its key, and the keys of the sparse indexes that it stands in. Those of lists carry the
 * generation, so that a list is of one generation only.
 */
type Keys = {
  readonly pk: string;
  readonly sk: string;
  /** `orders-by-user`, `orders-by-status`, `faults`. */
  readonly userKey?: string;
  readonly createdKey?: string;
  readonly statusShard?: string;
  readonly updatedKey?: string;
  readonly faultShard?: string;
};

export function keyOf({ stream, generation }: RowPlace): Item {
  return { pk: { S: stream }, sk: { S: SUMMARY + generation } };
}

export function toItem(generation: number, row: ViewRow): Item {
  const keys: Keys = {
    pk: row.stream,
    sk: SUMMARY + generation,
    ...(isOrder(row) ? orderKeys(generation, row) : {}),
    ...(row.fault ? { faultShard: faultShard(shardOf(row.stream)) } : {}),
  };
  return marshall({ ...row, ...keys }, { removeUndefinedValues: true });
}

export function fromItem(item: Item): PlacedRow {
  const { pk, sk, userKey, createdKey, statusShard, updatedKey, faultShard, ...row } = unmarshall(item) as ViewRow &
    Keys;
  return { stream: row.stream, generation: Number(sk.slice(SUMMARY.length)), row };
}

export function statusShard(generation: number, status: string, shard: number): string {
  return `@${generation}#${status}#${shard}`;
}

export function userKey(generation: number, userId: string): string {
  return `@${generation}#${userId}`;
}

export function faultShard(shard: number): string {
  return `faulted#${shard}`;
}

/** The sort keys of an order in its two indexes; unique, and in the order of time. */
export function createdKey(order: OrderSummary): string {
  return `${order.createdAt}#${order.orderId}`;
}

export function updatedKey(order: OrderSummary): string {
  return `${order.updatedAt}#${order.orderId}`;
}

function orderKeys(generation: number, order: OrderSummary): Partial<Keys> {
  return {
    userKey: userKey(generation, order.userId),
    createdKey: createdKey(order),
    statusShard: statusShard(generation, order.status, shardOf(order.stream)),
    updatedKey: updatedKey(order),
  };
}

function isOrder(row: ViewRow): row is OrderSummary {
  return row.stream.startsWith('order#') && hasBody(row);
}
