import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Look, Looks } from '../../application/monitor/ports';
import type { WatchedQueue } from '../../application/monitor/watched-queues';

const PARTITION = 'monitor#looks';

/** The last look at each dead-letter queue, an item of the Insights table for each. */
export class DynamoDbLooks implements Looks {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async last(): Promise<Readonly<Partial<Record<WatchedQueue, Look>>>> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: PARTITION } },
      }),
    );
    return Object.fromEntries(
      Items.map(({ sk, looked, serial }) => [sk?.S, { count: Number(looked?.N), serial: Number(serial?.N) }]),
    );
  }

  async remember(queue: WatchedQueue, { count, serial }: Look): Promise<void> {
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: { pk: { S: PARTITION }, sk: { S: queue }, looked: { N: String(count) }, serial: { N: String(serial) } },
          ConditionExpression: 'attribute_not_exists(pk) OR serial < :serial',
          ExpressionAttributeValues: { ':serial': { N: String(serial) } },
        }),
      );
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
    }
  }
}
