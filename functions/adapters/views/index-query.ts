import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from './item';

export type IndexRange = {
  readonly index: string;
  readonly partition: { readonly name: string; readonly value: string };
  readonly sort: string;
  /** Newest first reads the sort key downwards. */
  readonly newestFirst: boolean;
  /** Only what stands behind this sort key, in the direction of reading. */
  readonly after?: string;
  /** Only sort keys below this one; not together with `after`. */
  readonly before?: string;
  readonly limit: number;
};

/** One page of an index: at most `limit` items, and whether more may follow. Eventually consistent, as indexes are. */
export async function queryIndex(
  client: DynamoDBClient,
  table: string,
  range: IndexRange,
): Promise<{ readonly items: readonly Item[]; readonly more: boolean }> {
  const bound = range.after ?? range.before;
  const bounded = range.before !== undefined || range.newestFirst ? '#sort < :bound' : '#sort > :bound';
  const answer = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: range.index,
      KeyConditionExpression: bound === undefined ? '#pk = :pk' : `#pk = :pk AND ${bounded}`,
      ExpressionAttributeNames: {
        '#pk': range.partition.name,
        ...(bound !== undefined && { '#sort': range.sort }),
      },
      ExpressionAttributeValues: {
        ':pk': { S: range.partition.value },
        ...(bound !== undefined && { ':bound': { S: bound } }),
      },
      ScanIndexForward: !range.newestFirst,
      Limit: range.limit,
    }),
  );
  return { items: answer.Items ?? [], more: answer.LastEvaluatedKey !== undefined };
}
