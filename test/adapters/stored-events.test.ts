import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashOfContent } from '../../functions/adapters/hash-chain';
import { DynamoDbStoredEvents } from '../../functions/adapters/stored-events';
import { systemEffects } from '../../functions/adapters/system-effects';
import { verifyAll } from '../../functions/application/verify-streams';
import { createEventsTable, type DynamoDbAtHand, dynamoDbAtHand } from '../support/dynamodb-at-hand';
import { storedStream } from '../support/stored-streams';

const STREAMS = 12;
const EVENTS = 6;
let dynamoDb: DynamoDbAtHand;
let client: DynamoDBClient;
let stored: DynamoDbStoredEvents;

beforeAll(async () => {
  dynamoDb = await dynamoDbAtHand();
  client = dynamoDb.client;
  await createEventsTable(client, 'events');
  stored = new DynamoDbStoredEvents(client, 'events', systemEffects);
  for (let n = 0; n < STREAMS; n++) {
    // A page of an answer is 1 MB: these streams run over pages.
    const data = Array.from({ length: EVENTS }, () => ({ sku: 'mug', quantity: 1, note: 'x'.repeat(250_000) }));
    for (const event of storedStream(`inventory#${n}`, data)) {
      if (!('attributes' in event)) continue;
      await client.send(new PutItemCommand({ TableName: 'events', Item: marshall(event.attributes) }));
    }
  }
});
afterAll(async () => {
  await dynamoDb?.stop();
});

const verify = async (known: number) => {
  const seen = Array.from({ length: STREAMS }, (_, n) => ({ stream: `inventory#${n}`, version: known }));
  const segment = async function* (segment: number) {
    if (segment === 0) yield seen;
  };
  const witnesses = { newest: async () => 0, segment };
  return verifyAll({ stored, witnesses, hashOf: hashOfContent, effects: systemEffects }, () => {});
};

test('every event of the table is read once, over all pages and segments', async () => {
  expect(await verify(EVENTS)).toEqual({ streams: STREAMS, events: STREAMS * EVENTS, findings: [] });
});

test('what was there and is not any more is missed', async () => {
  const Key = marshall({ stream: 'inventory#3', version: EVENTS });
  await client.send(new DeleteItemCommand({ TableName: 'events', Key }));
  expect((await verify(EVENTS)).findings).toMatchObject([{ stream: 'inventory#3', version: EVENTS, kind: 'missing' }]);
  expect((await verify(EVENTS - 1)).findings).toEqual([]);
});
