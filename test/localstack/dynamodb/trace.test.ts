import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { StreamRecord } from '../../../localstack/cloud/core/peers';
import { call, DynamoDbFixture, eventsTable } from './dynamodb-fixture';

const TableName = 'events';
const item = (sk: number, more: object = {}) => ({ pk: { S: 'a' }, sk: { N: String(sk) }, ...more });

let db: DynamoDbFixture;
let arn: string;
beforeEach(async () => {
  db = new DynamoDbFixture({ shards: 1 });
  arn = (await db.run('CreateTable', eventsTable)).TableDescription.LatestStreamArn;
});
afterEach(() => db.close());

const hop = (operation: string) =>
  db.trace.note({ service: 'test', operation, target: '', by: 'test', causes: [], about: '' });
const by = (id: string) => ({ ...call, hop: id });
const shard = () => db.peer.shards(arn)[0] as string;
const records = (): readonly StreamRecord[] => db.peer.read(arn, shard(), undefined, 1000);

test('a stream record keeps the call that wrote it, across a restart, and does not show it to callers', async () => {
  const [one, other] = [hop('one'), hop('other')];
  await db.run('PutItem', { TableName, Item: item(1) }, by(one));
  await db.run('TransactWriteItems', { TransactItems: [{ Delete: { TableName, Key: item(1) } }] }, by(other));
  await db.run('PutItem', { TableName, Item: item(2) });
  await db.restart();
  expect(records().map(({ cause }) => cause)).toEqual([one, other, undefined]);
  const { ShardIterator } = await db.run('GetShardIterator', {
    StreamArn: arn,
    ShardId: shard(),
    ShardIteratorType: 'TRIM_HORIZON',
  });
  const { Records } = await db.run('GetRecords', { ShardIterator });
  expect(Records).toHaveLength(3);
  expect(JSON.stringify(Records)).not.toMatch(new RegExp(`cause|${one}|${other}`));
});

test('records with a cause are trimmed by their age like others', async () => {
  await db.run('PutItem', { TableName, Item: item(1) }, by(hop('one')));
  await db.clock.advance(24 * 3_600_000);
  expect(records()).toEqual([]);
  expect([...db.store.space(`dynamodb.records.${arn}`).range({})]).toEqual([]);
});

test('each item that expires is a hop of its own, which its record names', async () => {
  await db.run('UpdateTimeToLive', {
    TableName,
    TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
  });
  const expires = { N: String(Math.floor(db.clock.now() / 1000) + 10) };
  for (const sk of [1, 2]) {
    await db.run('PutItem', { TableName, Item: item(sk, { expires, order: { S: `o-${sk}` } }) }, by(hop('put')));
  }
  await db.clock.advance(120_000);
  for (const sk of [1, 2]) {
    const [expiry, ...others] = db.trace.find(`o-${sk}`);
    expect(others).toEqual([]);
    expect(expiry).toMatchObject({
      service: 'dynamodb',
      operation: 'Expire',
      by: 'dynamodb',
      causes: [],
      outcome: 'ok',
    });
    const removal = records().find(
      ({ eventName, dynamodb }) => eventName === 'REMOVE' && (dynamodb.Keys.sk as { N: string }).N === String(sk),
    );
    expect(removal?.cause).toBe(expiry?.id);
  }
});
