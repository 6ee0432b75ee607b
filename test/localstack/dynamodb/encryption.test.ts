import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { KeyCloud, keyPolicy, roleArn } from '../kms/key-cloud';

let cloud: KeyCloud;
let KeyId: string;
beforeAll(async () => {
  cloud = await KeyCloud.start();
  await cloud.role('keyless', { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' });
  KeyId = await cloud.key();
});
afterAll(() => cloud.stop());

const db = (operation: string, input: object, as?: string) => cloud.call('dynamodb', operation, input, as);
const create = (TableName: string, KMSMasterKeyId: string, as?: string) =>
  db(
    'CreateTable',
    {
      TableName,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId },
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    },
    as,
  );
const Item = { pk: { S: 'a' } };

test('a table has a key of its own, or goes back to that of AWS', async () => {
  await cloud.kms('CreateAlias', { AliasName: 'alias/table', TargetKeyId: KeyId });
  await create('described', 'alias/table');
  const sse = async () => (await db('DescribeTable', { TableName: 'described' })).Table.SSEDescription;
  expect(await sse()).toEqual({ Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: KeyId });
  await db('UpdateTable', { TableName: 'described', SSESpecification: { Enabled: true } });
  expect((await sse()).KMSMasterKeyArn).toContain('alias/aws/dynamodb');
  await expect(create('none', 'alias/none')).rejects.toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining('KMS validation error: Alias'),
  });
  await expect(create('forbidden', KeyId, 'keyless')).rejects.toMatchObject({ code: 'AccessDeniedException' });
});

test('who may not use the key, reads and writes nothing', async () => {
  await create('guarded', KeyId);
  const TableName = 'guarded';
  const calls: readonly (readonly [string, object])[] = [
    ['PutItem', { TableName, Item }],
    ['GetItem', { TableName, Key: Item }],
    ['Scan', { TableName }],
    ['BatchGetItem', { RequestItems: { guarded: { Keys: [Item] } } }],
    ['TransactWriteItems', { TransactItems: [{ Put: { TableName, Item } }] }],
  ];
  for (const [operation, input] of calls) {
    await expect(db(operation, input, 'keyless')).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`is not authorized to perform: kms:Decrypt on resource: ${KeyId}`),
    });
  }
  const Policy = keyPolicy({
    Effect: 'Allow',
    Principal: { AWS: roleArn('keyless') },
    Action: 'kms:Decrypt',
    Resource: '*',
    Condition: {
      StringEquals: {
        'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com',
        'kms:EncryptionContext:aws:dynamodb:tableName': 'guarded',
      },
    },
  });
  await cloud.kms('PutKeyPolicy', { KeyId, Policy });
  for (const [operation, input] of calls) await db(operation, input, 'keyless');
});

test('a stream needs the key of its table', async () => {
  const key = await cloud.key();
  await create('streamed', key);
  await db('PutItem', { TableName: 'streamed', Item });
  const streams = (operation: string, input: object, as?: string) =>
    cloud.call('dynamodbstreams', operation, input, as);
  const StreamArn = (await streams('ListStreams', { TableName: 'streamed' })).Streams[0].StreamArn;
  const { Shards } = (await streams('DescribeStream', { StreamArn })).StreamDescription;
  const { ShardIterator } = await streams('GetShardIterator', {
    StreamArn,
    ShardId: Shards[0].ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
  });
  // Records are answered as text already.
  expect(JSON.parse((await streams('GetRecords', { ShardIterator })).text).Records).toHaveLength(1);
  await expect(streams('GetRecords', { ShardIterator }, 'keyless')).rejects.toThrow('kms:Decrypt');
});

test('a table whose key is disabled is closed to everybody', async () => {
  const key = await cloud.key();
  await create('closed', key);
  await cloud.kms('DisableKey', { KeyId: key });
  await expect(db('PutItem', { TableName: 'closed', Item })).rejects.toMatchObject({
    code: 'AccessDeniedException',
    message: `${key} is disabled.`,
  });
});
