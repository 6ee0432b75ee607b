import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { arn, SqsUnderTest } from './sqs-under-test';

let sqs: SqsUnderTest;
beforeEach(() => {
  sqs = new SqsUnderTest();
});
afterEach(() => sqs.stop());

test('a queue has the URL that the caller reaches, and an ARN', async () => {
  const url = await sqs.queue('orders');
  expect(url).toBe('http://127.0.0.1:4566/000000000000/orders');
  expect(await sqs.run('GetQueueUrl', { QueueName: 'orders' })).toEqual({ QueueUrl: url });
  expect((await sqs.attributes(url)).QueueArn).toBe(arn('orders'));
});

test('has the defaults of AWS', async () => {
  expect(await sqs.attributes(await sqs.queue('q'))).toEqual({
    QueueArn: arn('q'),
    VisibilityTimeout: '30',
    MaximumMessageSize: '1048576',
    MessageRetentionPeriod: '345600',
    DelaySeconds: '0',
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: 'true',
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    ApproximateNumberOfMessagesDelayed: '0',
    CreatedTimestamp: '1767225600',
    LastModifiedTimestamp: '1767225600',
  });
});

describe('creating it again', () => {
  test('with equal attributes gives the same queue', async () => {
    const url = await sqs.queue('q', { VisibilityTimeout: '10' });
    await sqs.send(url, 'kept');
    expect(await sqs.queue('q', { VisibilityTimeout: '10' })).toBe(url);
    expect(await sqs.queue('q')).toBe(url);
    expect(await sqs.bodies(url)).toEqual(['kept']);
  });

  test('with another value is refused', async () => {
    await sqs.queue('q', { VisibilityTimeout: '10' });
    await expect(sqs.queue('q', { VisibilityTimeout: '11' })).rejects.toMatchObject({
      code: 'QueueNameExists',
      message: 'A queue already exists with the same name and a different value for attribute VisibilityTimeout',
      fields: { queryErrorCode: 'QueueAlreadyExists' },
    });
  });
});

test.each([
  [{ VisibilityTimeout: '43201' }, 'InvalidAttributeValue', 'Invalid value for the parameter VisibilityTimeout.'],
  [{ DelaySeconds: '-1' }, 'InvalidAttributeValue', 'Invalid value for the parameter DelaySeconds.'],
  [{ MaximumMessageSize: '2000000' }, 'InvalidAttributeValue', 'Invalid value for the parameter MaximumMessageSize.'],
  [{ Nonsense: '1' }, 'InvalidAttributeName', 'Unknown Attribute Nonsense.'],
  [{ ContentBasedDeduplication: 'true' }, 'InvalidAttributeName', 'Unknown Attribute ContentBasedDeduplication.'],
  [{ Policy: 'no json' }, 'InvalidAttributeValue', 'Invalid value for the parameter Policy.'],
  [{ KmsDataKeyReusePeriodSeconds: '59' }, 'InvalidAttributeValue', /KmsDataKeyReusePeriodSeconds/],
  [
    { KmsMasterKeyId: 'alias/k', SqsManagedSseEnabled: 'true' },
    'InvalidAttributeValue',
    /You can use one type of server-side encryption \(SSE\) at one time/,
  ],
  [
    { RedrivePolicy: `{"deadLetterTargetArn":"${arn('none')}","maxReceiveCount":3}` },
    'InvalidParameterValueException',
    /for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist./,
  ],
  [{ RedrivePolicy: '{"maxReceiveCount":3}' }, 'InvalidParameterValueException', /deadLetterTargetArn/],
])('refuses %j', async (attributes, code, message) => {
  await expect(sqs.queue('q', attributes as unknown as Record<string, string>)).rejects.toMatchObject({
    code,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
});

test('a dead-letter queue is of the type of its source', async () => {
  await sqs.queue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 });
  await expect(sqs.queue('q.fifo', { RedrivePolicy })).rejects.toThrow('must be same type of queue');
});

test('a FIFO queue must say so, in its name and its attributes', async () => {
  await expect(sqs.run('CreateQueue', { QueueName: 'a.fifo' })).rejects.toThrow('Can only include alphanumeric');
  await expect(sqs.run('CreateQueue', { QueueName: 'a', Attributes: { FifoQueue: 'true' } })).rejects.toThrow(
    'must end with .fifo suffix',
  );
});

test('lists queues by prefix, page by page', async () => {
  for (const name of ['a1', 'a2', 'a3', 'b1']) await sqs.queue(name);
  const first = await sqs.run('ListQueues', { QueueNamePrefix: 'a', MaxResults: 2 });
  expect(first.QueueUrls.map((url: string) => url.slice(-2))).toEqual(['a1', 'a2']);
  const { QueueUrls, NextToken } = await sqs.run('ListQueues', {
    QueueNamePrefix: 'a',
    MaxResults: 2,
    NextToken: first.NextToken,
  });
  expect(QueueUrls.map((url: string) => url.slice(-2))).toEqual(['a3']);
  expect(NextToken).toBeUndefined();
  expect((await sqs.run('ListQueues', {})).QueueUrls).toHaveLength(4);
});

test('a deleted queue is gone with its messages', async () => {
  const url = await sqs.queue('q');
  await sqs.send(url, 'lost');
  await sqs.run('DeleteQueue', { QueueUrl: url });
  await expect(sqs.send(url, 'x')).rejects.toMatchObject({
    code: 'QueueDoesNotExist',
    message: 'The specified queue does not exist.',
    fields: { queryErrorCode: 'AWS.SimpleQueueService.NonExistentQueue' },
  });
  expect(await sqs.bodies(await sqs.queue('q'))).toEqual([]);
});

test('attributes can be changed and cleared', async () => {
  const dead = await sqs.queue('dead');
  const url = await sqs.queue('q');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 2 });
  await sqs.run('SetQueueAttributes', { QueueUrl: url, Attributes: { RedrivePolicy, VisibilityTimeout: '5' } });
  expect(await sqs.attributes(url)).toMatchObject({ RedrivePolicy, VisibilityTimeout: '5' });
  expect(await sqs.run('ListDeadLetterSourceQueues', { QueueUrl: dead })).toEqual({ queueUrls: [url] });
  await sqs.run('SetQueueAttributes', { QueueUrl: url, Attributes: { RedrivePolicy: '' } });
  expect(await sqs.attributes(url)).not.toHaveProperty('RedrivePolicy');
  expect(await sqs.run('ListDeadLetterSourceQueues', { QueueUrl: dead })).toEqual({ queueUrls: [] });
});

test('purges once a minute', async () => {
  const url = await sqs.queue('q');
  await sqs.send(url, 'a');
  await sqs.send(url, 'b', { DelaySeconds: 5 });
  await sqs.run('PurgeQueue', { QueueUrl: url });
  await sqs.clock.advance(10_000);
  expect(await sqs.bodies(url)).toEqual([]);
  await expect(sqs.run('PurgeQueue', { QueueUrl: url })).rejects.toMatchObject({ code: 'PurgeQueueInProgress' });
  await sqs.clock.advance(50_000);
  await sqs.run('PurgeQueue', { QueueUrl: url });
});

test('has tags', async () => {
  const url = await sqs.queue('q');
  await sqs.run('TagQueue', { QueueUrl: url, Tags: { a: '1', b: '2' } });
  await sqs.run('UntagQueue', { QueueUrl: url, TagKeys: ['a'] });
  expect(await sqs.run('ListQueueTags', { QueueUrl: url })).toEqual({ Tags: { b: '2' } });
});

test('permissions become statements of the policy, by their label', async () => {
  const url = await sqs.queue('q');
  await sqs.run('AddPermission', {
    QueueUrl: url,
    Label: 'l',
    AWSAccountIds: ['111111111111'],
    Actions: ['SendMessage'],
  });
  expect(JSON.parse((await sqs.attributes(url)).Policy as string).Statement).toEqual([
    {
      Sid: 'l',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111111111111:root' },
      Action: ['SQS:SendMessage'],
      Resource: arn('q'),
    },
  ]);
  await sqs.run('RemovePermission', { QueueUrl: url, Label: 'l' });
  expect(await sqs.attributes(url)).not.toHaveProperty('Policy');
});

test('what is not honoured is refused by name', async () => {
  const url = await sqs.queue('q');
  const MessageAttributes = { a: { DataType: 'String', StringValue: 'v', StringListValues: ['x'] } };
  await expect(sqs.run('SendMessage', { QueueUrl: url, MessageBody: 'm', MessageAttributes })).rejects.toMatchObject({
    status: 501,
    message: expect.stringContaining('sqs: the message attribute a: StringListValues'),
  });
});

test('the throughput limit per group goes with deduplication per group only', async () => {
  await expect(sqs.queue('q.fifo', { FifoThroughputLimit: 'perMessageGroupId' })).rejects.toMatchObject({
    code: 'InvalidAttributeValue',
  });
  const both = { FifoThroughputLimit: 'perMessageGroupId', DeduplicationScope: 'messageGroup' };
  expect(await sqs.attributes(await sqs.queue('q.fifo', both))).toMatchObject(both);
});

test('a permission names at most seven actions', async () => {
  const QueueUrl = await sqs.queue('q');
  const Actions = Array.from({ length: 8 }, () => 'SendMessage');
  await expect(
    sqs.run('AddPermission', { QueueUrl, Label: 'l', AWSAccountIds: ['111111111111'], Actions }),
  ).rejects.toMatchObject({ code: 'OverLimit', message: '8 Actions were found, maximum allowed is 7.' });
});
