import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbFixture, eventsTable, plainTable } from './dynamodb-fixture';

const db = new DynamoDbFixture();
const TableName = 'events';
const item = (sk: number, more: object = {}) => ({ pk: { S: 'a' }, sk: { N: String(sk) }, ...more });
const put = (Item: object) => ({ PutRequest: { Item } });
const remove = (Key: object) => ({ DeleteRequest: { Key } });

beforeAll(async () => {
  await db.run('CreateTable', eventsTable);
  await db.run('CreateTable', plainTable);
});
afterAll(() => db.close());

describe('BatchWriteItem', () => {
  test('puts and deletes in several tables', async () => {
    await db.run('PutItem', { TableName, Item: item(1) });
    const answer = await db.run('BatchWriteItem', {
      RequestItems: { events: [remove(item(1)), put(item(2))], plain: [put({ id: { S: 'x' } })] },
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(answer).toEqual({
      UnprocessedItems: {},
      ConsumedCapacity: [
        { TableName: 'events', CapacityUnits: 2 },
        { TableName: 'plain', CapacityUnits: 1 },
      ],
    });
    expect((await db.run('Scan', { TableName, Select: 'COUNT' })).Count).toBe(1);
  });

  test.each<[string, object, string]>([
    [
      'more than 25 requests',
      { events: Array.from({ length: 26 }, (_, sk) => put(item(sk))) },
      'Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]',
    ],
    [
      'more than 25 requests in all',
      { events: Array.from({ length: 25 }, (_, sk) => put(item(sk))), plain: [put({ id: { S: 'x' } })] },
      'Too many items requested for the BatchWriteItem call',
    ],
    [
      'two requests on one item',
      { events: [put(item(1)), remove(item(1))] },
      'Provided list of item keys contains duplicates',
    ],
    ['a table that is not there', { nope: [put(item(1))] }, 'ResourceNotFoundException: Requested resource not found'],
    ['an item without its key', { events: [put({ pk: { S: 'a' } })] }, 'Missing the key sk in the item'],
    [
      'nothing',
      {},
      "at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
  ])('refuses %s', async (_, RequestItems, message) => {
    expect(await db.error('BatchWriteItem', { RequestItems })).toContain(message);
  });
});

describe('BatchGetItem', () => {
  test('gets items of several tables, leaving out what is not there', async () => {
    await db.run('BatchWriteItem', {
      RequestItems: { events: [put(item(10, { n: { N: '1' } })), put(item(11))], plain: [put({ id: { S: 'y' } })] },
    });
    const answer = await db.run('BatchGetItem', {
      RequestItems: {
        events: { Keys: [item(10), item(11), item(99)], ProjectionExpression: 'n', ConsistentRead: true },
        plain: { Keys: [{ id: { S: 'y' } }] },
      },
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(answer).toEqual({
      Responses: { events: [{ n: { N: '1' } }, {}], plain: [{ id: { S: 'y' } }] },
      UnprocessedKeys: {},
      ConsumedCapacity: [
        { TableName: 'events', CapacityUnits: 3 },
        { TableName: 'plain', CapacityUnits: 0.5 },
      ],
    });
  });

  test('leaves to the next call what is more than 16 MB', async () => {
    const Keys = Array.from({ length: 50 }, (_, sk) => ({ pk: { S: 'big' }, sk: { N: String(sk) } }));
    for (const Key of Keys) await db.run('PutItem', { TableName, Item: { ...Key, v: { S: 'x'.repeat(390 * 1024) } } });
    const answer = await db.run('BatchGetItem', { RequestItems: { events: { Keys } } });
    expect(answer.Responses.events).toHaveLength(43);
    expect(answer.UnprocessedKeys.events.Keys).toEqual(Keys.slice(43));
  });

  test.each<[string, object, string]>([
    [
      'more than 100 keys',
      { events: { Keys: Array.from({ length: 101 }, (_, sk) => item(sk)) } },
      'Member must have length less than or equal to 100',
    ],
    ['a key twice', { events: { Keys: [item(1), item(1)] } }, 'Provided list of item keys contains duplicates'],
    ['half a key', { events: { Keys: [{ pk: { S: 'a' } }] } }, 'The provided key element does not match the schema'],
  ])('refuses %s', async (_, RequestItems, message) => {
    expect(await db.error('BatchGetItem', { RequestItems })).toContain(message);
  });
});
