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
  readonly limit: number;
};

/** One page of an index: at most `limit` items, and whether more may follow. Eventually consistent, as indexes are. */
export async function queryIndex(
  client: DynamoDBClient,
  table: string,
  range: IndexRange,
): Promise<{ readonly items: readonly Item[]; readonly more: boolean }> {
  const behind = range.newestFirst ? '#sort < :after' : '#sort > :after';
  const answer = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: range.index,
      KeyConditionExpression: range.after === undefined ? '#pk = :pk' : `#pk = :pk AND ${behind}`,
      ExpressionAttributeNames: {
        '#pk': range.partition.name,
        ...(range.after === undefined ? {} : { '#sort': range.sort }),
      },
      ExpressionAttributeValues: {
        ':pk': { S: range.partition.value },
        ...(range.after === undefined ? {} : { ':after': { S: range.after } }),
      },
      ScanIndexForward: !range.newestFirst,
      Limit: range.limit,
    }),
  );
  return { items: answer.Items ?? [], more: answer.LastEvaluatedKey !== undefined };
}
