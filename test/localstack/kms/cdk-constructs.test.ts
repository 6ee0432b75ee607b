import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, Table, TableEncryption, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { ACCOUNT, KeyCloud } from './key-cloud';

// CDK's validation of templates takes seconds, and is tested by CDK.
process.env.CDK_VALIDATION = 'false';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
});
afterAll(() => cloud.stop());

/** A stack in which everything that can have a key has this one. */
function encryptedStack(): object {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Encrypted', { env: { account: ACCOUNT, region: 'us-east-1' } });
  const removalPolicy = RemovalPolicy.DESTROY;
  const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true, alias: 'alias/app', removalPolicy });
  encryptionKey.grantEncryptDecrypt(new ServicePrincipal('logs.us-east-1.amazonaws.com'));
  const queue = new Queue(stack, 'Queue', { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey });
  new Queue(stack, 'ManagedQueue', { encryption: QueueEncryption.KMS_MANAGED });
  new Queue(stack, 'QueueWithItsKey', { encryption: QueueEncryption.KMS, removalPolicy });
  const generateSecretString = { secretStringTemplate: '{"user":"admin"}', generateStringKey: 'password' };
  new Secret(stack, 'Secret', { secretName: 'app', encryptionKey, generateSecretString });
  new Bucket(stack, 'Bucket', { encryption: BucketEncryption.KMS, encryptionKey, removalPolicy });
  const partitionKey = { name: 'pk', type: AttributeType.STRING };
  new Table(stack, 'Table', {
    partitionKey,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey,
    removalPolicy,
  });
  const encryption = TableEncryptionV2.customerManagedKey(encryptionKey);
  new TableV2(stack, 'TableV2', { partitionKey, encryption, removalPolicy });
  new LogGroup(stack, 'Logs', { encryptionKey, removalPolicy });
  new LambdaFunction(stack, 'Function', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => process.env.GREETING;'),
    environment: { GREETING: 'hello' },
    environmentEncryption: encryptionKey,
  });
  new Rule(stack, 'Rule', { eventPattern: { source: ['test'] }, targets: [new SqsQueue(queue)] });
  const { Parameters: _parameters, Rules: _rules, ...template } = app.synth().getStackByName('Encrypted').template;
  return template;
}

test('constructs of CDK with keys of their own are deployed, used, and deleted', async () => {
  const StackName = 'Encrypted';
  const cloudFormation = (operation: string, input: object) =>
    cloud.call('cloudformation', operation, { StackName, ...input });
  const Capabilities = ['CAPABILITY_IAM'];
  await cloudFormation('CreateStack', { TemplateBody: JSON.stringify(encryptedStack()), Capabilities });
  const { StackEvents } = await cloudFormation('DescribeStackEvents', {});
  const failed = StackEvents.filter(({ ResourceStatus }: { ResourceStatus: string }) =>
    ResourceStatus.includes('FAILED'),
  );
  expect(failed).toEqual([]);
  const { StackResources } = await cloudFormation('DescribeStackResources', {});
  const idOf = (construct: string, type: string): string =>
    StackResources.find(
      (one: Record<string, string>) => one.LogicalResourceId?.startsWith(construct) && one.ResourceType === type,
    ).PhysicalResourceId;

  const KMSMasterKeyArn = (await cloud.kms('DescribeKey', { KeyId: 'alias/app' })).KeyMetadata.Arn;
  for (const TableName of [idOf('Table', 'AWS::DynamoDB::Table'), idOf('TableV2', 'AWS::DynamoDB::GlobalTable')]) {
    expect((await cloud.call('dynamodb', 'DescribeTable', { TableName })).Table.SSEDescription).toMatchObject({
      KMSMasterKeyArn,
    });
  }
  const object = { Bucket: idOf('Bucket', 'AWS::S3::Bucket'), Key: 'k' };
  await cloud.call('s3', 'PutObject', { ...object, Body: 'x' });
  expect(await cloud.call('s3', 'HeadObject', object)).toMatchObject({ SSEKMSKeyId: KMSMasterKeyArn });
  expect(await cloud.call('secretsmanager', 'DescribeSecret', { SecretId: 'app' })).toMatchObject({
    KmsKeyId: KMSMasterKeyArn,
  });
  const FunctionArn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${idOf('Function', 'AWS::Lambda::Function')}`;
  const { payload } = await cloud.cloud.registry.peer('lambda').invoke(FunctionArn, '{}');
  expect(payload).toBe('"hello"');
  // CDK writes into the key's policy what EventBridge needs.
  await cloud.call('events', 'PutEvents', { Entries: [{ Source: 'test', DetailType: 't', Detail: '{}' }] });
  await cloud.cloud.idle();
  const QueueUrl = idOf('Queue', 'AWS::SQS::Queue');
  expect((await cloud.call('sqs', 'ReceiveMessage', { QueueUrl })).Messages).toHaveLength(1);

  await cloud.call('s3', 'DeleteObject', object);
  await cloudFormation('DeleteStack', {});
  expect((await cloud.kms('DescribeKey', { KeyId: KMSMasterKeyArn })).KeyMetadata.KeyState).toBe('PendingDeletion');
}, 60_000);
