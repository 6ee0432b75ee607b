import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DynamoDbFixture, eventsTable } from './dynamodb-fixture';

const db = new DynamoDbFixture();
const Key = { pk: { S: 'a' }, sk: { N: '1' } };
const TableName = 'events';

beforeAll(() => db.run('CreateTable', eventsTable));
afterAll(() => db.close());
beforeEach(async () => {
  const Item = {
    ...Key,
    n: { N: '10' },
    s: { S: 'text' },
    tags: { SS: ['a', 'b'] },
    entries: { L: [{ S: '0' }, { S: '1' }, { S: '2' }] },
    doc: { M: { x: { N: '1' }, inner: { M: { y: { S: 'z' } } } } },
  };
  await db.run('PutItem', { TableName, Item });
});

const update = (UpdateExpression: string, values?: object, more: object = {}) =>
  db.run('UpdateItem', {
    TableName,
    Key,
    UpdateExpression,
    ReturnValues: 'UPDATED_NEW',
    ...(values && { ExpressionAttributeValues: values }),
    ...more,
  });

const refusal = (UpdateExpression: string, values?: object, more: object = {}) =>
  db.error('UpdateItem', {
    TableName,
    Key,
    UpdateExpression,
    ...(values && { ExpressionAttributeValues: values }),
    ...more,
  });

describe('UpdateItem', () => {
  test('sets attributes and members of documents', async () => {
    expect(await update('SET s = :v, doc.x = :v', { ':v': { S: 'new' } })).toEqual({
      Attributes: { s: { S: 'new' }, doc: { M: { x: { S: 'new' } } } },
    });
  });

  test('reads all right sides from the item as it was', async () => {
    expect((await update('SET n = s, s = n')).Attributes).toEqual({ n: { S: 'text' }, s: { N: '10' } });
  });

  test('adds and subtracts, exactly', async () => {
    expect((await update('SET n = n + :v', { ':v': { N: '0.1' } })).Attributes).toEqual({ n: { N: '10.1' } });
    expect((await update('SET n = :v - n', { ':v': { N: '1' } })).Attributes).toEqual({ n: { N: '-9.1' } });
  });

  test('sets defaults and appends to lists', async () => {
    const values = { ':zero': { N: '0' }, ':more': { L: [{ S: 'x' }] } };
    const { Attributes } = await update('SET c = if_not_exists(c, :zero), #l = list_append(#l, :more)', values, {
      ExpressionAttributeNames: { '#l': 'entries' },
    });
    expect(Attributes.c).toEqual({ N: '0' });
    expect(Attributes.entries.L).toHaveLength(4);
  });

  test('appends what is set behind the end of a list', async () => {
    const names = { ExpressionAttributeNames: { '#l': 'entries' } };
    await update('SET #l[90] = :a, #l[50] = :b', { ':a': { S: 'late' }, ':b': { S: 'early' } }, names);
    const { Item } = await db.run('GetItem', { TableName, Key });
    expect(Item.entries.L.map((each: { S: string }) => each.S)).toEqual(['0', '1', '2', 'early', 'late']);
  });

  test('removes list elements by the index that they had before', async () => {
    await update('REMOVE #l[0], #l[1], s', undefined, { ExpressionAttributeNames: { '#l': 'entries' } });
    const { Item } = await db.run('GetItem', { TableName, Key });
    expect(Item.entries).toEqual({ L: [{ S: '2' }] });
    expect(Item.s).toBeUndefined();
  });

  test('adds to numbers and sets, and deletes from sets', async () => {
    const values = { ':one': { N: '1' }, ':c': { SS: ['b', 'c'] } };
    expect((await update('ADD n :one, tags :c, tally :one', values)).Attributes).toEqual({
      n: { N: '11' },
      tags: { SS: ['a', 'b', 'c'] },
      tally: { N: '1' },
    });
    expect((await update('DELETE tags :v', { ':v': { SS: ['a', 'b', 'c'] } })).Attributes).toBeUndefined();
    expect((await db.run('GetItem', { TableName, Key })).Item.tags).toBeUndefined();
  });

  test('makes an item that is not there, even without an expression', async () => {
    const other = { pk: { S: 'new' }, sk: { N: '1' } };
    await db.run('UpdateItem', { TableName, Key: other });
    expect((await db.run('GetItem', { TableName, Key: other })).Item).toEqual(other);
  });

  test('returns what it was asked for', async () => {
    const expression = 'SET s = :v';
    const values = { ':v': { S: 'b' } };
    expect((await update(expression, values, { ReturnValues: 'UPDATED_OLD' })).Attributes).toEqual({
      s: { S: 'text' },
    });
    expect((await update(expression, values, { ReturnValues: 'ALL_OLD' })).Attributes.s).toEqual({ S: 'b' });
    expect((await update(expression, values, { ReturnValues: 'ALL_NEW' })).Attributes.n).toEqual({ N: '10' });
    expect(await update(expression, values, { ReturnValues: 'NONE' })).toEqual({});
  });

  test.each<[string, object | undefined, string]>([
    ['SET pk = :v', { ':v': { S: 'b' } }, 'Cannot update attribute pk. This attribute is part of the key'],
    ['SET a = absent', undefined, 'The provided expression refers to an attribute that does not exist in the item'],
    [
      'SET absent.x = :v',
      { ':v': { S: 'b' } },
      'The document path provided in the update expression is invalid for update',
    ],
    ['SET s.x = :v', { ':v': { S: 'b' } }, 'The document path provided in the update expression is invalid for update'],
    ['SET s = s + :v', { ':v': { N: '1' } }, 'An operand in the update expression has an incorrect data type'],
    ['ADD s :v', { ':v': { N: '1' } }, 'An operand in the update expression has an incorrect data type'],
    ['ADD tags :v', { ':v': { NS: ['1'] } }, 'An operand in the update expression has an incorrect data type'],
    [
      'ADD s :v',
      { ':v': { S: '1' } },
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING',
    ],
    [
      'DELETE tags :v',
      { ':v': { N: '1' } },
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER',
    ],
    [
      'SET n = n + :v',
      { ':v': { S: '1' } },
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S',
    ],
    [
      'SET a.b = :v, a.b.c = :v',
      { ':v': { S: '1' } },
      'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, b, c]',
    ],
    [
      'SET a.b = :v, a[1] = :v',
      { ':v': { S: '1' } },
      'Invalid UpdateExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]',
    ],
    [
      'SET kind = :v',
      { ':v': { N: '1' } },
      'The update expression attempted to update the secondary index key to unsupported type',
    ],
    ['SET kind = :v', { ':v': { S: '' } }, 'cannot contain an empty string value.'],
    ['SET kind.x = :v', { ':v': { S: 'b' } }, 'Key attributes must be scalars'],
    ['SET s = :v', undefined, 'An expression attribute value used in expression is not defined; attribute value: :v'],
  ])('refuses %p with %p', async (expression, values, message) => {
    expect(await refusal(expression, values)).toContain(`ValidationException: `);
    expect(await refusal(expression, values)).toContain(message);
  });

  test('refuses to make an item larger than 400 KB', async () => {
    const big = { ':v': { S: 'x'.repeat(400 * 1024) } };
    expect(await refusal('SET s = :v', big)).toBe(
      'ValidationException: Item size to update has exceeded the maximum allowed size',
    );
  });

  test('changes nothing when the condition fails', async () => {
    const failed = await db.failure('UpdateItem', {
      TableName,
      Key,
      UpdateExpression: 'SET s = :v',
      ConditionExpression: 'n > :n',
      ExpressionAttributeValues: { ':v': { S: 'x' }, ':n': { N: '10' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    expect(failed.code).toBe('ConditionalCheckFailedException');
    expect(failed.fields).toMatchObject({ Item: { s: { S: 'text' } } });
    expect((await db.run('GetItem', { TableName, Key })).Item.s).toEqual({ S: 'text' });
  });
});
