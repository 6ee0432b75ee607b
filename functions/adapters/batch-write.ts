import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Effects } from '../application/ports';

/** BatchWriteItem takes no more requests (API reference). */
export const WRITES_PER_CALL = 25;
/** It may leave requests undone when it is throttled. */
const TRIES = 10;

/** An item of another table that goes along, as one of the 25. It is not waited for: left undone, it is dropped. */
export type Rider = { readonly table: string; readonly item: Record<string, AttributeValue> };

/** One BatchWriteItem, and more of them for what it leaves undone. At most 25 requests; throws when some stay undone. */
export async function batchWrite(
  client: DynamoDBClient,
  table: string,
  requests: readonly WriteRequest[],
  effects: Pick<Effects, 'random' | 'sleep'>,
  rider?: Rider,
): Promise<void> {
  let pending = [...requests];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await effects.sleep(Math.min(1000, 25 * 2 ** attempt) * effects.random());
    const RequestItems: Record<string, WriteRequest[]> = { [table]: pending };
    if (rider && attempt === 0) RequestItems[rider.table] = [{ PutRequest: { Item: rider.item } }];
    const answer = await client.send(new BatchWriteItemCommand({ RequestItems }));
    pending = answer.UnprocessedItems?.[table] ?? [];
    if (pending.length === 0) return;
  }
  throw new Error(`${table} left ${pending.length} items unwritten after ${TRIES} calls`);
}
