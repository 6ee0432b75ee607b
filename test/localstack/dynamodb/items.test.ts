import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbFixture, eventsTable, plainTable } from './dynamodb-fixture';

const db = new DynamoDbFixture();
const TableName = 'events';

beforeAll(async () => {
  await db.run('CreateTable', eventsTable);
  await db.run('CreateTable', plainTable);
});
afterAll(() => db.close());

const item = (sk: number, more: object = {}) => ({ pk: { S: 'a' }, sk: { N: String(sk) }, ...more });
const key = (sk: number) => item(sk);

describe('PutItem, GetItem and DeleteItem', () => {
  test('keep an item of every type', async () => {
    const Item = item(1, {
      s: { S: 'ü€😀' },
      empty: { S: '' },
      n: { N: '-1.5' },
      b: { B: 'AQID' },
      yes: { BOOL: true },
      nothing: { NULL: true },
      ss: { SS: ['a', 'b'] },
      ns: { NS: ['1', '2.5'] },
      bs: { BS: ['AQ==', 'Ag=='] },
      l: { L: [{ M: { deep: { L: [] } } }] },
      m: { M: { __proto__x: { S: 'y' } } },
    });
    await db.run('PutItem', { TableName, Item });
    expect(await db.run('GetItem', { TableName, Key: key(1), ConsistentRead: true })).toEqual({ Item });
  });

  test('give numbers back in one form, under which they are also found', async () => {
    await db.run('PutItem', { TableName, Item: { pk: { S: 'n' }, sk: { N: '1.0' }, ns: { NS: ['01', '2.50'] } } });
    const { Item } = await db.run('GetItem', { TableName, Key: { pk: { S: 'n' }, sk: { N: '1e0' } } });
    expect(Item).toEqual({ pk: { S: 'n' }, sk: { N: '1' }, ns: { NS: ['1', '2.5'] } });
  });

  test('answer nothing for what is not there', async () => {
    expect(await db.run('GetItem', { TableName, Key: key(404) })).toEqual({});
    expect(await db.run('DeleteItem', { TableName, Key: key(404), ReturnValues: 'ALL_OLD' })).toEqual({});
  });

  test('return the old item when asked', async () => {
    await db.run('PutItem', { TableName, Item: item(2, { v: { S: 'old' } }) });
    const put = await db.run('PutItem', { TableName, Item: item(2), ReturnValues: 'ALL_OLD' });
    expect(put).toEqual({ Attributes: item(2, { v: { S: 'old' } }) });
    expect(await db.run('DeleteItem', { TableName, Key: key(2), ReturnValues: 'ALL_OLD' })).toEqual({
      Attributes: item(2),
    });
  });

  test('happen only on their condition', async () => {
    const ConditionExpression = 'attribute_not_exists(pk)';
    await db.run('PutItem', { TableName, Item: item(3), ConditionExpression });
    const again = await db.failure('PutItem', {
      TableName,
      Item: item(3, { v: { S: 'x' } }),
      ConditionExpression,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    expect([again.code, again.message, again.status]).toEqual([
      'ConditionalCheckFailedException',
      'The conditional request failed',
      400,
    ]);
    expect(again.fields).toEqual({ Item: item(3) });
    expect(await db.error('DeleteItem', { TableName, Key: key(3), ConditionExpression })).toContain(
      'ConditionalCheckFailedException',
    );
    expect((await db.run('GetItem', { TableName, Key: key(3) })).Item).toEqual(item(3));
  });

  test('show only what a projection asks for', async () => {
    const l = { L: [{ S: '0' }, { S: '1' }, { M: { x: { S: 'in' }, y: { S: 'out' } } }] };
    await db.run('PutItem', { TableName, Item: item(4, { l, other: { S: 'o' } }) });
    const read = (ProjectionExpression: string, names?: object) =>
      db.run('GetItem', {
        TableName,
        Key: key(4),
        ProjectionExpression,
        ...(names && { ExpressionAttributeNames: names }),
      });
    expect(await read('l[2].x, l[0], #o', { '#o': 'other' })).toEqual({
      Item: { other: { S: 'o' }, l: { L: [{ S: '0' }, { M: { x: { S: 'in' } } }] } },
    });
    expect(await read('absent')).toEqual({ Item: {} });
  });

  test.each<[string, object, string]>([
    [
      'a table that is not there',
      { TableName: 'nope', Item: item(1) },
      'ResourceNotFoundException: Requested resource not found',
    ],
    [
      'no table',
      { Item: item(1) },
      "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
    ],
    [
      'no item',
      { TableName },
      "1 validation error detected: Value null at 'item' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a strange table name',
      { TableName: 'a;b', Item: item(1) },
      "Value 'a;b' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ],
    [
      'several faults at once',
      { TableName, ReturnConsumedCapacity: 'x', ReturnValues: 'y' },
      "3 validation errors detected: Value null at 'item' failed to satisfy constraint: Member must not be null; Value 'y' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; Value 'x' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]",
    ],
    [
      'new values of a put',
      { TableName, Item: item(1), ReturnValues: 'ALL_NEW' },
      'ValidationException: Return values set to invalid value',
    ],
    [
      'no sort key',
      { TableName, Item: { pk: { S: 'a' } } },
      'One or more parameter values were invalid: Missing the key sk in the item',
    ],
    [
      'a key of another type',
      { TableName, Item: item(1, { sk: { S: '1' } }) },
      'One or more parameter values were invalid: Type mismatch for key sk expected: N actual: S',
    ],
    [
      'an empty key',
      { TableName, Item: item(1, { pk: { S: '' } }) },
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
    ],
    [
      'a key that is too long',
      { TableName, Item: item(1, { pk: { S: 'x'.repeat(2049) } }) },
      'Size of hashkey has exceeded the maximum size limit of2048 bytes',
    ],
    [
      'an index key of another type',
      { TableName, Item: item(1, { kind: { N: '1' } }) },
      'One or more parameter values were invalid: Type mismatch for Index Key kind Expected: S Actual: N IndexName: by-kind',
    ],
    [
      'an empty index key',
      { TableName, Item: item(1, { moment: { S: '' } }) },
      'A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-kind, IndexKey: moment',
    ],
    [
      'an index key that is too long',
      { TableName, Item: item(1, { moment: { S: 'x'.repeat(1025) } }) },
      'Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    ],
    [
      'too large an item',
      { TableName, Item: item(1, { v: { S: 'x'.repeat(400 * 1024) } }) },
      'ValidationException: Item size has exceeded the maximum allowed size',
    ],
    [
      'a value without a type',
      { TableName, Item: item(1, { v: {} }) },
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    ],
    [
      'a value of two types',
      { TableName, Item: item(1, { v: { S: 'a', N: '1' } }) },
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ],
    [
      'an empty set',
      { TableName, Item: item(1, { v: { SS: [] } }) },
      'One or more parameter values were invalid: An string set  may not be empty',
    ],
    [
      'a set with duplicates',
      { TableName, Item: item(1, { v: { SS: ['a', 'a'] } }) },
      'One or more parameter values were invalid: Input collection [a, a] contains duplicates.',
    ],
    [
      'equal numbers in a set',
      { TableName, Item: item(1, { v: { NS: ['1', '1.0'] } }) },
      'ValidationException: Input collection contains duplicates',
    ],
    [
      'false as null',
      { TableName, Item: item(1, { v: { NULL: false } }) },
      'Null attribute value types must have the value of true',
    ],
    [
      'what is no base64',
      { TableName, Item: item(1, { v: { B: '####' } }) },
      "SerializationException: '####' can not be converted to a Blob: Invalid Base64 character: '#'",
    ],
    [
      'a number where text belongs',
      { TableName, Item: item(1, { v: { N: 1 } }) },
      'SerializationException: NUMBER_VALUE cannot be converted to String',
    ],
    [
      'names without an expression',
      { TableName, Item: item(1), ExpressionAttributeNames: { '#a': 'a' } },
      'ExpressionAttributeNames can only be specified when using expressions',
    ],
    [
      'values without an expression',
      { TableName, Item: item(1), ExpressionAttributeValues: { ':a': { S: 'a' } } },
      'ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null',
    ],
    [
      'an empty expression',
      { TableName, Item: item(1), ConditionExpression: '' },
      'Invalid ConditionExpression: The expression can not be empty;',
    ],
    [
      'a legacy parameter',
      { TableName, Item: item(1), Expected: {} },
      'NotImplemented: PutItem: Expected is not implemented',
    ],
  ])('refuse %s', async (_, input, message) => {
    expect(await db.error('PutItem', input)).toContain(message);
  });

  test('refuse a value that is nested too deep', async () => {
    let v: object = { S: 'x' };
    for (let depth = 0; depth < 32; depth++) v = { L: [v] };
    await db.run('PutItem', { TableName, Item: item(5, { v }) });
    expect(await db.error('PutItem', { TableName, Item: item(5, { v: { L: [v] } }) })).toBe(
      'ValidationException: Nesting Levels have exceeded supported limits',
    );
  });

  test.each([{}, { pk: { S: 'a' } }, { pk: { S: 'a' }, sk: { S: '1' } }, { ...key(1), more: { S: 'x' } }])(
    'refuse the key %p',
    async (Key) => {
      expect(await db.error('GetItem', { TableName, Key })).toBe(
        'ValidationException: The provided key element does not match the schema',
      );
    },
  );

  test('find a table by its ARN', async () => {
    const TableArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/events';
    await db.run('PutItem', { TableName: TableArn, Item: item(6) });
    expect((await db.run('GetItem', { TableName, Key: key(6) })).Item).toEqual(item(6));
  });

  test('keep long keys apart', async () => {
    const id = (end: string) => ({ id: { S: 'x'.repeat(2047) + end } });
    await db.run('PutItem', { TableName: 'plain', Item: { ...id('a'), v: { N: '1' } } });
    await db.run('PutItem', { TableName: 'plain', Item: { ...id('b'), v: { N: '2' } } });
    expect((await db.run('GetItem', { TableName: 'plain', Key: id('b') })).Item.v).toEqual({ N: '2' });
    const sk = { pk: { S: 'y'.repeat(2048) }, kind: { S: 'z'.repeat(2048) }, moment: { S: '\0'.repeat(1024) } };
    await db.run('PutItem', { TableName, Item: { ...sk, sk: { N: '1' } } });
    await db.store.durable();
    const found = await db.run('Query', {
      TableName,
      IndexName: 'by-kind',
      KeyConditionExpression: 'kind = :k AND moment = :a',
      ExpressionAttributeValues: { ':k': sk.kind, ':a': sk.moment },
    });
    expect(found.Count).toBe(1);
  });
});

describe('consumed capacity', () => {
  const kilobytes = (count: number) => ({ S: 'x'.repeat(count * 1024 - 20) });

  test('of a write is one unit for each KB of the larger of old and new', async () => {
    const put = (v: object) => db.run('PutItem', { TableName, Item: item(10, { v }), ReturnConsumedCapacity: 'TOTAL' });
    expect((await put(kilobytes(3))).ConsumedCapacity).toEqual({ TableName, CapacityUnits: 3 });
    expect((await put({ S: 'small' })).ConsumedCapacity.CapacityUnits).toBe(3);
    expect((await put({ S: 'small' })).ConsumedCapacity.CapacityUnits).toBe(1);
  });

  test('of a read is one unit for each 4 KB, half of it when it may be stale', async () => {
    await db.run('PutItem', { TableName, Item: item(11, { v: kilobytes(5) }) });
    const get = (more: object) =>
      db.run('GetItem', { TableName, Key: key(11), ReturnConsumedCapacity: 'INDEXES', ...more });
    expect((await get({})).ConsumedCapacity).toEqual({ TableName, CapacityUnits: 1, Table: { CapacityUnits: 1 } });
    expect((await get({ ConsistentRead: true })).ConsumedCapacity.CapacityUnits).toBe(2);
  });

  test('of a write includes the index entries that it touches', async () => {
    const put = (more: object) =>
      db.run('PutItem', { TableName, Item: item(12, more), ReturnConsumedCapacity: 'INDEXES' });
    const units = (table: number, index?: number) => ({
      TableName,
      CapacityUnits: table + (index ?? 0),
      Table: { CapacityUnits: table },
      ...(index && { GlobalSecondaryIndexes: { 'by-kind': { CapacityUnits: index } } }),
    });
    const keys = { kind: { S: 'k' }, moment: { S: '1' } };
    expect((await put({})).ConsumedCapacity).toEqual(units(1));
    expect((await put(keys)).ConsumedCapacity).toEqual(units(1, 1));
    expect((await put(keys)).ConsumedCapacity).toEqual(units(1));
    expect((await put({ ...keys, v: { S: 'x' } })).ConsumedCapacity).toEqual(units(1, 1));
    expect((await put({ ...keys, moment: { S: '2' } })).ConsumedCapacity).toEqual(units(1, 2));
    expect((await put({})).ConsumedCapacity).toEqual(units(1, 1));
  });
});
