import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { call, DynamoDbFixture, eventsTable, plainTable, START } from './dynamodb-fixture';

const TableName = 'events';
const ResourceArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/events';
let db: DynamoDbFixture;

beforeEach(() => {
  db = new DynamoDbFixture();
});
afterEach(() => db.close());

const create = (more: object = {}) => db.run('CreateTable', { ...eventsTable, ...more });
const describeTable = async () => (await db.run('DescribeTable', { TableName })).Table;
const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
const put = (sk: number, more: object = {}) =>
  db.run('PutItem', { TableName, Item: { pk: { S: 'a' }, sk: { N: String(sk) }, ...more } });

describe('CreateTable', () => {
  test('makes a table that is there at once', async () => {
    const { TableDescription } = await create();
    expect(TableDescription).toMatchObject({ TableName, TableStatus: 'CREATING', TableArn: ResourceArn });
    expect(await describeTable()).toMatchObject({
      TableStatus: 'ACTIVE',
      CreationDateTime: START / 1000,
      ItemCount: 0,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      DeletionProtectionEnabled: false,
      LatestStreamArn: `${ResourceArn}/stream/2026-01-01T00:00:00.000`,
      GlobalSecondaryIndexes: [{ IndexName: 'by-kind', IndexStatus: 'ACTIVE' }],
    });
  });

  test('counts items and bytes, also over a restart', async () => {
    await create();
    await put(1);
    await put(2, { n: { N: '1' } });
    await db.restart();
    expect(await describeTable()).toMatchObject({ ItemCount: 2, TableSizeBytes: 17 });
    await db.run('DeleteItem', { TableName, Key: { pk: { S: 'a' }, sk: { N: '1' } } });
    expect(await describeTable()).toMatchObject({ ItemCount: 1, TableSizeBytes: 10 });
  });

  test('keeps the tables of accounts and regions apart', async () => {
    await create();
    const other = { ...call, region: 'eu-west-1' };
    await db.run('CreateTable', eventsTable, other);
    await put(1);
    expect((await db.run('Scan', { TableName }, other)).Count).toBe(0);
    expect((await db.run('ListTables', {}, { ...call, account: '111111111111' })).TableNames).toEqual([]);
  });

  test('has no item of a table of the same name that was deleted', async () => {
    await create();
    await put(1, { kind: { S: 'k' }, moment: { S: '1' } });
    await db.run('DeleteTable', { TableName });
    await create();
    expect((await db.run('Scan', { TableName })).Count).toBe(0);
    expect((await db.run('Scan', { TableName, IndexName: 'by-kind' })).Count).toBe(0);
    expect((await describeTable()).ItemCount).toBe(0);
  });

  const units = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
  const index = eventsTable.GlobalSecondaryIndexes[0];
  const attributes = eventsTable.AttributeDefinitions;

  test.each<[string, object, string]>([
    ['a name that is taken', {}, 'ResourceInUseException: Table already exists: events'],
    [
      'a short name',
      { TableName: 'ab' },
      "Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
    ],
    [
      'units on demand',
      { ProvisionedThroughput: units },
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    ],
    [
      'no units when provisioned',
      { BillingMode: 'PROVISIONED' },
      'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    ],
    [
      'a key that is not defined',
      { KeySchema: [key('x', 'HASH')] },
      'Some index key attributes are not defined in AttributeDefinitions. Keys: [x], AttributeDefinitions: [pk, sk, kind, moment]',
    ],
    [
      'a range key first',
      { KeySchema: [key('pk', 'RANGE')] },
      'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
    ],
    [
      'one attribute twice in the key',
      { KeySchema: [key('pk', 'HASH'), key('pk', 'RANGE')] },
      'Both the Hash Key and the Range Key element in the KeySchema have the same name',
    ],
    [
      'attributes that no key uses',
      { GlobalSecondaryIndexes: undefined },
      'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    ],
    ['two indexes of one name', { GlobalSecondaryIndexes: [index, index] }, 'Duplicate index name: by-kind'],
    [
      'an index without a projection',
      { GlobalSecondaryIndexes: [{ ...index, Projection: {} }] },
      'Unknown ProjectionType: null',
    ],
    [
      'a type that is none',
      { AttributeDefinitions: [{ ...attributes[0], AttributeType: 'X' }, ...attributes.slice(1)] },
      "Value 'X' at 'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: Member must satisfy enum value set: [B, N, S]",
    ],
    ['a stream without a view', { StreamSpecification: { StreamEnabled: true } }, 'StreamViewType must be specified'],
    ['what is not there', { OnDemandThroughput: {} }, 'NotImplemented: CreateTable: OnDemandThroughput'],
    [
      'a key without encryption',
      { SSESpecification: { Enabled: false, KMSMasterKeyId: 'x' } },
      'KMSMasterKeyId can only be specified when',
    ],
  ])('refuses %s', async (_, more, message) => {
    await create();
    expect(await db.error('CreateTable', { ...eventsTable, ...more })).toContain(message);
  });
});

describe('UpdateTable', () => {
  const indexUpdate = {
    AttributeDefinitions: [{ AttributeName: 'colour', AttributeType: 'S' }],
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName: 'by-colour',
          KeySchema: [key('colour', 'HASH')],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      },
    ],
  };
  const byColour = () =>
    db.run('Query', {
      TableName,
      IndexName: 'by-colour',
      KeyConditionExpression: 'colour = :c',
      ExpressionAttributeValues: { ':c': { S: 'red' } },
    });

  test('adds an index and fills it with what is there, and removes one', async () => {
    await create();
    await put(1, { colour: { S: 'red' }, n: { N: '1' } });
    await put(2, { colour: { N: '5' } });
    await db.run('UpdateTable', { TableName, ...indexUpdate });
    await put(3, { colour: { S: 'red' } });
    expect((await byColour()).Items).toEqual([
      { pk: { S: 'a' }, sk: { N: '1' }, colour: { S: 'red' } },
      { pk: { S: 'a' }, sk: { N: '3' }, colour: { S: 'red' } },
    ]);
    const Delete = { IndexName: 'by-colour' };
    await db.run('UpdateTable', { TableName, GlobalSecondaryIndexUpdates: [{ Delete }] });
    expect((await describeTable()).GlobalSecondaryIndexes).toHaveLength(1);
    await expect(byColour()).rejects.toThrow('The table does not have the specified index: by-colour');
  });

  test('switches the stream off and on again, as a new one', async () => {
    await create();
    const before = (await describeTable()).LatestStreamArn;
    await db.run('UpdateTable', { TableName, StreamSpecification: { StreamEnabled: false } });
    expect((await describeTable()).StreamSpecification).toBeUndefined();
    const on = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' };
    await db.run('UpdateTable', { TableName, StreamSpecification: on });
    expect((await describeTable()).LatestStreamArn).not.toBe(before);
    await put(1);
    expect((await db.run('ListStreams', { TableName })).Streams).toHaveLength(2);
    expect(await db.error('UpdateTable', { TableName, StreamSpecification: on })).toBe(
      'ValidationException: Table already has an enabled stream: TableName: events',
    );
  });

  test('changes the billing', async () => {
    await create();
    const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 6 };
    const mode = { BillingMode: 'PROVISIONED', ProvisionedThroughput };
    expect(await db.error('UpdateTable', { TableName, ...mode })).toContain(
      'ProvisionedThroughput must be specified for index: by-kind',
    );
    const GlobalSecondaryIndexUpdates = [{ Update: { IndexName: 'by-kind', ProvisionedThroughput } }];
    await db.run('UpdateTable', { TableName, ...mode, GlobalSecondaryIndexUpdates });
    expect((await describeTable()).ProvisionedThroughput).toMatchObject(ProvisionedThroughput);
    await db.run('UpdateTable', { TableName, BillingMode: 'PAY_PER_REQUEST' });
    expect((await describeTable()).ProvisionedThroughput).toMatchObject({ ReadCapacityUnits: 0 });
  });

  test('refuses to change nothing, or two indexes at once', async () => {
    await create();
    expect(await db.error('UpdateTable', { TableName })).toContain('At least one of');
    const [{ Create }] = indexUpdate.GlobalSecondaryIndexUpdates as [{ Create: object }];
    const two = [{ Create }, { Delete: { IndexName: 'by-kind' } }];
    expect(await db.error('UpdateTable', { TableName, ...indexUpdate, GlobalSecondaryIndexUpdates: two })).toContain(
      'LimitExceededException: Subscriber limit exceeded',
    );
  });
});

describe('DeleteTable', () => {
  test('honours the deletion protection', async () => {
    await create({ DeletionProtectionEnabled: true });
    expect(await db.error('DeleteTable', { TableName })).toBe(
      'ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    );
    await db.run('UpdateTable', { TableName, DeletionProtectionEnabled: false });
    expect((await db.run('DeleteTable', { TableName })).TableDescription.TableStatus).toBe('DELETING');
    expect(await db.error('DescribeTable', { TableName })).toBe(
      'ResourceNotFoundException: Requested resource not found: Table: events not found',
    );
    expect(await db.error('PutItem', { TableName, Item: { pk: { S: 'a' } } })).toBe(
      'ResourceNotFoundException: Requested resource not found',
    );
  });
});

describe('ListTables', () => {
  test('lists names in pages', async () => {
    for (const name of ['bbb', 'aaa', 'ccc']) await db.run('CreateTable', { ...plainTable, TableName: name });
    const page = await db.run('ListTables', { Limit: 2 });
    expect(page).toEqual({ TableNames: ['aaa', 'bbb'], LastEvaluatedTableName: 'bbb' });
    expect(await db.run('ListTables', { ExclusiveStartTableName: 'bbb' })).toEqual({ TableNames: ['ccc'] });
  });
});

describe('time to live', () => {
  const specification = (Enabled: boolean) => ({
    TableName,
    TimeToLiveSpecification: { Enabled, AttributeName: 'expires' },
  });
  const inSeconds = (seconds: number) => ({ expires: { N: String(Math.floor(db.clock.now() / 1000) + seconds) } });
  const present = async () =>
    (await db.run('Scan', { TableName })).Items.map((each: { sk: { N: string } }) => each.sk.N);
  const MINUTE = 60_000;

  test('deletes items some time after their expiry, as a service', async () => {
    await create();
    await put(1, inSeconds(100));
    await db.run('UpdateTimeToLive', specification(true));
    await put(2, inSeconds(300));
    await put(3, { expires: { S: 'never' } });
    await put(4, { expires: { N: '12' } });
    await db.clock.advance(100_000);
    expect(await present()).toEqual(['1', '2', '3', '4']);
    await db.clock.advance(MINUTE);
    expect(await present()).toEqual(['2', '3', '4']);
    await db.restart();
    await db.clock.advance(4 * MINUTE);
    expect(await present()).toEqual(['3', '4']);
    const arn = (await describeTable()).LatestStreamArn;
    const removals = db.peer
      .shards(arn)
      .flatMap((shard) => [...db.peer.read(arn, shard, undefined, 100)])
      .filter(({ eventName }) => eventName === 'REMOVE');
    expect(removals).toHaveLength(2);
    expect(removals[0]?.userIdentity).toEqual({ type: 'Service', principalId: 'dynamodb.amazonaws.com' });
  });

  test('spares an item whose expiry has moved', async () => {
    await create();
    await db.run('UpdateTimeToLive', specification(true));
    await put(1, inSeconds(10));
    await put(1, inSeconds(1000));
    await db.clock.advance(5 * MINUTE);
    expect(await present()).toEqual(['1']);
    await db.run('UpdateTimeToLive', specification(false));
    await db.clock.advance(60 * MINUTE);
    expect(await present()).toEqual(['1']);
  });

  test('is described and cannot be enabled twice', async () => {
    await create();
    const described = async () => (await db.run('DescribeTimeToLive', { TableName })).TimeToLiveDescription;
    expect(await described()).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await db.run('UpdateTimeToLive', specification(true));
    expect(await described()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });
    expect(await db.error('UpdateTimeToLive', specification(true))).toBe(
      'ValidationException: TimeToLive is already enabled',
    );
    const other = { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'other' } };
    expect(await db.error('UpdateTimeToLive', other)).toBe(
      'ValidationException: TimeToLive is active on a different AttributeName: current AttributeName is expires',
    );
  });
});

test('an index with a key of several attributes is refused by name', async () => {
  const key = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' });
  const index = { IndexName: 'several', KeySchema: [key('a'), key('b')], Projection: { ProjectionType: 'ALL' } };
  expect(
    await db.error('CreateTable', {
      TableName: 'several',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [key('a')],
      AttributeDefinitions: ['a', 'b'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: [index],
    }),
  ).toContain('An index KeySchema with several HASH attributes is not implemented');
});

describe('settings of a table', () => {
  test('show point in time recovery', async () => {
    await create();
    const set = (enabled: boolean, more: object = {}) =>
      db.run('UpdateContinuousBackups', {
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: enabled, ...more },
      });
    await set(true, { RecoveryPeriodInDays: 7 });
    await db.clock.advance(10 * 60_000);
    const { ContinuousBackupsDescription } = await db.run('DescribeContinuousBackups', { TableName });
    expect(ContinuousBackupsDescription).toEqual({
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: {
        PointInTimeRecoveryStatus: 'ENABLED',
        RecoveryPeriodInDays: 7,
        EarliestRestorableDateTime: START / 1000,
        LatestRestorableDateTime: START / 1000 + 300,
      },
    });
    const off = (await set(false)).ContinuousBackupsDescription.PointInTimeRecoveryDescription;
    expect(off).toEqual({ PointInTimeRecoveryStatus: 'DISABLED' });
  });

  test('keep tags', async () => {
    await create({ Tags: [{ Key: 'a', Value: '1' }] });
    await db.run('TagResource', {
      ResourceArn,
      Tags: [
        { Key: 'b', Value: '2' },
        { Key: 'a', Value: '3' },
      ],
    });
    await db.run('UntagResource', { ResourceArn, TagKeys: ['b'] });
    expect(await db.run('ListTagsOfResource', { ResourceArn })).toEqual({ Tags: [{ Key: 'a', Value: '3' }] });
    expect(await db.error('ListTagsOfResource', { ResourceArn: `${ResourceArn}x` })).toContain(
      'ResourceNotFoundException',
    );
  });

  test('say what DynamoDB says of limits and endpoints', async () => {
    expect(await db.run('DescribeLimits')).toMatchObject({ TableMaxReadCapacityUnits: 40_000 });
    expect(await db.run('DescribeEndpoints')).toMatchObject({ Endpoints: [{ Address: '127.0.0.1:4566' }] });
  });
});

describe('access', () => {
  const of = (operation: string, input: object, streams = false) =>
    (streams ? db.streams : db.service).access(operation, input, call).map(({ context, ...access }) => ({
      ...access,
      ...(context && { context: typeof context === 'function' ? context() : context }),
    }));

  test('to items is judged by table, index and leading key', async () => {
    await create();
    expect(of('PutItem', { TableName, Item: { pk: { S: 'a' }, sk: { N: '1' } } })).toEqual([
      {
        action: 'dynamodb:PutItem',
        resource: ResourceArn,
        context: { 'dynamodb:LeadingKeys': ['a'], 'dynamodb:Attributes': ['pk', 'sk'] },
      },
    ]);
    expect(of('Query', { TableName, IndexName: 'by-kind' })).toEqual([
      { action: 'dynamodb:Query', resource: `${ResourceArn}/index/by-kind`, context: {} },
    ]);
    const KeyConditionExpression = 'sk > :s AND pk = :p';
    const ExpressionAttributeValues = { ':p': { S: 'a' }, ':s': { N: '1' } };
    expect(of('Query', { TableName, KeyConditionExpression, ExpressionAttributeValues })).toEqual([
      {
        action: 'dynamodb:Query',
        resource: ResourceArn,
        context: { 'dynamodb:LeadingKeys': ['a'], 'dynamodb:Attributes': ['sk', 'pk'] },
      },
    ]);
    const Keys = [{ pk: { S: 'a' } }, { pk: { S: 'b' } }];
    expect(of('BatchGetItem', { RequestItems: { events: { Keys }, other: { Keys } } })).toEqual([
      { action: 'dynamodb:BatchGetItem', resource: ResourceArn, context: { 'dynamodb:LeadingKeys': ['a', 'b'] } },
      { action: 'dynamodb:BatchGetItem', resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/other', context: {} },
    ]);
  });

  test('is judged by the attributes that a request names, and by what it wants back', async () => {
    await create();
    const [update] = of('UpdateItem', {
      TableName,
      Key: { pk: { S: 'a' }, sk: { N: '1' } },
      UpdateExpression: 'SET #s.inner = if_not_exists(total, :t) REMOVE old[0]',
      ConditionExpression: 'attribute_exists(pk) AND size(#s) > :t',
      ExpressionAttributeNames: { '#s': 'status' },
      ReturnValues: 'ALL_NEW',
    });
    expect(update!.context).toEqual({
      'dynamodb:LeadingKeys': ['a'],
      'dynamodb:Attributes': ['pk', 'sk', 'status', 'total', 'old'],
      'dynamodb:ReturnValues': 'ALL_NEW',
    });
    const [scan] = of('Scan', { TableName, ProjectionExpression: 'pk, #d', Select: 'SPECIFIC_ATTRIBUTES' });
    expect(scan!.context).toEqual({ 'dynamodb:Attributes': ['pk', '#d'], 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' });
  });

  test('to streams is judged by stream', async () => {
    await create();
    const StreamArn = (await describeTable()).LatestStreamArn;
    const [ShardId] = db.peer.shards(StreamArn);
    const got = await db.run('GetShardIterator', { StreamArn, ShardId, ShardIteratorType: 'LATEST' });
    expect(of('GetRecords', got, true)).toEqual([{ action: 'dynamodb:GetRecords', resource: StreamArn }]);
    expect(of('DescribeStream', { StreamArn }, true)).toEqual([
      { action: 'dynamodb:DescribeStream', resource: StreamArn },
    ]);
  });
});
