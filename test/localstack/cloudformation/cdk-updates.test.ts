import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Alias, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { deployApp, destroyStacks } from '../../support/small-app';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
});
afterAll(() => cloud.stop());

// biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
const call = (service: string, operation: string, input: object = {}): Promise<any> =>
  cloud.registry.call(service, operation, input, cloud.rootCall());
const deploy = (name: string, build: (stack: Stack) => void) =>
  deployApp(cloud, (app: App) =>
    build(new Stack(app, name, { env: { account: '000000000000', region: 'us-east-1' } })),
  );

test('a function that is only described otherwise has a new current version, as CDK expects', async () => {
  const described = (description: string) =>
    deploy('Versions', (stack) => {
      const current = new LambdaFunction(stack, 'Fn', {
        functionName: 'described',
        description,
        runtime: Runtime.NODEJS_22_X,
        handler: 'index.handler',
        code: Code.fromInline('exports.handler = async () => 1;'),
      }).currentVersion;
      new Alias(stack, 'Live', { aliasName: 'live', version: current });
    });
  const live = async () => call('lambda', 'GetFunctionConfiguration', { FunctionName: 'described', Qualifier: 'live' });

  await described('before');
  expect(await live()).toMatchObject({ Version: '1', Description: 'before' });
  await described('after');
  expect(await live()).toMatchObject({ Version: '2', Description: 'after' });
  await destroyStacks(cloud, 'Versions');
});

test('a queue goes from one kind of encryption to every other, and back', async () => {
  const kinds = [
    QueueEncryption.KMS_MANAGED,
    QueueEncryption.SQS_MANAGED,
    QueueEncryption.KMS_MANAGED,
    QueueEncryption.UNENCRYPTED,
    QueueEncryption.KMS_MANAGED,
    QueueEncryption.UNENCRYPTED,
    QueueEncryption.SQS_MANAGED,
  ];
  for (const encryption of kinds) {
    await deploy('Encrypted', (stack) => new Queue(stack, 'Queue', { queueName: 'encrypted', encryption }));
    const { QueueUrl } = await call('sqs', 'GetQueueUrl', { QueueName: 'encrypted' });
    const { Attributes } = await call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    expect([encryption, Attributes.KmsMasterKeyId, Attributes.SqsManagedSseEnabled]).toEqual(
      {
        [QueueEncryption.KMS_MANAGED]: [encryption, 'alias/aws/sqs', 'false'],
        [QueueEncryption.SQS_MANAGED]: [encryption, undefined, 'true'],
        [QueueEncryption.UNENCRYPTED]: [encryption, undefined, 'false'],
      }[encryption as string],
    );
  }
  await destroyStacks(cloud, 'Encrypted');
});

test('a bucket that insists on TLS 1.2 is reached: connections here count as encrypted', async () => {
  await deploy('Tls', (stack) => {
    new Bucket(stack, 'Bucket', {
      bucketName: 'insists-on-tls',
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  });
  const Bucket_ = { Bucket: 'insists-on-tls' };
  expect(JSON.stringify(await call('s3', 'GetBucketPolicy', Bucket_))).toContain('s3:TlsVersion');
  await call('s3', 'PutObject', { ...Bucket_, Key: 'a', Body: 'x' });
  await call('s3', 'DeleteObject', { ...Bucket_, Key: 'a' });
  await destroyStacks(cloud, 'Tls');
});

test('a parameter without a name has one that the store takes, whatever its stack is called', async () => {
  await deploy('SsmParameters', (stack) => new StringParameter(stack, 'Setting', { stringValue: 'x' }));
  const { Parameters } = await call('ssm', 'DescribeParameters');
  const names = Parameters.map(({ Name }: { Name: string }) => Name);
  expect(names).toContainEqual(expect.stringMatching(/^CFN-Setting[A-F0-9]{8}-\w{12}$/));
  await destroyStacks(cloud, 'SsmParameters');
});
