import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { DynamoDbEventStore } from '../../functions/adapters/event-store';
import { DynamoDbInbox } from '../../functions/adapters/inbox';
import { systemEffects } from '../../functions/adapters/system-effects';
import { reducerHashes } from '../../functions/application/reducer-hashes';
import {
  createEventsTable,
  createInboxTable,
  createKeysTable,
  type DynamoDbAtHand,
  dynamoDbAtHand,
} from '../support/dynamodb-at-hand';
import { eventStoreContract } from './event-store.contract';
import { inboxContract } from './inbox.contract';

/**
 * The contracts on real wire: the local cloud, or, with `DYNAMODB_ENDPOINT`, whatever answers there (DynamoDB Local,
 * LocalStack). The tables are made as the stack makes them.
 */
const suffix = Math.random().toString(36).slice(2);
const [eventsTable, inboxTable, keysTable] = [`events-${suffix}`, `inbox-${suffix}`, `keys-${suffix}`];

let dynamoDb: DynamoDbAtHand;
let client: DynamoDBClient;
let store: DynamoDbEventStore;
let inbox: DynamoDbInbox;

beforeAll(async () => {
  dynamoDb = await dynamoDbAtHand();
  client = dynamoDb.client;
  await createEventsTable(client, eventsTable);
  await createInboxTable(client, inboxTable);
  await createKeysTable(client, keysTable);
  const tables = { events: eventsTable, inbox: inboxTable, keys: keysTable };
  store = new DynamoDbEventStore(client, tables, reducerHashes, systemEffects);
  inbox = new DynamoDbInbox(client, inboxTable);
}, 60_000);

afterAll(async () => {
  for (const TableName of [eventsTable, inboxTable, keysTable])
    await client.send(new DeleteTableCommand({ TableName }));
  await dynamoDb?.stop();
});

eventStoreContract('DynamoDB', () => store);
inboxContract('DynamoDB', () => inbox);
