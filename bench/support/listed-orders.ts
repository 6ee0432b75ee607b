import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { recordedKey, toItem as toFeedItem } from '../../functions/adapters/feed/item';
import { createdKey, toItem, updatedKey } from '../../functions/adapters/views/item';
import type { FeedRow } from '../../functions/application/read-models/feed-row';
import { type OrderSummary, orderStatuses } from '../../functions/application/read-models/rows';
import { inParallel } from './raw-client';

export const generation = 1;
/** Somebody who has a tenth of all orders. */
export const BIG_USER = 'user-big';
/** One order in so many carries a fault: of the fewest orders there are still more than a page of each shard. */
const FAULT_EVERY = 40;
const WRITES_PER_CALL = 25;
const CALLS_AT_ONCE = 8;

/** Shares of the statuses in a shop that has been open for a while, in the order of `orderStatuses`. */
const SHARES = [0.01, 0.01, 0.02, 0.02, 0.88, 0.06] as const;

/** The `n`th order: each a second later than the one before. */
export function listedOrder(n: number): OrderSummary {
  const at = timeOf(n);
  const orderId = `o-${String(n).padStart(8, '0')}`;
  return {
    stream: `order#${orderId}`,
    version: 5,
    orderId,
    userId: n % 10 === 0 ? BIG_USER : userOf(n),
    status: statusOf(n),
    currency: 'EUR',
    total: 7_390,
    items: [
      { sku: 'mug', quantity: 2, unitPrice: 1_250 },
      { sku: 'grinder', quantity: 1, unitPrice: 4_400 },
    ],
    shippingFee: 490,
    createdAt: at,
    updatedAt: at,
    confirmedAt: at,
    paidAt: at,
    paymentId: `pay-${orderId}`,
    ...(n % FAULT_EVERY === 1 && { fault: { version: 6, error: 'unreadable', since: at, seen: 6 } }),
  };
}

/** The feed's row of the last event of that order. */
export function listedEvent(n: number): FeedRow {
  const { stream, status, orderId } = listedOrder(n);
  return {
    stream,
    version: 5,
    id: `event-${orderId}`,
    source: 'shop',
    type: typeOf(status),
    recordedAt: timeOf(n),
    correlationId: storyOf(n),
  };
}

export const userOf = (n: number): string => `user-${Math.floor(n / 20)}`;
export const storyOf = (n: number): string => `story-${Math.floor(n / 4)}`;

/** Where the `n`th order stands in each list. */
export const positionOf = (n: number) => ({
  updated: updatedKey(listedOrder(n)),
  created: createdKey(listedOrder(n)),
  recorded: recordedKey(listedEvent(n)),
});

/** Writes the rows of `count` orders and of an event of each, straight into the table. */
export async function writeListed(
  client: DynamoDBClient,
  table: string,
  count: number,
  progress: (orders: number) => void,
): Promise<void> {
  const ordersPerCall = Math.floor(WRITES_PER_CALL / 2);
  const calls = Math.ceil(count / ordersPerCall);
  await inParallel(calls, CALLS_AT_ONCE, async (call) => {
    const first = call * ordersPerCall;
    const numbers = Array.from({ length: Math.min(ordersPerCall, count - first) }, (_, i) => first + i);
    const items = numbers.flatMap((n) => [toItem(generation, listedOrder(n)), toFeedItem(listedEvent(n))]);
    const requests = items.map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
    if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error(`${table} left items unwritten`);
    progress(first + numbers.length);
  });
}

const timeOf = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();

/** Spread evenly over the orders, and always the same. */
function statusOf(n: number): OrderSummary['status'] {
  let left = (Math.imul(n, 0x9e3779b1) >>> 0) / 2 ** 32;
  const found = SHARES.findIndex((share) => {
    left -= share;
    return left < 0;
  });
  return orderStatuses[found] ?? 'delivered';
}

const typeOf = (status: string): string => `Order${status.charAt(0).toUpperCase()}${status.slice(1)}`;
