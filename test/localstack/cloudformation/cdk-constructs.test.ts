import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { App, CfnOutput, CustomResource, Duration, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogRetention, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, EventType } from 'aws-cdk-lib/aws-s3';
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId, Provider } from 'aws-cdk-lib/custom-resources';
import { Trigger } from 'aws-cdk-lib/triggers';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { deployAssembly } from '../../../localstack/deploy';

process.env.CDK_VALIDATION = 'false';

let cloud: Cloud;
const directories: string[] = [];
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
});
afterAll(async () => {
  await cloud.stop();
  for (const dir of directories) rmSync(dir, { recursive: true });
});

// biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
const call = (service: string, operation: string, input: object): Promise<any> =>
  cloud.registry.call(service, operation, input, cloud.rootCall());

async function deploy(name: string, define: (stack: Stack) => void): Promise<Record<string, string>> {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  directories.push(outdir);
  const app = new App({ outdir, analyticsReporting: false });
  define(new Stack(app, name, { env: { account: '000000000000', region: 'us-east-1' } }));
  app.synth();
  const { outputs } = await deployAssembly({ assemblyDir: outdir, registry: cloud.registry, call: cloud.rootCall() });
  return outputs[name] ?? {};
}
async function destroy(StackName: string): Promise<void> {
  const { Stacks } = await call('cloudformation', 'DescribeStacks', { StackName });
  await call('cloudformation', 'DeleteStack', { StackName });
  const { Stacks: after } = await call('cloudformation', 'DescribeStacks', { StackName: Stacks[0].StackId });
  const { StackEvents } = await call('cloudformation', 'DescribeStackEvents', { StackName: Stacks[0].StackId });
  // biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
  expect(StackEvents.filter((event: any) => event.ResourceStatus === 'DELETE_FAILED')).toEqual([]);
  expect(after[0]).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
}
const inline = (stack: Stack, id: string, source: string) =>
  new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline(source),
    timeout: Duration.seconds(10),
  });

test('AwsCustomResource calls the API of a service, and its answer is an attribute', async () => {
  const outputs = await deploy('Sdk', (stack) => {
    const resource = new AwsCustomResource(stack, 'Put', {
      onUpdate: {
        service: 'SSM',
        action: 'putParameter',
        parameters: { Name: '/by/sdk', Value: 'one', Type: 'String', Overwrite: true },
        physicalResourceId: PhysicalResourceId.of('/by/sdk'),
      },
      onDelete: { service: 'SSM', action: 'deleteParameter', parameters: { Name: '/by/sdk' } },
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({ actions: ['ssm:PutParameter', 'ssm:DeleteParameter'], resources: ['*'] }),
      ]),
      installLatestAwsSdk: false,
    });
    new CfnOutput(stack, 'Version', { value: resource.getResponseField('Version') });
  });
  expect(outputs.Version).toBe('1');
  expect((await call('ssm', 'GetParameter', { Name: '/by/sdk' })).Parameter.Value).toBe('one');
  await destroy('Sdk');
  await expect(call('ssm', 'GetParameter', { Name: '/by/sdk' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
});

test('AwsCustomResource of a service whose client is not installed says how to get it', async () => {
  await expect(
    deploy('NoClient', (stack) => {
      new AwsCustomResource(stack, 'Call', {
        onCreate: { service: 'Glue', action: 'getDatabases', physicalResourceId: PhysicalResourceId.of('x') },
        policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: ['*'] }),
        installLatestAwsSdk: false,
      });
    }),
  ).rejects.toThrow(
    /@aws-sdk\/client-glue is not installed here, although AWS's runtime has it: npm install -D @aws-sdk\/client-glue/,
  );
});

test('a Provider runs onEvent for each change', async () => {
  const define = (size: number) => (stack: Stack) => {
    const onEventHandler = inline(
      stack,
      'OnEvent',
      `exports.handler = async (event) => ({
        PhysicalResourceId: 'thing',
        Data: { Was: event.RequestType + ' ' + event.ResourceProperties.Size },
      });`,
    );
    const provider = new Provider(stack, 'Provider', { onEventHandler });
    const thing = new CustomResource(stack, 'Thing', {
      serviceToken: provider.serviceToken,
      resourceType: 'Custom::Thing',
      properties: { Size: size },
    });
    new CfnOutput(stack, 'Was', { value: thing.getAttString('Was') });
    new CfnOutput(stack, 'Id', { value: thing.ref });
  };
  expect(await deploy('Provided', define(1))).toEqual({ Was: 'Create 1', Id: 'thing' });
  expect(await deploy('Provided', define(2))).toEqual({ Was: 'Update 2', Id: 'thing' });
  await destroy('Provided');
});

test('a Provider that fails gives its error as the reason', async () => {
  const failing = deploy('Failing', (stack) => {
    const onEventHandler = inline(
      stack,
      'OnEvent',
      "exports.handler = async () => { throw new Error('no such thing'); };",
    );
    const provider = new Provider(stack, 'Provider', { onEventHandler });
    new CustomResource(stack, 'Thing', { serviceToken: provider.serviceToken });
  });
  await expect(failing).rejects.toThrow(
    /Thing \(AWS::CloudFormation::CustomResource\): Received response status \[FAILED\] from custom resource. Message returned: no such thing\n\nLogs: \/aws\/lambda\/Failing-OnEvent/,
  );
});

test('a Provider that waits needs Step Functions, which are refused by name', async () => {
  const waiting = deploy('Waiting', (stack) => {
    const handler = inline(stack, 'Handler', 'exports.handler = async () => ({});');
    const provider = new Provider(stack, 'Provider', { onEventHandler: handler, isCompleteHandler: handler });
    new CustomResource(stack, 'Thing', { serviceToken: provider.serviceToken });
  });
  await expect(waiting).rejects.toThrow(/AWS::StepFunctions::StateMachine is not implemented by the local cloud/);
});

test('a bucket is emptied before it is deleted', async () => {
  const { Name: Bucket_ } = await deploy('Emptied', (stack) => {
    const bucket = new Bucket(stack, 'Bucket', { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY });
    new CfnOutput(stack, 'Name', { value: bucket.bucketName });
  });
  await call('s3', 'PutObject', { Bucket: Bucket_, Key: 'a/b', Body: Buffer.from('x') });
  await destroy('Emptied');
  await expect(call('s3', 'HeadBucket', { Bucket: Bucket_ })).rejects.toMatchObject({ status: 404 });
});

test('LogRetention keeps the log of something else for as long as it says', async () => {
  await deploy('Kept', (stack) => {
    new LogRetention(stack, 'Retention', { logGroupName: '/of/others', retention: RetentionDays.ONE_WEEK });
  });
  const { logGroups } = await call('logs', 'DescribeLogGroups', { logGroupNamePrefix: '/of/others' });
  expect(logGroups).toEqual([expect.objectContaining({ logGroupName: '/of/others', retentionInDays: 7 })]);
  await destroy('Kept');
});

test('a Trigger runs a function while its stack is deployed', async () => {
  await deploy('Triggered', (stack) => {
    const handler = inline(
      stack,
      'Handler',
      `const { SSMClient, PutParameterCommand } = require('@aws-sdk/client-ssm');
      exports.handler = () => new SSMClient({}).send(new PutParameterCommand({ Name: '/triggered', Value: 'yes', Type: 'String' }));`,
    );
    handler.addToRolePolicy(new PolicyStatement({ actions: ['ssm:PutParameter'], resources: ['*'] }));
    new Trigger(stack, 'Trigger', { handler });
  });
  expect((await call('ssm', 'GetParameter', { Name: '/triggered' })).Parameter.Value).toBe('yes');
});

test('a NestedStack sees what its parent has, and the parent what it has', async () => {
  const outputs = await deploy('Outer', (stack) => {
    const table = new TableV2(stack, 'Table', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const nested = new NestedStack(stack, 'Inner');
    const queue = new Queue(nested, 'Queue');
    new CfnOutput(nested, 'Seen', { value: table.tableArn });
    new CfnOutput(stack, 'QueueName', { value: queue.queueName });
    new CfnOutput(stack, 'TableName', { value: table.tableName });
    new CfnOutput(stack, 'InnerId', { value: nested.stackId });
  });
  const { QueueUrl } = await call('sqs', 'GetQueueUrl', { QueueName: outputs.QueueName });
  expect(QueueUrl).toMatch(/Outer-InnerNestedStack/);
  const { Stacks } = await call('cloudformation', 'DescribeStacks', { StackName: outputs.InnerId });
  const seen = Stacks[0].Outputs.find(({ OutputKey }: { OutputKey: string }) => OutputKey === 'Seen');
  expect(seen.OutputValue).toBe(`arn:aws:dynamodb:us-east-1:000000000000:table/${outputs.TableName}`);
  await destroy('Outer');
  await expect(call('dynamodb', 'DescribeTable', { TableName: outputs.TableName })).rejects.toThrow();
});

test('a bucket notifies a queue, although CDK configures that by a function in Python', async () => {
  const define = (suffix: string) => (stack: Stack) => {
    const queue = new Queue(stack, 'Queue');
    const bucket = new Bucket(stack, 'Bucket', { removalPolicy: RemovalPolicy.DESTROY });
    bucket.addEventNotification(EventType.OBJECT_CREATED, new SqsDestination(queue), { prefix: 'in/', suffix });
    new CfnOutput(stack, 'BucketName', { value: bucket.bucketName });
    new CfnOutput(stack, 'QueueUrl', { value: queue.queueUrl });
  };
  const { BucketName, QueueUrl } = await deploy('Notified', define('.txt'));
  const rulesOf = async () => {
    const { QueueConfigurations } = await call('s3', 'GetBucketNotificationConfiguration', { Bucket: BucketName });
    return QueueConfigurations.map(
      ({ Filter }: { Filter: { Key: { FilterRules: unknown } } }) => Filter.Key.FilterRules,
    );
  };
  expect(await rulesOf()).toEqual([
    [
      { Name: 'suffix', Value: '.txt' },
      { Name: 'prefix', Value: 'in/' },
    ],
  ]);
  await call('s3', 'PutObject', { Bucket: BucketName, Key: 'in/a.txt', Body: Buffer.from('x') });
  await cloud.idle();
  const { Messages } = await call('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
  expect(Messages.map(({ Body }: { Body: string }) => JSON.parse(Body).Records?.[0].s3.object.key)).toContain(
    'in/a.txt',
  );
  await deploy('Notified', define('.csv'));
  expect(await rulesOf()).toEqual([
    [
      { Name: 'suffix', Value: '.csv' },
      { Name: 'prefix', Value: 'in/' },
    ],
  ]);
  await call('s3', 'DeleteObject', { Bucket: BucketName, Key: 'in/a.txt' });
  await destroy('Notified');
});

test('what a bucket cannot notify here is named in the reason', async () => {
  const failing = deploy('Unheard', (stack) => {
    const bucket = new Bucket(stack, 'Bucket', { removalPolicy: RemovalPolicy.DESTROY });
    bucket.addEventNotification(EventType.OBJECT_RESTORE_COMPLETED, new SqsDestination(new Queue(stack, 'Queue')));
  });
  await expect(failing).rejects.toThrow(
    /Custom::S3BucketNotifications\): Received response status \[FAILED\] .*PutBucketNotificationConfiguration: the event s3:ObjectRestore:Completed is not implemented/,
  );
});

test("of a bucket that is not the stack's, the notifications of others stay", async () => {
  await call('s3', 'CreateBucket', { Bucket: 'shared' });
  await call('sqs', 'CreateQueue', { QueueName: 'foreign' });
  const foreign = {
    Id: 'foreign',
    QueueArn: 'arn:aws:sqs:us-east-1:000000000000:foreign',
    Events: ['s3:ObjectRemoved:*'],
  };
  await call('s3', 'PutBucketNotificationConfiguration', {
    Bucket: 'shared',
    NotificationConfiguration: { QueueConfigurations: [foreign] },
    SkipDestinationValidation: true,
  });
  const define = (prefix: string) => (stack: Stack) => {
    const bucket = Bucket.fromBucketName(stack, 'Bucket', 'shared');
    bucket.addEventNotification(EventType.OBJECT_CREATED, new SqsDestination(new Queue(stack, 'Queue')), { prefix });
  };
  const configured = async () => {
    const { QueueConfigurations } = await call('s3', 'GetBucketNotificationConfiguration', { Bucket: 'shared' });
    return (QueueConfigurations as { Id: string; Filter?: { Key: { FilterRules: { Value: string }[] } } }[]).map(
      ({ Id, Filter }) => Filter?.Key.FilterRules[0]?.Value ?? Id,
    );
  };
  await deploy('Guest', define('a/'));
  expect(await configured()).toEqual(['foreign', 'a/']);
  await deploy('Guest', define('b/'));
  expect(await configured()).toEqual(['foreign', 'b/']);
  await destroy('Guest');
  expect(await configured()).toEqual(['foreign']);
});
