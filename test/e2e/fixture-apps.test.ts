import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type Cloud, startCloud } from '../../localstack/cloud/cloud';
import { ChangesToFunction } from '../fixtures/apps/changes-to-function/stack';
import { NightlyReport } from '../fixtures/apps/nightly-report/stack';
import { OrdersToTable } from '../fixtures/apps/orders-to-table/stack';
import { PriceList } from '../fixtures/apps/price-list/stack';
import { QueueWithDeadLetters } from '../fixtures/apps/queue-with-dead-letters/stack';
import { SeededTable } from '../fixtures/apps/seeded-table/stack';
import { deployApp, destroyStacks } from '../support/small-app';

/* Other people's apps, written as AWS's documentation writes them: they deploy, run, and leave nothing behind. */

let cloud: Cloud;
let clients: { dynamodb: DynamoDBClient; events: EventBridgeClient; s3: S3Client; sqs: SQSClient };
let before: object;
beforeEach(async () => {
  cloud = await startCloud({ port: 0 });
  const settings = {
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  clients = {
    dynamodb: new DynamoDBClient(settings),
    events: new EventBridgeClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    sqs: new SQSClient(settings),
  };
  // Brings the bootstrap stack.
  await deployApp(cloud, () => {});
  before = await everything();
});
afterEach(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await cloud.stop();
});

/** The names of what there is of each kind of thing that these apps make. */
async function everything(): Promise<object> {
  const names = async (service: string, operation: string, list: string, name: string) => {
    const answer = await cloud.registry.call(service, operation, {}, cloud.rootCall());
    return ((answer[list] ?? []) as Record<string, string>[]).map((one) => one[name] ?? one);
  };
  return {
    tables: await names('dynamodb', 'ListTables', 'TableNames', ''),
    functions: await names('lambda', 'ListFunctions', 'Functions', 'FunctionName'),
    mappings: await names('lambda', 'ListEventSourceMappings', 'EventSourceMappings', 'UUID'),
    queues: await names('sqs', 'ListQueues', 'QueueUrls', ''),
    rules: await names('events', 'ListRules', 'Rules', 'Name'),
    buses: await names('events', 'ListEventBuses', 'EventBuses', 'Name'),
    schedules: await names('scheduler', 'ListSchedules', 'Schedules', 'Name'),
    groups: await names('scheduler', 'ListScheduleGroups', 'ScheduleGroups', 'Name'),
    roles: await names('iam', 'ListRoles', 'Roles', 'RoleName'),
    parameters: await names('ssm', 'DescribeParameters', 'Parameters', 'Name'),
    buckets: await names('s3', 'ListBuckets', 'Buckets', 'Name'),
  };
}

async function destroy(stack: string): Promise<void> {
  await destroyStacks(cloud, stack);
  expect(await everything()).toEqual(before);
}

async function rows(TableName: string | undefined): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await clients.dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true }));
  return Items.map((item) => unmarshall(item));
}

// biome-ignore lint/suspicious/noExplicitAny: whatever was sent.
async function bodies(QueueUrl: string | undefined): Promise<any[]> {
  const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '' }) => JSON.parse(Body));
}

it('EventBridge → Lambda → DynamoDB: what the pattern takes is in the table', async () => {
  const outputs = await deployApp(cloud, (app) => new OrdersToTable(app, 'Shop'));
  const { BusName, TableName } = outputs.Shop!;
  const entry = (total: number) => ({
    EventBusName: BusName,
    Source: 'shop.web',
    DetailType: 'OrderPlaced',
    Detail: JSON.stringify({ orderId: `o-${total}`, customer: 'c-1', total }),
  });
  const { Entries = [] } = await clients.events.send(new PutEventsCommand({ Entries: [entry(10), entry(0)] }));
  await cloud.idle();
  expect(await rows(TableName)).toEqual([
    { orderId: 'o-10', customer: 'c-1', total: 10, eventId: Entries[0]?.EventId },
  ]);
  await destroy('Shop');
}, 60_000);

it('DynamoDB stream → Lambda: changes are kept with what was before, and a batch that cannot be goes to its queue', async () => {
  const outputs = await deployApp(cloud, (app) => new ChangesToFunction(app, 'Catalogue'));
  const { ProductsTable, HistoryTable, LostQueueUrl } = outputs.Catalogue!;
  for (const price of ['5', '7', '-1']) {
    const Item = { sku: { S: 'apple' }, price: { N: price } };
    await clients.dynamodb.send(new PutItemCommand({ TableName: ProductsTable, Item }));
  }
  await cloud.idle();
  await cloud.controls.advance(60_000);
  await cloud.idle();
  const kept = await rows(HistoryTable);
  expect(kept.map(({ eventName, before, after }) => [eventName, before, after])).toEqual([
    ['INSERT', undefined, '5'],
    ['MODIFY', '5', '7'],
  ]);
  expect(await bodies(LostQueueUrl)).toMatchObject([
    { requestContext: { condition: 'RetryAttemptsExhausted' }, DDBStreamBatchInfo: { batchSize: 1 } },
  ]);
  await destroy('Catalogue');
}, 60_000);

it('SQS → Lambda: an alias works through an encrypted queue; what fails three times is a dead letter', async () => {
  const outputs = await deployApp(cloud, (app) => new QueueWithDeadLetters(app, 'Jobs'));
  const { JobsUrl, DeadLettersUrl, DoneTable } = outputs.Jobs!;
  for (const body of [{ job: 'wash' }, { wrong: true }, { job: 'dry' }]) {
    await clients.sqs.send(new SendMessageCommand({ QueueUrl: JobsUrl, MessageBody: JSON.stringify(body) }));
  }
  for (let passed = 0; passed < 5; passed++) {
    await cloud.idle();
    await cloud.controls.advance(61_000);
  }
  await cloud.idle();
  expect((await rows(DoneTable)).map(({ job, by }) => `${job} by ${by}`).sort()).toEqual(['dry by 1', 'wash by 1']);
  expect(await bodies(DeadLettersUrl)).toEqual([{ wrong: true }]);
  await destroy('Jobs');
}, 60_000);

it('Scheduler and scheduled rules: at two in the morning of the time zone, and every hour', async () => {
  const outputs = await deployApp(cloud, (app) => new NightlyReport(app, 'Report'));
  const { ReportsUrl } = outputs.Report!;
  await cloud.controls.advance(24 * 3_600_000);
  await cloud.idle();
  const reports = [];
  for (let batch = await bodies(ReportsUrl); batch.length > 0; batch = await bodies(ReportsUrl)) reports.push(...batch);
  const asked = reports.map(({ remind, responsePayload }) => (remind ? 'reminder' : responsePayload.asked)).sort();
  const count = (what: string) => asked.filter((one) => one === what).length;
  // A schedule with a rate begins at once, a rule after its first period.
  expect([count('nightly'), count('reminder'), count('hourly')]).toEqual([1, 5, 24]);
  await destroy('Report');
}, 60_000);

it('an S3 asset behind a function URL, and a bucket that is emptied before it is deleted', async () => {
  const outputs = await deployApp(cloud, (app) => new PriceList(app, 'Prices'));
  const { Url, AnswersBucket } = outputs.Prices!;
  const answer = await fetch(`${Url}apple`);
  expect([answer.status, await answer.json()]).toEqual([200, { name: 'apple', price: 120, currency: 'EUR' }]);
  expect((await fetch(`${Url}plum`)).status).toBe(404);
  const { Versions } = await clients.s3.send(new ListObjectVersionsCommand({ Bucket: AnswersBucket }));
  expect(Versions).toHaveLength(1);
  await destroy('Prices');
}, 60_000);

it('custom resources: made, changed, rolled back and taken away with the stack', async () => {
  const deploy = (rows?: readonly string[]) =>
    deployApp(cloud, (app) => new SeededTable(app, 'Seeded', rows ? { rows } : {}));
  const { TableName, ...said } = (await deploy()).Seeded!;
  expect(said).toEqual({ Loudly: 'HELLO ONE TWO', TableStatus: 'ACTIVE' });
  const ids = async () => (await rows(TableName)).map(({ id }) => id).sort();
  expect(await ids()).toEqual(['one', 'two']);

  expect((await deploy(['two', 'three'])).Seeded).toMatchObject({ Loudly: 'HELLO TWO THREE' });
  expect(await ids()).toEqual(['three', 'two']);

  await expect(deploy(['poison'])).rejects.toThrow(/Seed[\s\S]*poison is no row/);
  expect(await ids()).toEqual(['three', 'two']);
  await destroy('Seeded');
}, 60_000);
