import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';

const indexes = {
  'orders-by-user': ['userKey', 'createdKey'],
  'orders-by-status': ['statusShard', 'updatedKey'],
  'events-by-type': ['typeShard', 'recordedKey'],
  'events-by-time': ['timeShard', 'recordedKey'],
  'events-by-correlation': ['correlationId', 'recordedKey'],
  faults: ['faultShard', 'pk'],
} as const;

/** The Views table as the data stack makes it. */
export async function createViewsTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const keySchema = ([hash, range]: readonly [string, string]) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  const names = new Set(['pk', 'sk', ...Object.values(indexes).flat()]);
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...names].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keySchema(['pk', 'sk']),
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, keys]) => ({
        IndexName,
        KeySchema: keySchema(keys),
        Projection: { ProjectionType: 'ALL' },
      })),
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
}
