import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
});
afterAll(() => cloud.stop());

// biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
const call = (service: string, operation: string, input: object): Promise<any> =>
  cloud.registry.call(service, operation, input, cloud.rootCall());
const bucketOf = (properties: object) => ({
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'uploads' } },
    Policy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 's3.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            },
          ],
        },
      },
    },
    Bucket: { Type: 'AWS::S3::Bucket', DependsOn: 'Policy', Properties: { BucketName: 'templated', ...properties } },
  },
});

test('a bucket of a stack has the rules, origins and destinations of its template, as long as they stand there', async () => {
  const TemplateBody = JSON.stringify(
    bucketOf({
      LifecycleConfiguration: {
        Rules: [
          {
            Id: 'tidy',
            Status: 'Enabled',
            Prefix: 'tmp/',
            ExpirationInDays: 3,
            NoncurrentVersionExpiration: { NoncurrentDays: 1 },
            Transitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 2 }],
          },
        ],
      },
      CorsConfiguration: { CorsRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'], MaxAge: 60 }] },
      NotificationConfiguration: {
        EventBridgeConfiguration: {},
        QueueConfigurations: [
          {
            Event: 's3:ObjectCreated:*',
            Queue: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            Filter: { S3Key: { Rules: [{ Name: 'suffix', Value: '.png' }] } },
          },
        ],
      },
    }),
  );
  await call('cloudformation', 'CreateStack', { StackName: 'uploads', TemplateBody });
  const { Stacks } = await call('cloudformation', 'DescribeStacks', { StackName: 'uploads' });
  expect(Stacks[0].StackStatus).toBe('CREATE_COMPLETE');
  const Bucket = 'templated';
  expect((await call('s3', 'GetBucketLifecycleConfiguration', { Bucket })).LifecycleConfiguration.Rules).toEqual([
    {
      ID: 'tidy',
      Status: 'Enabled',
      Filter: { Prefix: 'tmp/' },
      Expiration: { Days: 3 },
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      Transitions: [{ Days: 2, StorageClass: 'STANDARD_IA' }],
    },
  ]);
  expect((await call('s3', 'GetBucketCors', { Bucket })).CORSConfiguration.CORSRules[0].MaxAgeSeconds).toBe(60);
  await call('s3', 'PutObject', { Bucket, Key: 'a.png', Body: 'x' });
  await call('s3', 'PutObject', { Bucket, Key: 'a.txt', Body: 'x' });
  const { QueueUrl } = await call('sqs', 'GetQueueUrl', { QueueName: 'uploads' });
  const { Messages } = await call('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
  expect(Messages.map(({ Body }: { Body: string }) => JSON.parse(Body)).map(eventOf)).toEqual([
    's3:TestEvent',
    'a.png',
  ]);

  await call('cloudformation', 'UpdateStack', { StackName: 'uploads', TemplateBody: JSON.stringify(bucketOf({})) });
  await expect(call('s3', 'GetBucketCors', { Bucket })).rejects.toMatchObject({ code: 'NoSuchCORSConfiguration' });
  expect(await call('s3', 'GetBucketNotificationConfiguration', { Bucket })).toEqual({
    LambdaFunctionConfigurations: [],
    QueueConfigurations: [],
    TopicConfigurations: [],
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a message of either kind.
const eventOf = (message: any): string => message.Event ?? message.Records[0].s3.object.key;
