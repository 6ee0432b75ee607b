import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CfnOutput, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Archive, EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { CloudWatchLogGroup, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, LogGroup } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { CdkDeployment } from './cdk-deployment';

let cdk: CdkDeployment;
beforeAll(async () => {
  cdk = await CdkDeployment.start();
});
afterAll(() => cdk.stop());

test('an archive of a bus is deployed as CDK writes it: with a key that is empty, and none', async () => {
  const { Bus } = await cdk.deploy('Archived', (stack) => {
    const bus = new EventBus(stack, 'EventBus');
    bus.archive('Archive', { archiveName: 'kept', eventPattern: { source: ['shop'] }, retention: Duration.days(7) });
    new CfnOutput(stack, 'Bus', { value: bus.eventBusName });
  });
  const entry = { EventBusName: Bus, Source: 'shop', DetailType: 'Sold', Detail: '{}' };
  await cdk.call('events', 'PutEvents', { Entries: [entry] });
  const archive = await cdk.call('events', 'DescribeArchive', { ArchiveName: 'kept' });
  expect(archive).toMatchObject({ EventCount: 1, RetentionDays: 7 });
  expect(archive).not.toHaveProperty('KmsKeyIdentifier');
  await cdk.call('events', 'UpdateArchive', { ArchiveName: 'kept', KmsKeyIdentifier: '' });
  expect(await cdk.destroy('Archived')).toEqual([]);
});

test('a bus with a key of its own, and a dead-letter queue', async () => {
  const define = (encrypted: boolean) => (stack: Stack) => {
    const kmsKey = new Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY });
    // Its policy names the bus, so that it cannot be the key of the bus too.
    const archiveKey = new Key(stack, 'ArchiveKey', { removalPolicy: RemovalPolicy.DESTROY });
    const bus = new EventBus(stack, 'Bus', {
      eventBusName: 'encrypted',
      deadLetterQueue: new Queue(stack, 'Lost'),
      ...(encrypted && { kmsKey }),
    });
    new Rule(stack, 'Rule', {
      eventBus: bus,
      eventPattern: { source: ['shop'] },
      targets: [new SqsQueue(new Queue(stack, 'Queue', { queueName: 'sold' }))],
    });
    new Archive(stack, 'Archive', {
      sourceEventBus: bus,
      archiveName: 'encrypted',
      eventPattern: { source: ['shop'] },
      ...(encrypted && { kmsKey: archiveKey }),
    });
    new CfnOutput(stack, 'KeyArn', { value: kmsKey.keyArn });
    new CfnOutput(stack, 'ArchiveKeyArn', { value: archiveKey.keyArn });
  };
  const { KeyArn, ArchiveKeyArn } = await cdk.deploy('Encrypted', define(true));
  const bus = () => cdk.call('events', 'DescribeEventBus', { Name: 'encrypted' });
  expect(await bus()).toMatchObject({ KmsKeyIdentifier: KeyArn });
  const entry = { EventBusName: 'encrypted', Source: 'shop', DetailType: 'Sold', Detail: '{}' };
  await cdk.call('events', 'PutEvents', { Entries: [entry] });
  await cdk.cloud.idle();
  const archive = () => cdk.call('events', 'DescribeArchive', { ArchiveName: 'encrypted' });
  expect(await archive()).toMatchObject({ KmsKeyIdentifier: ArchiveKeyArn, EventCount: 1 });
  const { QueueUrl } = await cdk.call('sqs', 'GetQueueUrl', { QueueName: 'sold' });
  expect((await cdk.call('sqs', 'ReceiveMessage', { QueueUrl })).Messages).toHaveLength(1);
  await cdk.deploy('Encrypted', define(false));
  expect(await bus()).not.toHaveProperty('KmsKeyIdentifier');
  expect(await archive()).not.toHaveProperty('KmsKeyIdentifier');
  expect(await cdk.destroy('Encrypted')).toEqual([]);
});

const linesIn = async (logGroupName: string | undefined, filterPattern = ''): Promise<string[]> => {
  const { events } = await cdk.call('logs', 'FilterLogEvents', { logGroupName, filterPattern });
  return events.map(({ message }: { message: string }) => message);
};

test('a log group is the target of a rule: CDK makes the policy that lets EventBridge write to it', async () => {
  const { Group } = await cdk.deploy('Logged', (stack) => {
    const group = new LogGroup(stack, 'LogGroup', { removalPolicy: RemovalPolicy.DESTROY });
    // What CDK does unless told otherwise is to install the newest SDK first.
    const target = new CloudWatchLogGroup(group, { installLatestAwsSdk: false });
    new Rule(stack, 'Rule', { eventPattern: { source: ['shop'] }, targets: [target] });
    new CfnOutput(stack, 'Group', { value: group.logGroupName });
  });
  const { resourcePolicies } = await cdk.call('logs', 'DescribeResourcePolicies', {});
  expect(resourcePolicies).toHaveLength(1);
  await cdk.call('events', 'PutEvents', { Entries: [{ Source: 'shop', DetailType: 'Sold', Detail: '{"n":1}' }] });
  await cdk.cloud.idle();
  expect((await linesIn(Group)).map((line) => JSON.parse(line).detail)).toEqual([{ n: 1 }]);
  expect(await cdk.destroy('Logged')).toEqual([]);
  expect(await cdk.call('logs', 'DescribeResourcePolicies', {})).toEqual({ resourcePolicies: [] });
});

test("a log group's own policy, and a function that has subscribed to it", async () => {
  const define = (pattern: string) => (stack: Stack) => {
    const group = new LogGroup(stack, 'LogGroup', { removalPolicy: RemovalPolicy.DESTROY, logGroupName: '/shop' });
    group.grantWrite(new ServicePrincipal('events.amazonaws.com'));
    const watcher = new LambdaFunction(stack, 'Watcher', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async (event) => console.log("GOT " + event.awslogs.data);'),
    });
    group.addSubscriptionFilter('Errors', {
      destination: new LambdaDestination(watcher),
      filterPattern: FilterPattern.anyTerm(pattern),
    });
    new CfnOutput(stack, 'WatcherLog', { value: `/aws/lambda/${watcher.functionName}` });
  };
  const { WatcherLog } = await cdk.deploy('Watched', define('ERROR'));
  expect((await cdk.call('logs', 'DescribeResourcePolicies', {})).resourcePolicies).toHaveLength(1);
  await cdk.call('logs', 'CreateLogStream', { logGroupName: '/shop', logStreamName: 's' });
  const write = (message: string) =>
    cdk.call('logs', 'PutLogEvents', {
      logGroupName: '/shop',
      logStreamName: 's',
      logEvents: [{ timestamp: cdk.cloud.clock.now(), message }],
    });
  await write('INFO');
  await write('ERROR');
  await cdk.cloud.idle();
  expect(await linesIn(WatcherLog, 'GOT')).toHaveLength(1);
  await cdk.deploy('Watched', define('INFO'));
  await write('INFO');
  await cdk.cloud.idle();
  expect(await linesIn(WatcherLog, 'GOT')).toHaveLength(2);
  expect(await cdk.destroy('Watched')).toEqual([]);
});
