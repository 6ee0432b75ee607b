import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FaultRule } from '../../../localstack/cloud/core/faults';
import { call, DynamoDbFixture, eventsTable, plainTable } from './dynamodb-fixture';

const TableName = 'events';
const item = (sk: number, more: object = {}) => ({ pk: { S: 'a' }, sk: { N: String(sk) }, ...more });
const put = (sk: number, more: object = {}) => ({ Put: { TableName, Item: item(sk, more) } });

let db: DynamoDbFixture;
let arn: string;
beforeEach(async () => {
  db = new DynamoDbFixture();
  arn = (await db.run('CreateTable', eventsTable)).TableDescription.LatestStreamArn;
  await db.run('CreateTable', plainTable);
});
afterEach(() => db.close());

const plan = (rule: Omit<FaultRule, 'service'>, seed = 1) =>
  db.faults.plan({ seed, rules: [{ service: 'dynamodb', ...rule }] });
const transact = (...TransactItems: object[]) => db.run('TransactWriteItems', { TransactItems });
const query = (more: object = {}) =>
  db.run('Query', {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': { S: 'a' } },
    ...more,
  });
const sorts = async (more: object = {}): Promise<number[]> =>
  (await query(more)).Items.map(({ sk }: { sk: { N: string } }) => Number(sk.N));

describe('a torn read', () => {
  beforeEach(() => plan({ fault: 'torn-read', operation: 'Query', target: TableName }));

  test('shows later items of a transaction without earlier ones, once', async () => {
    await db.run('PutItem', { TableName, Item: item(1) });
    await transact(put(2), put(3), put(4));
    const torn = await sorts();
    expect(torn).toEqual(expect.arrayContaining([1, 4]));
    expect(torn.length).toBeLessThan(4);
    expect(await sorts()).toEqual([1, 2, 3, 4]);
  });

  test('may show what stood there before', async () => {
    await db.run('PutItem', { TableName, Item: item(1, { n: { N: '1' } }) });
    await transact(put(1, { n: { N: '2' } }), put(2));
    expect((await query()).Items).toEqual([item(1, { n: { N: '1' } }), item(2)]);
    expect((await query()).Items).toEqual([item(1, { n: { N: '2' } }), item(2)]);
  });

  test('comes for each transaction by itself, the newest first, backwards and page by page too', async () => {
    await transact(put(1), put(2));
    await transact(put(3), put(4));
    expect(await sorts({ ScanIndexForward: false })).toEqual([4, 2, 1]);
    const first = await query({ Limit: 1 });
    expect(first.Items).toEqual([item(2)]);
    expect(await sorts({ ExclusiveStartKey: first.LastEvaluatedKey })).toEqual([3, 4]);
    expect(await sorts()).toEqual([1, 2, 3, 4]);
  });

  test('needs two items of the transaction in what is read', async () => {
    const Item = { ...item(1), pk: { S: 'other' } };
    await transact(put(1), { Put: { TableName, Item } });
    await transact(put(2), put(3));
    expect(
      await sorts({
        KeyConditionExpression: 'pk = :p AND sk < :s',
        ExpressionAttributeValues: { ':p': { S: 'a' }, ':s': { N: '3' } },
      }),
    ).toEqual([1, 2]);
    expect(db.faults.report().rules[0]).toMatchObject({ seen: 0, struck: 0 });
  });

  test('is over after a second, and never hides what has changed since', async () => {
    await transact(put(1), put(2));
    await db.clock.advance(1_000);
    expect(await sorts()).toEqual([1, 2]);
    await transact(put(3), put(4), put(5));
    await db.run('PutItem', { TableName, Item: item(3, { n: { N: '1' } }) });
    expect(await sorts()).toEqual([1, 2, 3, 5]);
  });

  test('hides the same items under the same seed', async () => {
    const torn = async (seed: number) => {
      plan({ fault: 'torn-read', operation: 'Query' }, seed);
      await transact(...Array.from({ length: 20 }, (_, n) => put(n, { seed: { N: `${seed}` } })));
      const seen = await query();
      await db.run('BatchWriteItem', {
        RequestItems: { [TableName]: Array.from({ length: 20 }, (_, n) => ({ DeleteRequest: { Key: item(n) } })) },
      });
      return seen.Items.map(({ sk }: { sk: { N: string } }) => sk.N);
    };
    const first = await torn(7);
    expect(await torn(8)).not.toEqual(first);
    expect(await torn(7)).toEqual(first);
  });
});

describe('a batch', () => {
  const ids = (some: { id: { S: string } }[]) => some.map(({ id }) => id.S);
  const keys = ['a', 'b', 'c'].map((S) => ({ id: { S } }));

  test('leaves throttled writes unprocessed', async () => {
    plan({ fault: 'throttle', operation: 'BatchWriteItem.Item', target: 'plain', caller: 'root', skip: 1, times: 1 });
    const RequestItems = { plain: keys.map((Item) => ({ PutRequest: { Item } })) };
    const { UnprocessedItems } = await db.run('BatchWriteItem', { RequestItems });
    expect(UnprocessedItems).toEqual({ plain: [{ PutRequest: { Item: keys[1] } }] });
    expect(ids((await db.run('Scan', { TableName: 'plain' })).Items).sort()).toEqual(['a', 'c']);
    expect((await db.run('BatchWriteItem', { RequestItems: UnprocessedItems })).UnprocessedItems).toEqual({});
  });

  test('leaves throttled reads unprocessed', async () => {
    for (const Item of keys) await db.run('PutItem', { TableName: 'plain', Item });
    plan({ fault: 'throttle', operation: 'BatchGetItem.Item', skip: 1, times: 1 });
    const { Responses, UnprocessedKeys } = await db.run('BatchGetItem', {
      RequestItems: { plain: { Keys: keys, ConsistentRead: true } },
    });
    expect(ids(Responses.plain)).toEqual(['a', 'c']);
    expect(UnprocessedKeys).toEqual({ plain: { Keys: [keys[1]], ConsistentRead: true } });
  });

  test('of which nothing can be processed is refused', async () => {
    plan({ fault: 'throttle', operation: 'Batch*' });
    expect(await db.error('BatchGetItem', { RequestItems: { plain: { Keys: keys } } })).toMatch(
      /^ProvisionedThroughputExceededException: The level of configured provisioned throughput/,
    );
    const write = { RequestItems: { plain: [{ PutRequest: { Item: keys[0] } }] } };
    expect(await db.error('BatchWriteItem', write)).toMatch(/^ProvisionedThroughputExceededException/);
    db.faults.clear();
    expect((await db.run('Scan', { TableName: 'plain' })).Items).toEqual([]);
  });
});

test('the stream records of transactions are mixed in the same way under the same plan', async () => {
  const order = async (seed: number) => {
    plan({ fault: 'torn-read', operation: 'Query', times: 0 }, seed);
    const before = db.peer.shards(arn).map((shard) => db.peer.latest(arn, shard));
    for (const round of [1, 2]) {
      await transact(...Array.from({ length: 10 }, (_, n) => put(n, { v: { S: `${seed} ${round}` } })));
    }
    const added = db.peer.shards(arn).flatMap((shard, index) => db.peer.read(arn, shard, before[index], 1_000));
    await transact(...Array.from({ length: 10 }, (_, n) => put(n, { v: { S: 'between' } })));
    return added.map(({ dynamodb }) => (dynamodb.Keys.sk as { N: string }).N);
  };
  const first = await order(1);
  expect(first).toHaveLength(20);
  expect(first.slice(0, 10)).not.toEqual(first.slice(10));
  expect(await order(2)).not.toEqual(first);
  expect(await order(1)).toEqual(first);
});

describe('a call fails on purpose as DynamoDB fails', () => {
  const fail = (kind: 'error' | 'throttle', operation: string, input: object, code?: string) =>
    db.service.failure?.(kind, operation, input, code);

  test('with its internal error', () => {
    expect(fail('error', 'PutItem', { TableName })).toMatchObject({ code: 'InternalServerError', status: 500 });
  });

  test('throttled by how the table is paid for', async () => {
    await db.run('CreateTable', {
      ...plainTable,
      TableName: 'provisioned',
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    });
    const of = (input: object) => fail('throttle', 'PutItem', input)?.code;
    expect(of({ TableName })).toBe('ThrottlingException');
    expect(of({ TableName: 'provisioned' })).toBe('ProvisionedThroughputExceededException');
    expect(of({ TableName: `arn:aws:dynamodb:us-east-1:${call.account}:table/provisioned` })).toBe(
      'ProvisionedThroughputExceededException',
    );
    expect(of({ TableName: 42 })).toBe('ThrottlingException');
    expect(fail('throttle', 'ListTables', {})).toMatchObject({
      code: 'ThrottlingException',
      message: 'Rate of requests exceeds the allowed throughput.',
    });
    expect(
      fail('throttle', 'TransactWriteItems', { TransactItems: [{ Put: { TableName: 'provisioned' } }] }),
    ).toMatchObject({ fields: { CancellationReasons: [{ Code: 'ProvisionedThroughputExceeded' }] } });
  });

  test('a transaction, with a reason for each action', () => {
    const TransactItems = [put(1), put(2)];
    expect(fail('error', 'TransactWriteItems', { TransactItems }, 'TransactionCanceledException')).toMatchObject({
      code: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict, None]',
      fields: {
        CancellationReasons: [
          { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
          { Code: 'None' },
        ],
      },
    });
    expect(fail('throttle', 'TransactGetItems', { TransactItems })).toMatchObject({
      code: 'TransactionCanceledException',
      fields: { CancellationReasons: [{ Code: 'ThrottlingError' }, { Code: 'None' }] },
    });
  });

  test.each([
    ['ConditionalCheckFailedException', 'The conditional request failed'],
    ['TransactionConflictException', 'Transaction is ongoing for the item'],
    ['ProvisionedThroughputExceededException', expect.stringContaining('provisioned throughput')],
  ])('with %s', (code, message) => {
    expect(fail('error', 'PutItem', { TableName }, code)).toMatchObject({ code, message, status: 400 });
  });

  test('or, under a name that it does not know, in the general form', () => {
    expect(fail('error', 'PutItem', { TableName }, 'Mine')).toBeUndefined();
  });

  test('and its streams as streams do', () => {
    expect(db.streams.failure?.('throttle', 'GetRecords', {})).toMatchObject({ code: 'LimitExceededException' });
    expect(db.streams.failure?.('error', 'GetRecords', {})).toMatchObject({ code: 'InternalServerError', status: 500 });
  });
});
