import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { hasBody, type OrderSummary, type ViewRow } from '../../application/read-models/rows';
import { shardOf } from '../../application/read-models/shard';

export type Item = Record<string, AttributeValue>;

/** The sort key of the one row that a stream has. */
const summary = 'summary';

/** What the table adds to a row: its key, and the keys of the sparse indexes that it stands in. */
type Keys = {
  readonly pk: string;
  readonly sk: string;
  /** `orders-by-user` (with the row's own `userId`), `orders-by-status`, `faults`. */
  readonly createdKey?: string;
  readonly statusShard?: string;
  readonly updatedKey?: string;
  readonly faultShard?: string;
};

export function keyOf(stream: string): Item {
  return { pk: { S: stream }, sk: { S: summary } };
}

export function toItem(row: ViewRow): Item {
  const keys: Keys = {
    pk: row.stream,
    sk: summary,
    ...(isOrder(row) ? orderKeys(row) : {}),
    ...(row.fault ? { faultShard: faultShard(shardOf(row.stream)) } : {}),
  };
  return marshall({ ...row, ...keys }, { removeUndefinedValues: true });
}

export function fromItem(item: Item): ViewRow {
  const { pk, sk, createdKey, statusShard, updatedKey, faultShard, ...row } = unmarshall(item) as ViewRow & Keys;
  return row;
}

export function statusShard(status: string, shard: number): string {
  return `${status}#${shard}`;
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

function orderKeys(order: OrderSummary): Partial<Keys> {
  return {
    createdKey: createdKey(order),
    statusShard: statusShard(order.status, shardOf(order.stream)),
    updatedKey: updatedKey(order),
  };
}

function isOrder(row: ViewRow): row is OrderSummary {
  return row.stream.startsWith('order#') && hasBody(row);
}
