import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { StreamRecord } from '../../../localstack/cloud/core/peers';
import { DynamoDbFixture, eventsTable } from './dynamodb-fixture';

const TableName = 'events';
const item = (sk: number, more: object = {}) => ({ pk: { S: 'a' }, sk: { N: String(sk) }, ...more });

let db: DynamoDbFixture;
let arn: string;
beforeEach(async () => {
  db = new DynamoDbFixture();
  arn = (await db.run('CreateTable', eventsTable)).TableDescription.LatestStreamArn;
  await db.run('UpdateTimeToLive', {
    TableName,
    TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
  });
});
afterEach(() => db.close());

const records = (after?: string): StreamRecord[] =>
  db.peer.shards(arn).flatMap((shard) => [...db.peer.read(arn, shard, after, 1000)]);

test('after a reset a table is there and empty, and its stream begins anew', async () => {
  const expires = { N: String(Math.floor(db.clock.now() / 1000) + 10) };
  const token = { ClientRequestToken: 'token', TransactItems: [{ Put: { TableName, Item: item(3) } }] };
  for (const sk of [1, 2]) {
    await db.run('PutItem', { TableName, Item: item(sk, { expires, kind: { S: 'k' }, moment: { S: 'm' } }) });
  }
  await db.run('TransactWriteItems', token);

  await db.reset();

  expect(db.clock.pending()).toEqual([]);
  expect((await db.run('DescribeTable', { TableName })).Table).toMatchObject({
    TableStatus: 'ACTIVE',
    LatestStreamArn: arn,
    ItemCount: 0,
    TableSizeBytes: 0,
  });
  expect((await db.run('Scan', { TableName })).Items).toEqual([]);
  expect((await db.run('Scan', { TableName, IndexName: 'by-kind' })).Items).toEqual([]);
  expect(records()).toEqual([]);
  for (const shard of db.peer.shards(arn)) expect(db.peer.latest(arn, shard)).toBeUndefined();

  let woken = 0;
  db.peer.onWrite(arn, () => woken++);
  await db.run('TransactWriteItems', token);
  expect((await db.run('Scan', { TableName })).Items).toEqual([item(3)]);
  expect(records().map(({ eventName, dynamodb }) => [eventName, dynamodb.NewImage])).toEqual([['INSERT', item(3)]]);
  expect(woken).toBe(1);
  await db.clock.advance(24 * 3_600_000);
  expect(records()).toEqual([]);
  expect((await db.run('DescribeTable', { TableName })).Table.ItemCount).toBe(1);
});

test('iterators read what comes after the reset', async () => {
  await db.run('PutItem', { TableName, Item: item(1) });
  await db.reset();
  const { ShardId } = (await db.run('DescribeStream', { StreamArn: arn })).StreamDescription.Shards[0];
  const start = { StreamArn: arn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
  const { ShardIterator } = await db.run('GetShardIterator', start);
  for (let n = 0; n < 20; n++) await db.run('PutItem', { TableName, Item: { ...item(1), pk: { S: `p${n}` } } });
  const { Records } = await db.run('GetRecords', { ShardIterator });
  expect(Records.length).toBeGreaterThan(0);
  expect(records()).toHaveLength(20);
});
