import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { call, DynamoDbFixture, eventsTable, plainTable } from './dynamodb-fixture';

const db = new DynamoDbFixture();
const TableName = 'events';
const item = (sk: number, more: object = {}) => ({ pk: { S: 'a' }, sk: { N: String(sk) }, ...more });
const put = (sk: number, more: object = {}) => ({ Put: { TableName, Item: item(sk), ...more } });
const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
const write = (TransactItems: object[], more: object = {}) => db.run('TransactWriteItems', { TransactItems, ...more });
const all = async () =>
  (
    await db.run('Query', {
      TableName,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'a' } },
    })
  ).Items;

beforeAll(async () => {
  await db.run('CreateTable', plainTable);
});
beforeEach(async () => {
  if ((await db.run('ListTables')).TableNames.includes(TableName)) await db.run('DeleteTable', { TableName });
  await db.run('CreateTable', eventsTable);
});
afterAll(() => db.close());

describe('TransactWriteItems', () => {
  test('does all of its actions, over several tables', async () => {
    await db.run('PutItem', { TableName, Item: item(1) });
    await db.run('PutItem', { TableName, Item: item(2) });
    await write([
      put(3, isNew),
      {
        Update: {
          TableName,
          Key: item(1),
          UpdateExpression: 'SET n = :n',
          ExpressionAttributeValues: { ':n': { N: '1' } },
        },
      },
      { Delete: { TableName, Key: item(2) } },
      {
        ConditionCheck: {
          TableName: 'plain',
          Key: { id: { S: 'x' } },
          ConditionExpression: 'attribute_not_exists(id)',
        },
      },
    ]);
    expect(await all()).toEqual([item(1, { n: { N: '1' } }), item(3)]);
  });

  test('does nothing when one condition fails, and says for each action why', async () => {
    await db.run('PutItem', { TableName, Item: item(1, { n: { N: '7' } }) });
    const failed = await db.failure('TransactWriteItems', {
      TransactItems: [
        put(5, isNew),
        { Put: { TableName, Item: item(1), ...isNew, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
        { ConditionCheck: { TableName, Key: item(9), ConditionExpression: 'attribute_exists(pk)' } },
      ],
    });
    expect(failed.code).toBe('TransactionCanceledException');
    expect(failed.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]',
    );
    const Message = 'The conditional request failed';
    expect(failed.fields.CancellationReasons).toEqual([
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message, Item: item(1, { n: { N: '7' } }) },
      { Code: 'ConditionalCheckFailed', Message },
    ]);
    expect(await all()).toEqual([item(1, { n: { N: '7' } })]);
  });

  test('is cancelled by an action that its item does not allow', async () => {
    const failed = await db.failure('TransactWriteItems', {
      TransactItems: [
        put(1),
        { Update: { TableName, Key: item(2), UpdateExpression: 'SET n = absent' } },
        { Put: { TableName, Item: { pk: { S: 'a' }, sk: { S: 'x' } } } },
      ].slice(0, 2),
    });
    expect(failed.fields.CancellationReasons).toEqual([
      { Code: 'None' },
      {
        Code: 'ValidationError',
        Message: 'The provided expression refers to an attribute that does not exist in the item',
      },
    ]);
  });

  test('costs twice the units', async () => {
    const { ConsumedCapacity } = await write([put(1), put(2)], { ReturnConsumedCapacity: 'TOTAL' });
    expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 4, WriteCapacityUnits: 4 }]);
  });

  test('is done once for one token, within ten minutes', async () => {
    const add = {
      Update: {
        TableName,
        Key: item(1),
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      },
    };
    const once = () => write([add], { ClientRequestToken: 'token', ReturnConsumedCapacity: 'TOTAL' });
    await once();
    expect((await once()).ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }]);
    await db.restart();
    await once();
    expect((await all())[0].n).toEqual({ N: '1' });
    const other = { TransactItems: [put(4)], ClientRequestToken: 'token' };
    expect(await db.error('TransactWriteItems', other)).toContain('IdempotentParameterMismatchException');
    await db.clock.advance(10 * 60 * 1000);
    await once();
    expect((await all())[0].n).toEqual({ N: '2' });
  });

  test('forgets tokens that nobody can use any more', async () => {
    await write([put(1)], { ClientRequestToken: 'old' });
    await db.clock.advance(20 * 60 * 1000);
    expect([...db.store.space('dynamodb.tokens').range({})]).toEqual([]);
    expect([...db.store.space('dynamodb.token-expiries').range({})]).toEqual([]);
  });

  test.each<[string, object[], string]>([
    [
      'nothing',
      [],
      "Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'more than 100 actions',
      Array.from({ length: 101 }, (_, sk) => put(sk)),
      'Member must have length less than or equal to 100',
    ],
    [
      'two actions on one item',
      [put(1), { Delete: { TableName, Key: item(1) } }],
      'ValidationException: Transaction request cannot include multiple operations on one item',
    ],
    [
      'two actions in one',
      [{ ...put(1), Delete: { TableName, Key: item(2) } }],
      'TransactItems can only contain one of Check, Put, Update or Delete',
    ],
    ['no action', [{}], 'TransactItems can only contain one of Check, Put, Update or Delete'],
    [
      'a table that is not there',
      [put(1, { TableName: 'nope' })],
      'ResourceNotFoundException: Requested resource not found',
    ],
    [
      'a check without a condition',
      [{ ConditionCheck: { TableName, Key: item(1) } }],
      "Value null at 'transactItems.1.member.conditionCheck.conditionExpression' failed to satisfy constraint: Member must not be null",
    ],
    [
      'an expression that is none',
      [put(1, { ConditionExpression: 'a =' })],
      'Invalid ConditionExpression: Syntax error; token: "<EOF>"',
    ],
    [
      'an empty key',
      [{ Delete: { TableName, Key: { pk: { S: '' }, sk: { N: '1' } } } }],
      'ValidationException: One or more parameter values are not valid.',
    ],
    [
      'a key of another shape',
      [{ Delete: { TableName, Key: { pk: { S: 'a' } } } }],
      'TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [ValidationError]',
    ],
    [
      'more than 4 MB',
      Array.from({ length: 12 }, (_, sk) => put(sk, { Item: item(sk, { v: { S: 'x'.repeat(390 * 1024) } }) })),
      'The aggregate size of the items in the transaction cannot exceed 4 MB',
    ],
  ])('refuses %s', async (_, TransactItems, message) => {
    expect(await db.error('TransactWriteItems', { TransactItems })).toContain(message);
    expect(await all()).toEqual([]);
  });

  test('is judged action by action', () => {
    const [check, insert] = db.service.access(
      'TransactWriteItems',
      { TransactItems: [{ ConditionCheck: { TableName, Key: item(1) } }, put(2)] },
      call,
    );
    const resource = 'arn:aws:dynamodb:us-east-1:000000000000:table/events';
    expect(check).toMatchObject({ action: 'dynamodb:ConditionCheckItem', resource });
    expect(insert).toMatchObject({ action: 'dynamodb:PutItem', resource });
    const context = insert!.context as () => object;
    expect(context()).toMatchObject({
      'dynamodb:LeadingKeys': ['a'],
      'dynamodb:EnclosingOperation': 'TransactWriteItems',
    });
  });
});

describe('TransactGetItems', () => {
  test('gets items in the order asked', async () => {
    await db.run('PutItem', { TableName, Item: item(1, { n: { N: '1' }, v: { S: 'x'.repeat(5000) } }) });
    const get = (sk: number, more: object = {}) => ({ Get: { TableName, Key: item(sk), ...more } });
    const answer = await db.run('TransactGetItems', {
      TransactItems: [get(9), get(1, { ProjectionExpression: 'n' })],
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(answer).toEqual({
      Responses: [{}, { Item: { n: { N: '1' } } }],
      ConsumedCapacity: [{ TableName, CapacityUnits: 6, ReadCapacityUnits: 6 }],
    });
    expect(await db.error('TransactGetItems', { TransactItems: [get(1), get(1)] })).toContain(
      'Transaction request cannot include multiple operations on one item',
    );
  });
});
