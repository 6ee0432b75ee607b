import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  paginateScan,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const TableName = `contract-${Math.random().toString(36).slice(2)}`;
const row = (pk: string, sk: number, more: object = {}) => marshall({ pk, sk, ...more });

/** What any DynamoDB does, seen through the SDK: for the local cloud, DynamoDB Local and AWS alike. */
export function dynamoDbApiContract(connect: () => Promise<DynamoDBClientConfig>): void {
  let client: DynamoDBClient;
  let streams: DynamoDBStreamsClient;

  beforeAll(async () => {
    const config = await connect();
    client = new DynamoDBClient(config);
    streams = new DynamoDBStreamsClient(config);
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'N' },
          { AttributeName: 'colour', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'by-colour',
            KeySchema: [{ AttributeName: 'colour', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 2 }, { TableName });
  });

  afterAll(async () => {
    await client?.send(new DeleteTableCommand({ TableName }));
    client?.destroy();
    streams?.destroy();
  });

  const get = async (pk: string, sk: number) => {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: row(pk, sk), ConsistentRead: true }));
    return Item && unmarshall(Item);
  };

  describe('items', () => {
    test('come back as they were put, binaries and sets included', async () => {
      const item = {
        text: 'ü😀',
        n: 1.5,
        yes: true,
        none: null,
        list: [1, 'a', { b: [] }],
        empty: '',
        set: new Set(['a', 'b']),
      };
      const bytes = new Uint8Array([0, 1, 255]);
      await client.send(new PutItemCommand({ TableName, Item: marshall({ pk: 'types', sk: 1, ...item, bytes }) }));
      expect(await get('types', 1)).toEqual({ pk: 'types', sk: 1, ...item, bytes });
    });

    test('are put on a condition, and the failure shows what is there', async () => {
      const ConditionExpression = 'attribute_not_exists(pk)';
      const Item = row('condition', 1, { n: 1 });
      await client.send(new PutItemCommand({ TableName, Item, ConditionExpression }));
      const again = client.send(
        new PutItemCommand({
          TableName,
          Item,
          ConditionExpression,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      const error = await again.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ConditionalCheckFailedException);
      expect(unmarshall((error as ConditionalCheckFailedException).Item ?? {})).toEqual({
        pk: 'condition',
        sk: 1,
        n: 1,
      });
    });

    test('are updated in place', async () => {
      const update = (UpdateExpression: string, values: object) =>
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: row('update', 1),
            UpdateExpression,
            ExpressionAttributeValues: marshall(values),
            ReturnValues: 'ALL_NEW',
          }),
        );
      await update('SET entries = :e, doc = :d ADD n :one', { ':e': ['a'], ':d': { x: 1 }, ':one': 1 });
      const { Attributes } = await update('SET entries = list_append(entries, :e), doc.x = doc.x + :two ADD n :two', {
        ':e': ['b'],
        ':two': 2,
      });
      expect(unmarshall(Attributes ?? {})).toEqual({
        pk: 'update',
        sk: 1,
        entries: ['a', 'b'],
        doc: { x: 3 },
        n: 3,
      });
    });

    test('cost units that the answer tells', async () => {
      const Item = row('capacity', 1, { v: 'x'.repeat(3000), colour: 'red' });
      const put = await client.send(new PutItemCommand({ TableName, Item, ReturnConsumedCapacity: 'INDEXES' }));
      expect(put.ConsumedCapacity).toMatchObject({
        CapacityUnits: 6,
        Table: { CapacityUnits: 3 },
        GlobalSecondaryIndexes: { 'by-colour': { CapacityUnits: 3 } },
      });
    });

    test.each<[string, object, RegExp]>([
      ['an empty key', { Item: row('', 1) }, /cannot contain an empty string value. Key: pk/],
      ['a missing key', { Item: marshall({ pk: 'a' }) }, /Missing the key sk in the item/],
      [
        'an unused name',
        { Item: row('a', 1), ConditionExpression: 'attribute_exists(pk)', ExpressionAttributeNames: { '#x': 'x' } },
        /Value provided in ExpressionAttributeNames unused in expressions: keys: \{#x\}/,
      ],
      [
        'a reserved word',
        { Item: row('a', 1), ConditionExpression: 'attribute_exists(status)' },
        /Attribute name is a reserved keyword; reserved keyword: status/,
      ],
    ])('with %s are refused', async (_, input, message) => {
      const refused = client.send(new PutItemCommand({ TableName, ...(input as { Item: never }) }));
      await expect(refused).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringMatching(message),
      });
    });
  });

  describe('queries and scans', () => {
    beforeAll(async () => {
      for (let start = 0; start < 60; start += 20) {
        const puts = Array.from({ length: 20 }, (_, index) => start + index).map((sk) => ({
          PutRequest: { Item: row('many', sk, sk % 2 === 0 ? { colour: 'blue' } : {}) },
        }));
        await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }));
      }
    });

    const all = {
      TableName,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: marshall({ ':p': 'many' }),
    };

    test('give pages in the order of the sort key, either way', async () => {
      for (const ScanIndexForward of [true, false]) {
        const seen: number[] = [];
        for await (const page of paginateQuery({ client, pageSize: 7 }, { ...all, ScanIndexForward }))
          seen.push(...(page.Items ?? []).map((item) => Number(item.sk?.N)));
        const expected = Array.from({ length: 60 }, (_, sk) => sk);
        expect(seen).toEqual(ScanIndexForward ? expected : expected.reverse());
      }
    });

    test('filter, project and count', async () => {
      const page = await client.send(
        new QueryCommand({
          ...all,
          KeyConditionExpression: 'pk = :p AND sk BETWEEN :a AND :b',
          FilterExpression: 'attribute_exists(colour)',
          ProjectionExpression: 'sk',
          ExpressionAttributeValues: marshall({ ':p': 'many', ':a': 10, ':b': 13 }),
        }),
      );
      expect([page.Items, page.Count, page.ScannedCount]).toEqual([[{ sk: { N: '10' } }, { sk: { N: '12' } }], 2, 4]);
    });

    test('of an index give only what is in it', async () => {
      const found: number[] = [];
      const byColour = {
        TableName,
        IndexName: 'by-colour',
        KeyConditionExpression: 'colour = :c',
        ExpressionAttributeValues: marshall({ ':c': 'blue' }),
      };
      for await (const page of paginateQuery({ client, pageSize: 9 }, byColour))
        found.push(...(page.Items ?? []).map((item) => Number(item.sk?.N)));
      expect(found.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index * 2));
    });

    test('in segments give every item once', async () => {
      const seen: string[] = [];
      for (const Segment of [0, 1, 2]) {
        const input = {
          TableName,
          Segment,
          TotalSegments: 3,
          FilterExpression: 'pk = :p',
          ExpressionAttributeValues: all.ExpressionAttributeValues,
        };
        for await (const page of paginateScan({ client, pageSize: 20 }, input))
          seen.push(...(page.Items ?? []).map((item) => item.sk?.N ?? ''));
      }
      expect([seen.length, new Set(seen).size]).toEqual([60, 60]);
    });

    test('of many keys at once leave out what is not there', async () => {
      const Keys = [row('many', 1), row('many', 2), row('nobody', 1)];
      const { Responses } = await client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } }));
      expect(Responses?.[TableName]).toHaveLength(2);
    });
  });

  describe('transactions', () => {
    const put = (sk: number) => ({
      Put: { TableName, Item: row('transaction', sk), ConditionExpression: 'attribute_not_exists(pk)' },
    });

    test('happen as a whole or not at all, with a reason for each action', async () => {
      await client.send(new TransactWriteItemsCommand({ TransactItems: [put(1), put(2)] }));
      const error = await client
        .send(new TransactWriteItemsCommand({ TransactItems: [put(3), put(2)] }))
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(TransactionCanceledException);
      expect((error as TransactionCanceledException).CancellationReasons).toEqual([
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      ]);
      expect(await get('transaction', 3)).toBeUndefined();
    });

    test('are done once for one token', async () => {
      const add = {
        Update: {
          TableName,
          Key: row('transaction', 9),
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: marshall({ ':one': 1 }),
        },
      };
      const ClientRequestToken = `token-${Math.random()}`;
      for (let time = 0; time < 3; time++)
        await client.send(new TransactWriteItemsCommand({ TransactItems: [add], ClientRequestToken }));
      expect(await get('transaction', 9)).toMatchObject({ n: 1 });
      const other = new TransactWriteItemsCommand({ TransactItems: [put(10)], ClientRequestToken });
      await expect(client.send(other)).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
    });
  });

  describe('the stream', () => {
    async function recordsOf(pk: string): Promise<StreamRecord[]> {
      const { Table } = await client.send(new DescribeTableCommand({ TableName }));
      const StreamArn = Table?.LatestStreamArn;
      const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
      const found: StreamRecord[] = [];
      for (const { ShardId } of StreamDescription?.Shards ?? []) {
        const start = new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
        let { ShardIterator } = await streams.send(start);
        for (;;) {
          const page = await streams.send(new GetRecordsCommand({ ShardIterator }));
          found.push(...(page.Records ?? []));
          ShardIterator = page.NextShardIterator;
          if (!ShardIterator || page.Records?.length === 0) break;
        }
      }
      return found.filter(({ dynamodb }) => dynamodb?.Keys?.pk?.S === pk);
    }

    test('tells of each change, and of nothing where nothing changed', async () => {
      const Item = row('stream', 1, { n: 1 });
      await client.send(new PutItemCommand({ TableName, Item }));
      await client.send(new PutItemCommand({ TableName, Item }));
      await client.send(new PutItemCommand({ TableName, Item: row('stream', 1, { n: 2 }) }));
      await client.send(new DeleteItemCommand({ TableName, Key: row('stream', 1) }));
      const records = await recordsOf('stream');
      expect(records.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
      expect(records[1]?.dynamodb).toMatchObject({ OldImage: Item, NewImage: row('stream', 1, { n: 2 }) });
      expect(records[0]?.dynamodb?.ApproximateCreationDateTime).toBeInstanceOf(Date);
    });
  });
}
