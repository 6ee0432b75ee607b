import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbFixture, eventsTable } from './dynamodb-fixture';

const db = new DynamoDbFixture();
const TableName = 'events';

type Row = { sk: { N: string } };

beforeAll(async () => {
  await db.run('CreateTable', {
    ...eventsTable,
    LocalSecondaryIndexes: [
      {
        IndexName: 'by-moment',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'moment', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['n'] },
      },
    ],
  });
  for (const sk of [-10, -2, -0.5, 0, 0.5, 2, 10, 100]) {
    const indexed = sk >= 0 ? { kind: { S: 'k' }, moment: { S: `t${1000 - sk * 2}` } } : {};
    const Item = { pk: { S: 'a' }, sk: { N: String(sk) }, n: { N: String(sk * 2) }, other: { S: 'x' }, ...indexed };
    await db.run('PutItem', { TableName, Item });
    await db.run('PutItem', { TableName, Item: { ...Item, pk: { S: 'b' } } });
  }
});
afterAll(() => db.close());

const query = (condition: string, values: object, more: object = {}) =>
  db.run('Query', {
    TableName,
    KeyConditionExpression: condition,
    ExpressionAttributeValues: { ':p': { S: 'a' }, ...values },
    ...more,
  });

const sorts = ({ Items }: { Items: Row[] }) => Items.map(({ sk }) => Number(sk.N));

describe('Query', () => {
  test('gives the items of a partition in the order of their sort keys', async () => {
    const page = await query('pk = :p', {});
    expect(sorts(page)).toEqual([-10, -2, -0.5, 0, 0.5, 2, 10, 100]);
    expect([page.Count, page.ScannedCount, page.LastEvaluatedKey]).toEqual([8, 8, undefined]);
    expect(sorts(await query('pk = :p', {}, { ScanIndexForward: false }))).toEqual(sorts(page).reverse());
  });

  test.each<[string, object, number[]]>([
    ['pk = :p AND sk = :s', { ':s': { N: '2.0' } }, [2]],
    ['sk < :s AND pk = :p', { ':s': { N: '0' } }, [-10, -2, -0.5]],
    ['pk = :p AND sk <= :s', { ':s': { N: '0' } }, [-10, -2, -0.5, 0]],
    ['pk = :p AND sk > :s', { ':s': { N: '2' } }, [10, 100]],
    ['(pk = :p) AND (sk >= :s)', { ':s': { N: '2' } }, [2, 10, 100]],
    ['pk = :p AND :s < sk', { ':s': { N: '2' } }, [10, 100]],
    ['pk = :p AND sk BETWEEN :a AND :b', { ':a': { N: '-2' }, ':b': { N: '0.5' } }, [-2, -0.5, 0, 0.5]],
    ['pk = :p AND sk > :s', { ':s': { N: '1000' } }, []],
  ])('reads the stretch that %p leaves', async (condition, values, expected) => {
    expect(sorts(await query(condition, values))).toEqual(expected);
    const backwards = await query(condition, values, { ScanIndexForward: false });
    expect(sorts(backwards)).toEqual([...expected].reverse());
  });

  test.each([true, false])('goes on from where a page ended (forward: %p)', async (ScanIndexForward) => {
    const seen: number[] = [];
    let ExclusiveStartKey: object | undefined;
    let pages = 0;
    do {
      const more = { Limit: 3, ScanIndexForward, ...(ExclusiveStartKey && { ExclusiveStartKey }) };
      const page = await query('pk = :p', {}, more);
      seen.push(...sorts(page));
      ExclusiveStartKey = page.LastEvaluatedKey;
      pages++;
    } while (ExclusiveStartKey);
    expect(pages).toBe(3);
    expect(seen).toEqual(sorts(await query('pk = :p', {}, { ScanIndexForward })));
  });

  test('says where it ended whenever it reached its limit, even at the last item', async () => {
    const page = await query('pk = :p AND sk > :s', { ':s': { N: '2' } }, { Limit: 2 });
    expect(page.LastEvaluatedKey).toEqual({ pk: { S: 'a' }, sk: { N: '100' } });
    const next = await query('pk = :p AND sk > :s', { ':s': { N: '2' } }, { ExclusiveStartKey: page.LastEvaluatedKey });
    expect([next.Items, next.LastEvaluatedKey]).toEqual([[], undefined]);
  });

  test('counts what it read and what passed the filter', async () => {
    const page = await query('pk = :p', { ':n': { N: '0' } }, { FilterExpression: 'n > :n', Limit: 6 });
    expect([sorts(page), page.Count, page.ScannedCount]).toEqual([[0.5, 2], 2, 6]);
    expect(await query('pk = :p', {}, { Select: 'COUNT' })).toEqual({ Count: 8, ScannedCount: 8 });
  });

  test('ends a page at one megabyte', async () => {
    for (let sk = 0; sk < 4; sk++) {
      const Item = { pk: { S: 'big' }, sk: { N: String(sk) }, v: { S: 'x'.repeat(300 * 1024) } };
      await db.run('PutItem', { TableName, Item });
    }
    const values = { ExpressionAttributeValues: { ':p': { S: 'big' } }, ReturnConsumedCapacity: 'TOTAL' };
    const page = await query('pk = :p', {}, values);
    expect([page.Count, page.LastEvaluatedKey]).toEqual([3, { pk: { S: 'big' }, sk: { N: '2' } }]);
    expect(page.ConsumedCapacity.CapacityUnits).toBe(113);
    const rest = await query('pk = :p', {}, { ...values, ExclusiveStartKey: page.LastEvaluatedKey });
    expect([rest.Count, rest.LastEvaluatedKey]).toEqual([1, undefined]);
  });

  test('costs a unit for each 4 KB of all that it read', async () => {
    const cost = async (more: object) =>
      (await query('pk = :p', {}, { ReturnConsumedCapacity: 'TOTAL', ...more })).ConsumedCapacity.CapacityUnits;
    expect(await cost({})).toBe(0.5);
    expect(await cost({ ConsistentRead: true })).toBe(1);
    expect(await cost({ ExpressionAttributeValues: { ':p': { S: 'nobody' } } })).toBe(0.5);
  });

  test('of a global index gives only the items that have its key, sorted by it', async () => {
    const indexed = { IndexName: 'by-kind', ExpressionAttributeValues: { ':p': { S: 'k' } }, Limit: 3 };
    const page = await query('kind = :p', {}, indexed);
    expect(page.Items.map((each: { moment: { S: string } }) => each.moment.S)).toEqual(['t1000', 't1000', 't800']);
    expect(Object.keys(page.LastEvaluatedKey).sort()).toEqual(['kind', 'moment', 'pk', 'sk']);
    const next = await query('kind = :p', {}, { ...indexed, ExclusiveStartKey: page.LastEvaluatedKey, Limit: 100 });
    expect(next.Count).toBe(7);
  });

  test('of an index looks behind a prefix of the sort key', async () => {
    const more = { IndexName: 'by-kind', ExpressionAttributeValues: { ':k': { S: 'k' }, ':m': { S: 't99' } } };
    const page = await query('kind = :k AND begins_with(moment, :m)', {}, more);
    expect(sorts(page).sort()).toEqual([0.5, 0.5, 2, 2]);
  });

  test('of a local index reads the table for what the index does not hold', async () => {
    const base = { IndexName: 'by-moment', ConsistentRead: true, ReturnConsumedCapacity: 'INDEXES' };
    const cut = await query('pk = :p', {}, base);
    expect(Object.keys(cut.Items[0]).sort()).toEqual(['moment', 'n', 'pk', 'sk']);
    expect(cut.ConsumedCapacity).toEqual({
      TableName,
      CapacityUnits: 1,
      Table: { CapacityUnits: 0 },
      LocalSecondaryIndexes: { 'by-moment': { CapacityUnits: 1 } },
    });
    const whole = await query('pk = :p', {}, { ...base, Select: 'ALL_ATTRIBUTES' });
    expect(whole.Items[0].other).toEqual({ S: 'x' });
    expect(whole.ConsumedCapacity.CapacityUnits).toBe(6);
  });

  test('shows only what a projection asks for', async () => {
    const page = await query('pk = :p', {}, { ProjectionExpression: 'n', Limit: 1 });
    expect(page.Items).toEqual([{ n: { N: '-20' } }]);
  });

  const start = (sk: string, pk = 'a') => ({ ExclusiveStartKey: { pk: { S: pk }, sk: { N: sk } } });

  test.each<[string, string, object, object, string]>([
    [
      'no condition on the partition key',
      'sk = :s',
      { ':p': undefined, ':s': { N: '1' } },
      {},
      'Query condition missed key schema element: pk',
    ],
    ['an unordered partition key', 'pk > :p', {}, {}, 'Query key condition not supported'],
    [
      'a condition on another attribute',
      'pk = :p AND n = :s',
      { ':s': { N: '1' } },
      {},
      'Query condition missed key schema element: sk',
    ],
    [
      'a value of another type',
      'pk = :p AND sk = :s',
      { ':s': { S: '1' } },
      {},
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    ],
    ['OR', 'pk = :p OR sk = :s', { ':s': { N: '1' } }, {}, 'Invalid operator used in KeyConditionExpression: OR'],
    [
      'a function',
      'pk = :p AND contains(sk, :s)',
      { ':s': { N: '1' } },
      {},
      'Invalid operator used in KeyConditionExpression: contains',
    ],
    [
      'two conditions on one key',
      'pk = :p AND sk > :s AND sk < :s',
      { ':s': { N: '1' } },
      {},
      'KeyConditionExpressions must only contain one condition per key',
    ],
    ['an empty key', 'pk = :p', { ':p': { S: '' } }, {}, 'cannot contain an empty string value. Key: pk'],
    [
      'a filter on a key',
      'pk = :p',
      { ':s': { N: '1' } },
      { FilterExpression: 'sk = :s' },
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
    ],
    [
      'an index that is not there',
      'pk = :p',
      {},
      { IndexName: 'nope' },
      'The table does not have the specified index: nope',
    ],
    [
      'a consistent read of a global index',
      'kind = :p',
      {},
      { IndexName: 'by-kind', ConsistentRead: true },
      'Consistent reads are not supported on global secondary indexes',
    ],
    [
      'a limit of zero',
      'pk = :p',
      {},
      { Limit: 0 },
      "Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'a start in another partition',
      'pk = :p',
      {},
      start('1', 'b'),
      'The provided starting key is outside query boundaries based on provided conditions',
    ],
    [
      'a start outside of the range',
      'pk = :p AND sk > :s',
      { ':s': { N: '5' } },
      start('1'),
      'The provided starting key does not match the range key predicate',
    ],
    [
      'half a start key',
      'pk = :p',
      {},
      { ExclusiveStartKey: { pk: { S: 'a' } } },
      'The provided starting key is invalid',
    ],
    ['a legacy condition', 'pk = :p', {}, { KeyConditions: {} }, 'NotImplemented: Query: KeyConditions'],
    [
      'all attributes and a projection',
      'pk = :p',
      {},
      { Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'n' },
      'Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES',
    ],
  ])('refuses %s', async (_, condition, values, more, message) => {
    const input = {
      TableName,
      KeyConditionExpression: condition,
      ExpressionAttributeValues: { ':p': { S: 'a' }, ...values },
      ...more,
    };
    expect(await db.error('Query', input)).toContain(message);
  });
});
