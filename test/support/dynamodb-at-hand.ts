import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { startCloud } from '../../localstack/cloud/cloud';

export type DynamoDbAtHand = { readonly client: DynamoDBClient; readonly stop: () => Promise<void> };

/** The local cloud, or, with `DYNAMODB_ENDPOINT`, whatever answers there (DynamoDB Local, LocalStack). */
export async function dynamoDbAtHand(): Promise<DynamoDbAtHand> {
  const given = process.env.DYNAMODB_ENDPOINT;
  const cloud = given ? undefined : await startCloud({ port: 0 });
  const client = new DynamoDBClient({
    endpoint: given ?? cloud!.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const stop = async () => {
    client.destroy();
    await cloud?.stop();
  };
  return { client, stop };
}

type Key = { readonly AttributeName: string; readonly AttributeType: 'S' | 'N' };
type Index = { readonly IndexName: string; readonly keys: readonly [Key, Key] };

const text = (AttributeName: string): Key => ({ AttributeName, AttributeType: 'S' });
const schemaOf = (keys: readonly Key[]) =>
  keys.map(({ AttributeName }, i) => ({ AttributeName, KeyType: i === 0 ? ('HASH' as const) : ('RANGE' as const) }));

/** The tables of the write side, as the stack makes them. */
export const createEventsTable = (client: DynamoDBClient, name: string): Promise<void> =>
  createTable(client, name, [text('stream'), { AttributeName: 'version', AttributeType: 'N' }]);

export const createInboxTable = (client: DynamoDBClient, name: string): Promise<void> =>
  createTable(client, name, [text('stream'), text('entry')], {
    IndexName: 'by-state',
    keys: [text('stateShard'), text('at')],
  });

export const createKeysTable = (client: DynamoDBClient, name: string): Promise<void> =>
  createTable(client, name, [text('owner')]);

async function createTable(client: DynamoDBClient, TableName: string, keys: readonly Key[], index?: Index) {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...keys, ...(index?.keys ?? [])],
      KeySchema: schemaOf(keys),
      ...(index && {
        GlobalSecondaryIndexes: [
          { IndexName: index.IndexName, KeySchema: schemaOf(index.keys), Projection: { ProjectionType: 'ALL' } },
        ],
      }),
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
}
