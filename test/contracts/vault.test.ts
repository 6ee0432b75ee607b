import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { DynamoDbEventStore } from '../../functions/adapters/event-store';
import { DynamoDbVault } from '../../functions/adapters/personal/vault';
import { systemEffects } from '../../functions/adapters/system-effects';
import { reducerHashes } from '../../functions/application/reducer-hashes';
import { createKeysTable, type DynamoDbAtHand, dynamoDbAtHand } from '../support/dynamodb-at-hand';
import { MemoryEventStore } from '../support/memory-event-store';
import { MemoryInbox } from '../support/memory-inbox';
import { MemoryVault } from '../support/memory-vault';
import { vaultContract } from './vault.contract';

let ahead = 0;
const now = () => new Date(Date.now() + ahead);
/** Each test asks for the vault anew. */
const atPresent = <T>(vault: T): T => {
  ahead = 0;
  return vault;
};

const memory = new MemoryVault(now);
const memoryStore = new MemoryEventStore(now, new MemoryInbox(), memory);
vaultContract(
  'memory',
  () => atPresent(memory),
  async (claim) => void (await memoryStore.append([], [claim])),
  (ms) => {
    ahead = ms;
    return memory;
  },
);

let dynamoDb: DynamoDbAtHand;
let client: DynamoDBClient;
let store: DynamoDbEventStore;
const tables = { events: 'no-events', inbox: 'no-inbox', keys: 'keys' };

beforeAll(async () => {
  dynamoDb = await dynamoDbAtHand();
  client = dynamoDb.client;
  await createKeysTable(client, tables.keys);
  store = new DynamoDbEventStore(client, tables, reducerHashes, systemEffects);
}, 60_000);

afterAll(async () => {
  await dynamoDb?.stop();
});

vaultContract(
  'DynamoDB',
  () => new DynamoDbVault(client, tables.keys, systemEffects),
  async (claim) => void (await store.append([], [claim])),
  (ms) => new DynamoDbVault(client, tables.keys, { ...systemEffects, now: () => new Date(Date.now() + ms) }),
);
