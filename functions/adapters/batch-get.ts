import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { Effects } from '../application/ports';

type Item = Record<string, AttributeValue>;

/** BatchGetItem takes no more keys (API reference). */
const keysPerCall = 100;
/** It may leave keys unread when it is throttled or its answer would pass 16 MB. */
const attempts = 10;

/** The items of these keys, consistently read, in no order; a key may be named once only. */
export async function batchGet(
  client: DynamoDBClient,
  table: string,
  keys: readonly Item[],
  effects: Pick<Effects, 'random' | 'sleep'>,
): Promise<readonly Item[]> {
  const calls: Item[][] = [];
  for (let from = 0; from < keys.length; from += keysPerCall) calls.push(keys.slice(from, from + keysPerCall));
  const answers = await Promise.all(calls.map((call) => oneCall(client, table, call, effects)));
  return answers.flat();
}

async function oneCall(
  client: DynamoDBClient,
  table: string,
  keys: Item[],
  effects: Pick<Effects, 'random' | 'sleep'>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let pending = keys;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await effects.sleep(Math.min(1000, 25 * 2 ** attempt) * effects.random());
    const answer: BatchGetItemCommandOutput = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: pending, ConsistentRead: true } } }),
    );
    items.push(...(answer.Responses?.[table] ?? []));
    pending = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    if (pending.length === 0) return items;
  }
  throw new Error(`${table} left ${pending.length} keys unread after ${attempts} calls`);
}
