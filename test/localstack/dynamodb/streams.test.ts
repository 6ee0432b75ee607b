import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { StreamRecord } from '../../../localstack/cloud/core/peers';
import { DynamoDbFixture, eventsTable, START } from './dynamodb-fixture';

const TableName = 'events';
const HOUR = 3600 * 1000;
const item = (sk: number, more: object = {}) => ({ pk: { S: 'a' }, sk: { N: String(sk) }, ...more });

let db: DynamoDbFixture;
let arn: string;

beforeEach(async () => {
  db = new DynamoDbFixture();
  const { TableDescription } = await db.run('CreateTable', eventsTable);
  arn = TableDescription.LatestStreamArn;
});
afterEach(() => db.close());

const put = (sk: number, more: object = {}) => db.run('PutItem', { TableName, Item: item(sk, more) });
const records = (): StreamRecord[] =>
  db.peer.shards(arn).flatMap((shard) => [...db.peer.read(arn, shard, undefined, 1000)]);

/** The shard that the items of these tests are in. */
const shardInUse = (): string => db.peer.shards(arn).find((shard) => db.peer.latest(arn, shard)) as string;
const iterator = async (ShardIteratorType: string, more: object = {}): Promise<string> =>
  (await db.run('GetShardIterator', { StreamArn: arn, ShardId: shardInUse(), ShardIteratorType, ...more }))
    .ShardIterator;
const sorts = (some: StreamRecord[]) => some.map(({ dynamodb }) => (dynamodb.Keys.sk as { N: string }).N);

describe('a stream', () => {
  test('has a record for each insert, change and removal', async () => {
    await put(1);
    await put(1, { n: { N: '1' } });
    await db.run('DeleteItem', { TableName, Key: item(1) });
    const [insert, modify, remove] = records();
    expect(insert).toMatchObject({
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      eventVersion: '1.1',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: START / 1000,
        Keys: item(1),
        NewImage: item(1),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
    expect(insert?.dynamodb.OldImage).toBeUndefined();
    expect(modify).toMatchObject({
      eventName: 'MODIFY',
      dynamodb: { NewImage: item(1, { n: { N: '1' } }), OldImage: item(1) },
    });
    expect(remove).toMatchObject({ eventName: 'REMOVE', dynamodb: { OldImage: item(1, { n: { N: '1' } }) } });
    expect(new Set(records().map(({ eventID }) => eventID)).size).toBe(3);
  });

  test('has no record for a write that changes nothing', async () => {
    await put(1, { tags: { SS: ['a', 'b'] }, n: { N: '1' } });
    await put(1, { n: { N: '1.0' }, tags: { SS: ['b', 'a'] } });
    await db.run('DeleteItem', { TableName, Key: item(2) });
    expect(records()).toHaveLength(1);
  });

  test.each<[string, string[]]>([
    ['KEYS_ONLY', []],
    ['NEW_IMAGE', ['NewImage']],
    ['OLD_IMAGE', ['OldImage']],
    ['NEW_AND_OLD_IMAGES', ['NewImage', 'OldImage']],
  ])('with view %s has the images %p', async (StreamViewType, images) => {
    const StreamSpecification = { StreamEnabled: true, StreamViewType };
    const table = { ...eventsTable, TableName: 'other', StreamSpecification };
    arn = (await db.run('CreateTable', table)).TableDescription.LatestStreamArn;
    await db.run('PutItem', { TableName: 'other', Item: item(1) });
    await db.run('PutItem', { TableName: 'other', Item: item(1, { n: { N: '2' } }) });
    const modify = records()[1] as StreamRecord;
    expect(Object.keys(modify.dynamodb).filter((name) => name.endsWith('Image'))).toEqual(images);
  });

  test('keeps the order of writes to one partition, under rising sequence numbers', async () => {
    for (let sk = 0; sk < 12; sk++) await put(sk);
    expect(sorts(records())).toEqual(Array.from({ length: 12 }, (_, sk) => String(sk)));
    const numbers = records().map(({ dynamodb }) => dynamodb.SequenceNumber);
    expect(numbers).toEqual([...numbers].sort());
    expect(numbers[0]).toMatch(/^\d{21,40}$/);
  });

  test('spreads partitions over its shards', async () => {
    for (let number = 0; number < 40; number++)
      await db.run('PutItem', { TableName, Item: { pk: { S: `p${number}` }, sk: { N: '1' } } });
    const counts = db.peer.shards(arn).map((shard) => db.peer.read(arn, shard, undefined, 1000).length);
    expect(counts).toHaveLength(2);
    for (const count of counts) expect(count).toBeGreaterThan(5);
  });

  test('mixes the records of one transaction', async () => {
    const orders = new Set<string>();
    for (let round = 0; round < 30; round++) {
      const before = records().length;
      const TransactItems = [1, 2, 3].map((step) => ({ Put: { TableName, Item: item(round * 3 + step) } }));
      await db.run('TransactWriteItems', { TransactItems });
      orders.add(
        sorts(records().slice(before))
          .map((sk) => Number(sk) - round * 3)
          .join(),
      );
    }
    expect(orders.size).toBeGreaterThan(2);
  });

  test('keeps the order of a transaction when told to', async () => {
    const orderly = new DynamoDbFixture({ shuffleTransactions: false, shards: 1 });
    const { TableDescription } = await orderly.run('CreateTable', eventsTable);
    const TransactItems = Array.from({ length: 20 }, (_, sk) => ({ Put: { TableName, Item: item(sk) } }));
    await orderly.run('TransactWriteItems', { TransactItems });
    const stream = TableDescription.LatestStreamArn;
    const [shard] = orderly.peer.shards(stream) as [string];
    expect(sorts([...orderly.peer.read(stream, shard, undefined, 100)])).toEqual(
      TransactItems.map((_, sk) => String(sk)),
    );
    await orderly.close();
  });

  test('wakes its readers as it is written, and not behind the last record of a transaction', async () => {
    const seen: number[] = [];
    const stop = db.peer.onWrite(arn, () => seen.push(records().length));
    await put(1);
    expect(seen).toEqual([1]);
    await db.run('TransactWriteItems', { TransactItems: [2, 3].map((sk) => ({ Put: { TableName, Item: item(sk) } })) });
    expect(seen).toEqual([1, 3]);
    await put(1);
    stop();
    await put(4);
    expect(seen).toEqual([1, 3]);
  });

  test('is still there after a restart, and goes on counting', async () => {
    await put(1);
    const last = db.peer.latest(arn, shardInUse()) as string;
    await db.restart();
    await put(2);
    expect(sorts([...db.peer.read(arn, shardInUse(), last, 10)])).toEqual(['2']);
    expect(records()).toHaveLength(2);
  });

  test('gives at most as many records as asked, behind a sequence number', async () => {
    for (let sk = 1; sk <= 5; sk++) await put(sk);
    const shard = shardInUse();
    const first = db.peer.read(arn, shard, undefined, 2);
    const next = db.peer.read(arn, shard, first[1]?.dynamodb.SequenceNumber, 2);
    expect([sorts([...first]), sorts([...next])]).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });
});

describe('DescribeStream, ListStreams, GetShardIterator and GetRecords', () => {
  test('describe and list the streams', async () => {
    const { StreamDescription } = await db.run('DescribeStream', { StreamArn: arn });
    expect(StreamDescription).toMatchObject({
      StreamArn: arn,
      StreamStatus: 'ENABLED',
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      TableName,
      KeySchema: eventsTable.KeySchema,
    });
    expect(StreamDescription.Shards).toHaveLength(2);
    const page = await db.run('DescribeStream', { StreamArn: arn, Limit: 1 });
    expect(page.StreamDescription.LastEvaluatedShardId).toBe(StreamDescription.Shards[0].ShardId);
    const listed = { StreamArn: arn, TableName, StreamLabel: StreamDescription.StreamLabel };
    expect(await db.run('ListStreams', { TableName })).toEqual({ Streams: [listed] });
  });

  test('read from each starting point', async () => {
    for (let sk = 1; sk <= 3; sk++) await put(sk);
    const SequenceNumber = records()[1]?.dynamodb.SequenceNumber;
    const read = async (type: string, more: object = {}) =>
      sorts((await db.run('GetRecords', { ShardIterator: await iterator(type, more) })).Records);
    expect(await read('TRIM_HORIZON')).toEqual(['1', '2', '3']);
    expect(await read('AT_SEQUENCE_NUMBER', { SequenceNumber })).toEqual(['2', '3']);
    expect(await read('AFTER_SEQUENCE_NUMBER', { SequenceNumber })).toEqual(['3']);
    const latest = await iterator('LATEST');
    await put(4);
    expect(sorts((await db.run('GetRecords', { ShardIterator: latest })).Records)).toEqual(['4']);
  });

  test('go on with the next iterator', async () => {
    for (let sk = 1; sk <= 3; sk++) await put(sk);
    const first = await db.run('GetRecords', { ShardIterator: await iterator('TRIM_HORIZON'), Limit: 2 });
    const second = await db.run('GetRecords', { ShardIterator: first.NextShardIterator });
    const third = await db.run('GetRecords', { ShardIterator: second.NextShardIterator });
    expect([first, second, third].map(({ Records }) => sorts(Records))).toEqual([['1', '2'], ['3'], []]);
    expect(third.NextShardIterator).toBeDefined();
  });

  test('refuse an iterator that is older than fifteen minutes', async () => {
    await put(1);
    const ShardIterator = await iterator('TRIM_HORIZON');
    await db.clock.advance(15 * 60 * 1000);
    expect(await db.error('GetRecords', { ShardIterator })).toContain('ExpiredIteratorException');
  });

  test('keep records for a day', async () => {
    await put(1);
    await db.clock.advance(23 * HOUR);
    await put(2);
    const SequenceNumber = records()[0]?.dynamodb.SequenceNumber;
    const old = await iterator('TRIM_HORIZON');
    await db.clock.advance(HOUR - 5 * 60 * 1000);
    expect(sorts(records())).toEqual(['1', '2']);
    const fresh = await iterator('TRIM_HORIZON');
    await db.clock.advance(5 * 60 * 1000);
    expect(sorts(records())).toEqual(['2']);
    expect(await db.error('GetRecords', { ShardIterator: old })).toContain('ExpiredIteratorException');
    expect(await db.error('GetRecords', { ShardIterator: fresh })).toContain('TrimmedDataAccessException');
    const at = { StreamArn: arn, ShardId: shardInUse(), ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber };
    expect(await db.error('GetShardIterator', at)).toContain('TrimmedDataAccessException');
    const again = await db.run('GetRecords', { ShardIterator: await iterator('TRIM_HORIZON') });
    expect(sorts(again.Records)).toEqual(['2']);
  });

  test('trim also what was written before a restart', async () => {
    await put(1);
    await db.restart();
    await db.clock.advance(24 * HOUR);
    expect(records()).toEqual([]);
    expect([...db.store.space(`dynamodb.records.${arn}`).range({})]).toEqual([]);
    await put(2);
    expect(sorts(records())).toEqual(['2']);
  });

  test('read a stream that was switched off to its end, for another day', async () => {
    await put(1);
    await db.run('UpdateTable', { TableName, StreamSpecification: { StreamEnabled: false } });
    await put(2);
    const { StreamDescription } = await db.run('DescribeStream', { StreamArn: arn });
    expect(StreamDescription.StreamStatus).toBe('DISABLED');
    expect(StreamDescription.Shards[0].SequenceNumberRange.EndingSequenceNumber).toBeDefined();
    const page = await db.run('GetRecords', { ShardIterator: await iterator('TRIM_HORIZON') });
    expect([sorts(page.Records), page.NextShardIterator]).toEqual([['1'], undefined]);
    await db.clock.advance(24 * HOUR);
    expect(await db.error('DescribeStream', { StreamArn: arn })).toContain('ResourceNotFoundException');
    expect(() => db.peer.shards(arn)).toThrow('Requested resource not found');
  });

  test.each<[string, string, () => object, string]>([
    [
      'GetShardIterator',
      'a shard that is not there',
      () => ({ StreamArn: arn, ShardId: 'shardId-000000000000000000000', ShardIteratorType: 'LATEST' }),
      'ResourceNotFoundException: Requested resource not found: Shard',
    ],
    [
      'GetShardIterator',
      'a type that is none',
      () => ({ StreamArn: arn, ShardId: db.peer.shards(arn)[0], ShardIteratorType: 'x' }),
      'Member must satisfy enum value set: [TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER]',
    ],
    ['GetRecords', 'what is no iterator', () => ({ ShardIterator: 'x' }), 'ValidationException: Invalid ShardIterator'],
    [
      'DescribeStream',
      'a stream that is not there',
      () => ({ StreamArn: `${arn}0` }),
      'ResourceNotFoundException: Requested resource not found: Stream',
    ],
  ])('%s refuses %s', async (operation, _, input, message) => {
    expect(await db.error(operation, input())).toContain(message);
  });
});
