import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { DynamoDbEventStore } from '../../functions/adapters/event-store';
import { DynamoDbInbox } from '../../functions/adapters/inbox';
import { systemEffects } from '../../functions/adapters/system-effects';
import { reducerHashes } from '../../functions/application/reducer-hashes';
import { type Cloud, startCloud } from '../../localstack/cloud/cloud';
import { eventStoreContract } from './event-store.contract';
import { inboxContract } from './inbox.contract';

/**
 * The contracts on real wire: the local cloud, or, with `DYNAMODB_ENDPOINT`, whatever answers there (DynamoDB Local,
 * LocalStack). The tables are made as the stack makes them.
 */
const suffix = Math.random().toString(36).slice(2);
const [eventsTable, inboxTable, keysTable] = [`events-${suffix}`, `inbox-${suffix}`, `keys-${suffix}`];

let cloud: Cloud | undefined;
let client: DynamoDBClient;
let store: DynamoDbEventStore;
let inbox: DynamoDbInbox;

beforeAll(async () => {
  const given = process.env.DYNAMODB_ENDPOINT;
  if (!given) cloud = await startCloud({ port: 0 });
  client = new DynamoDBClient({
    endpoint: given ?? cloud?.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const [hash, range] = ['HASH', 'RANGE'] as const;
  await client.send(
    new CreateTableCommand({
      TableName: eventsTable,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'stream', AttributeType: 'S' },
        { AttributeName: 'version', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'stream', KeyType: hash },
        { AttributeName: 'version', KeyType: range },
      ],
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: inboxTable,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['stream', 'entry', 'stateShard', 'at'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'stream', KeyType: hash },
        { AttributeName: 'entry', KeyType: range },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-state',
          KeySchema: [
            { AttributeName: 'stateShard', KeyType: hash },
            { AttributeName: 'at', KeyType: range },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: keysTable,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'owner', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'owner', KeyType: hash }],
    }),
  );
  for (const TableName of [eventsTable, inboxTable, keysTable])
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
  const tables = { events: eventsTable, inbox: inboxTable, keys: keysTable };
  store = new DynamoDbEventStore(client, tables, reducerHashes, systemEffects);
  inbox = new DynamoDbInbox(client, inboxTable);
}, 60_000);

afterAll(async () => {
  for (const TableName of [eventsTable, inboxTable, keysTable])
    await client.send(new DeleteTableCommand({ TableName }));
  client.destroy();
  await cloud?.stop();
});

eventStoreContract('DynamoDB', () => store);
inboxContract('DynamoDB', () => inbox);
