import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Inbox, InboxItem, InboxKey } from '../application/ports';
import { shards } from '../application/read-models/shard';
import { fromItem, type Item, keyOf, partitionOf, stateShard, toItem } from './inbox-item';

/** The Inbox table, as far as events and commands wait or have ended there. */
export class DynamoDbInbox implements Inbox {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async put(item: InboxItem): Promise<void> {
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: toItem(item),
          ConditionExpression: 'attribute_not_exists(#stream)',
          ExpressionAttributeNames: { '#stream': 'stream' },
        }),
      );
    } catch (error) {
      const isThere = error instanceof Error && error.name === 'ConditionalCheckFailedException';
      if (!isThere) throw error;
    }
  }

  async remove(item: InboxKey): Promise<void> {
    await this.client.send(new DeleteItemCommand({ TableName: this.table, Key: keyOf(item) }));
  }

  async has(item: InboxKey): Promise<boolean> {
    const { Item } = await this.client.send(
      new GetItemCommand({
        TableName: this.table,
        Key: keyOf(item),
        ConsistentRead: true,
        ProjectionExpression: '#entry',
        ExpressionAttributeNames: { '#entry': 'entry' },
      }),
    );
    return Item !== undefined;
  }

  parked(stream: string): Promise<readonly InboxItem[]> {
    return this.query({
      ConsistentRead: true,
      KeyConditionExpression: '#stream = :stream AND begins_with(#entry, :parked)',
      ExpressionAttributeNames: { '#stream': 'stream', '#entry': 'entry' },
      ExpressionAttributeValues: { ':stream': { S: partitionOf(stream) }, ':parked': { S: 'parked#' } },
    });
  }

  async expired(now: Date, limit: number): Promise<readonly InboxItem[]> {
    const found = await Promise.all(
      shards.map((shard) =>
        this.query(
          {
            IndexName: 'by-state',
            KeyConditionExpression: '#stateShard = :stateShard AND #at <= :now',
            ExpressionAttributeNames: { '#stateShard': 'stateShard', '#at': 'at' },
            ExpressionAttributeValues: {
              ':stateShard': { S: stateShard('parked', shard) },
              ':now': { S: now.toISOString() },
            },
          },
          limit,
        ),
      ),
    );
    const until = (item: InboxItem) => item.parkedUntil ?? '';
    return found
      .flat()
      .sort((a, b) => (until(a) < until(b) ? -1 : until(a) > until(b) ? 1 : 0))
      .slice(0, limit);
  }

  private async query(query: Omit<QueryCommandInput, 'TableName'>, most = Number.POSITIVE_INFINITY) {
    const items: InboxItem[] = [];
    let from: Item | undefined;
    do {
      const page = await this.client.send(
        new QueryCommand({
          ...query,
          TableName: this.table,
          ...(Number.isFinite(most) && { Limit: most - items.length }),
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      for (const item of page.Items ?? []) items.push(fromItem(item));
      from = page.LastEvaluatedKey;
    } while (from && items.length < most);
    return items;
  }
}
