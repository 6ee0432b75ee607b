import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ErrorNotes, ErrorReader, NotedError } from '../../application/monitor/ports';
import type { Effects } from '../../application/ports';

const PARTITION = 'monitor#errors';
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Errors in the Insights table: an item for each invocation that had some, in one partition, by time. */
export class DynamoDbErrorNotes implements ErrorNotes, ErrorReader {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'now' | 'newId'>,
  ) {}

  async note(errors: readonly NotedError[]): Promise<void> {
    const now = this.effects.now();
    const expiresAt = Math.ceil((now.getTime() + KEPT_MS) / 1000);
    const item = { pk: PARTITION, sk: `${now.toISOString()}#${this.effects.newId()}`, errors, expiresAt };
    await this.client.send(new PutItemCommand({ TableName: this.table, Item: marshall(item) }));
  }

  async latest(limit: number): Promise<readonly NotedError[]> {
    // What has expired is still there for a while; whatever is older than it has expired too.
    const oldest = new Date(this.effects.now().getTime() - KEPT_MS).toISOString();
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk > :oldest',
        ExpressionAttributeValues: { ':pk': { S: PARTITION }, ':oldest': { S: oldest } },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return Items.flatMap((item) => (unmarshall(item).errors as NotedError[]).toReversed()).slice(0, limit);
  }
}
