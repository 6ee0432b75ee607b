import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { Effects } from '../application/ports';

/** BatchWriteItem takes no more requests (API reference). */
export const WRITES_PER_CALL = 25;
/** It may leave requests undone when it is throttled. */
const TRIES = 10;

/** One BatchWriteItem, and more of them for what it leaves undone. At most 25 requests; throws when some stay undone. */
export async function batchWrite(
  client: DynamoDBClient,
  table: string,
  requests: readonly WriteRequest[],
  effects: Pick<Effects, 'random' | 'sleep'>,
): Promise<void> {
  let pending = [...requests];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await effects.sleep(Math.min(1000, 25 * 2 ** attempt) * effects.random());
    const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: pending } }));
    pending = answer.UnprocessedItems?.[table] ?? [];
    if (pending.length === 0) return;
  }
  throw new Error(`${table} left ${pending.length} items unwritten after ${TRIES} calls`);
}
