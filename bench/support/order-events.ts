import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { seal } from '../../functions/adapters/hash-chain';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { orderHistory } from '../../test/support/recorded';
import { inParallel } from './raw-client';

const WRITES_PER_CALL = 25;
const CALLS_AT_ONCE = 8;

/** The five events of an order that is delivered, as they stand in the table. */
export function deliveredOrder(orderId: string): readonly RecordedEvent[] {
  let prevHash = '';
  return orderHistory(orderId).map((event) => {
    const { hash: _, ...content } = event;
    const sealed = seal({ ...content, prevHash });
    prevHash = sealed.hash;
    return sealed;
  });
}

/**
 * Writes the events of so many delivered orders straight into the event table: the first of all, then the second of all …
 * so that no batch of the stream has two of one order. Resolves with how many they are.
 */
export async function writeOrders(client: DynamoDBClient, table: string, run: string, orders: number): Promise<number> {
  let written = 0;
  for (let step = 0; step < 5; step++) {
    const events = Array.from({ length: orders }, (_, n) => deliveredOrder(`${run}-${n}`)[step]!);
    await inParallel(Math.ceil(orders / WRITES_PER_CALL), CALLS_AT_ONCE, async (call) => {
      const items = events.slice(call * WRITES_PER_CALL, (call + 1) * WRITES_PER_CALL);
      const requests = items.map((event) => ({ PutRequest: { Item: marshall(event) } }));
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
      );
      if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error(`${table} left events unwritten`);
      written += items.length;
    });
  }
  return written;
}
