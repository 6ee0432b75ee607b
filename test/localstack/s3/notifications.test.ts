import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { zip } from '../lambda/lambda-bench';
import { bucketTools } from './world';

let cloud: Cloud;
let s3: S3Client;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
  s3 = new S3Client({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterAll(() => cloud.stop());

const { newBucket, put } = bucketTools(() => s3);
// biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
const call = (service: string, operation: string, input: object): Promise<any> =>
  cloud.registry.call(service, operation, input, cloud.rootCall());
const configure = (Bucket: string, configuration: NotificationConfiguration) =>
  s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: configuration }));

async function newQueue(name: string, bucket?: string): Promise<{ url: string; arn: string }> {
  const arn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arn,
        Condition: {
          ArnLike: { 'aws:SourceArn': `arn:aws:s3:::${bucket}` },
          StringEquals: { 'aws:SourceAccount': '000000000000' },
        },
      },
    ],
  };
  const Attributes = bucket === undefined ? {} : { Policy: JSON.stringify(policy) };
  const { QueueUrl } = await call('sqs', 'CreateQueue', { QueueName: name, Attributes });
  return { url: QueueUrl, arn };
}

/** All messages in a queue, oldest first, as objects. */
async function drain(QueueUrl: string) {
  // biome-ignore lint/suspicious/noExplicitAny: the messages under test.
  const bodies: any[] = [];
  for (;;) {
    const { Messages = [] } = await call('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
    if (Messages.length === 0) return bodies;
    for (const { Body, ReceiptHandle } of Messages) {
      bodies.push(JSON.parse(Body));
      await call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
    }
  }
}

describe('a queue', () => {
  test('hears of what was put, copied, uploaded, tagged and removed below its prefix and with its suffix', async () => {
    const Bucket = await newBucket('heard', true);
    const queue = await newQueue('heard', Bucket);
    await configure(Bucket, {
      QueueConfigurations: [
        {
          Id: 'images',
          QueueArn: queue.arn,
          Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:ObjectTagging:Put'],
          Filter: {
            Key: {
              FilterRules: [
                { Name: 'prefix', Value: 'in/' },
                { Name: 'suffix', Value: '.png' },
              ],
            },
          },
        },
      ],
    });
    expect(await drain(queue.url)).toEqual([
      expect.objectContaining({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket }),
    ]);
    const Key = 'in/a b+ü.png';
    const { VersionId, ETag } = await put(Bucket, Key, 'hello');
    await put(Bucket, 'out/a.png', 'x');
    await put(Bucket, 'in/a.txt', 'x');
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'in/copy.png', CopySource: `${Bucket}/in/a.txt` }));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'in/big.png' }));
    const place = { Bucket, Key: 'in/big.png', UploadId };
    const part = await s3.send(new UploadPartCommand({ ...place, PartNumber: 1, Body: 'x' }));
    const Parts = [{ PartNumber: 1, ETag: part.ETag }];
    await s3.send(new CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts } }));
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }));
    const { VersionId: marker } = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key, VersionId }] } }));

    const records = (await drain(queue.url)).map(({ Records }) => Records[0]);
    expect(records.map(({ eventName, s3: { object } }) => [eventName, object.key, object.versionId])).toEqual([
      ['ObjectCreated:Put', 'in/a+b%2B%C3%BC.png', VersionId],
      ['ObjectCreated:Copy', 'in/copy.png', expect.any(String)],
      ['ObjectCreated:CompleteMultipartUpload', 'in/big.png', expect.any(String)],
      ['ObjectTagging:Put', 'in/a+b%2B%C3%BC.png', VersionId],
      ['ObjectRemoved:DeleteMarkerCreated', 'in/a+b%2B%C3%BC.png', marker],
      ['ObjectRemoved:Delete', 'in/a+b%2B%C3%BC.png', VersionId],
    ]);
    expect(records[0]).toMatchObject({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'images',
        bucket: { name: Bucket, arn: `arn:aws:s3:::${Bucket}` },
        object: { size: 5, eTag: ETag!.replaceAll('"', '') },
      },
    });
    const sequencers = records.map(({ s3: { object } }) => object.sequencer);
    expect(sequencers).toEqual([...sequencers].sort());
    expect(new Set(sequencers).size).toBe(sequencers.length);
  });
});

test('EventBridge hears of everything, and rules choose', async () => {
  const Bucket = await newBucket('bridged');
  const queue = await newQueue('bridged');
  const RuleArn = 'arn:aws:events:us-east-1:000000000000:rule/uploads';
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queue.arn,
        Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
      },
    ],
  };
  await call('sqs', 'SetQueueAttributes', { QueueUrl: queue.url, Attributes: { Policy: JSON.stringify(policy) } });
  await call('events', 'PutRule', {
    Name: 'uploads',
    EventPattern: JSON.stringify({ source: ['aws.s3'], detail: { bucket: { name: [Bucket] } } }),
  });
  await call('events', 'PutTargets', { Rule: 'uploads', Targets: [{ Id: 'q', Arn: queue.arn }] });
  await configure(Bucket, { EventBridgeConfiguration: {} });
  await put(Bucket, 'a key', 'hello');
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a key' }));
  await cloud.idle();
  const events = await drain(queue.url);
  expect(events).toMatchObject([
    {
      source: 'aws.s3',
      'detail-type': 'Object Created',
      account: '000000000000',
      resources: [`arn:aws:s3:::${Bucket}`],
      detail: { version: '0', bucket: { name: Bucket }, object: { key: 'a key', size: 5 }, reason: 'PutObject' },
    },
    { 'detail-type': 'Object Deleted', detail: { reason: 'DeleteObject', 'deletion-type': 'Permanently Deleted' } },
  ]);
  // Nobody else may speak as S3.
  const { Entries } = await call('events', 'PutEvents', {
    Entries: [{ Source: 'aws.s3', DetailType: 'Object Created', Detail: '{}' }],
  });
  expect(Entries[0].ErrorCode).toBe('NotAuthorizedForSourceException');
});

test('a function that may be invoked by the bucket runs, one that may not is no destination', async () => {
  const Bucket = await newBucket('invoking');
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const { Role } = await call('iam', 'CreateRole', { RoleName: 'f', AssumeRolePolicyDocument: JSON.stringify(trust) });
  const { FunctionArn } = await call('lambda', 'CreateFunction', {
    FunctionName: 'thumbnail',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: Role.Arn,
    Code: { ZipFile: zip({ 'index.mjs': 'export const handler = async ({ Records }) => Records[0].s3.object.key;' }) },
  });
  const wanted: NotificationConfiguration = {
    LambdaFunctionConfigurations: [{ LambdaFunctionArn: FunctionArn, Events: ['s3:ObjectCreated:Put'] }],
  };
  await expect(configure(Bucket, wanted)).rejects.toMatchObject({
    name: 'InvalidArgument',
    message: 'Unable to validate the following destination configurations',
  });
  await call('lambda', 'AddPermission', {
    FunctionName: 'thumbnail',
    StatementId: 's3',
    Action: 'lambda:InvokeFunction',
    Principal: 's3.amazonaws.com',
    SourceArn: `arn:aws:s3:::${Bucket}`,
    SourceAccount: '000000000000',
  });
  await configure(Bucket, wanted);
  const runs: (string | undefined)[] = [];
  const unwatch = cloud.registry.watch(({ functionName, outcome }) => runs.push(`${functionName} ${outcome}`));
  await put(Bucket, 'k', '1');
  await cloud.idle();
  unwatch();
  expect(runs).toEqual(['thumbnail ok']);
  const kept = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  expect(kept.LambdaFunctionConfigurations).toEqual([
    { ...wanted.LambdaFunctionConfigurations![0], Id: expect.any(String) },
  ]);
});

test('what cannot be notified is refused', async () => {
  const Bucket = await newBucket('refused-destinations');
  const queue = await newQueue('refused', Bucket);
  const closed = await newQueue('closed');
  const to = (arn: string, event: string, prefix = '') => ({
    QueueArn: arn,
    Events: [event as 's3:ObjectCreated:*'],
    Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: prefix }] } },
  });
  const created = 's3:ObjectCreated:*';
  await expect(configure(Bucket, { QueueConfigurations: [to(closed.arn, created)] })).rejects.toThrow(
    'Unable to validate the following destination configurations',
  );
  await expect(
    configure(Bucket, { QueueConfigurations: [to(queue.arn, created, 'a'), to(queue.arn, created, 'a/b')] }),
  ).rejects.toThrow(/ambiguously defined/);
  await expect(configure(Bucket, { QueueConfigurations: [to(queue.arn, 's3:ObjectRestore:*')] })).rejects.toThrow(
    /s3:ObjectRestore:\* is not implemented/,
  );
});
