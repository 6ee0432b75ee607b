import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { queueArn, SnsCloud, topicArn } from './sns-cloud';

let cloud: SnsCloud;
beforeAll(async () => {
  cloud = await SnsCloud.start();
  for (const name of ['orders', 'raw', 'structured', 'batches', 'orders.fifo']) await cloud.topic(name);
});
afterAll(() => cloud.stop());

const RAW = { RawMessageDelivery: 'true' };
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

test('a queue gets the notification of a message', async () => {
  const subscription = await cloud.subscribe('orders', 'enveloped');
  const MessageAttributes = { kind: text('placed'), total: { DataType: 'Number', StringValue: '12.5' } };
  const { MessageId } = await cloud.publish('orders', 'order-1', { Subject: 'An order', MessageAttributes });
  const [body] = await cloud.bodies('enveloped');
  expect(JSON.parse(body!)).toEqual({
    Type: 'Notification',
    MessageId,
    TopicArn: topicArn('orders'),
    Subject: 'An order',
    Message: 'order-1',
    Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    SignatureVersion: '1',
    Signature: expect.any(String),
    SigningCertURL: expect.stringContaining('https://sns.us-east-1.amazonaws.com/'),
    UnsubscribeURL: expect.stringContaining(`SubscriptionArn=${subscription}`),
    MessageAttributes: {
      kind: { Type: 'String', Value: 'placed' },
      total: { Type: 'Number', Value: '12.5' },
    },
  });
});

test('raw delivery hands on the bare text, and the attributes as those of the queue', async () => {
  await cloud.subscribe('raw', 'bare', RAW);
  const bytes = { DataType: 'Binary', BinaryValue: Buffer.from('bytes').toString('base64') };
  await cloud.publish('raw', 'order-1', { MessageAttributes: { kind: text('placed'), bytes } });
  const [message] = await cloud.take('bare');
  expect(message.Body).toBe('order-1');
  expect(message.MessageAttributes).toEqual({ kind: text('placed'), bytes });
});

test('every protocol may have a text of its own', async () => {
  await cloud.subscribe('structured', 'own-text', RAW);
  const MessageStructure = 'json';
  await cloud.publish('structured', JSON.stringify({ default: 'd', sqs: 's', email: 'e' }), { MessageStructure });
  await cloud.publish('structured', JSON.stringify({ default: 'd', email: 'e' }), { MessageStructure });
  expect((await cloud.bodies('own-text')).sort()).toEqual(['d', 's']);
  await expect(cloud.publish('structured', '{"sqs":"s"}', { MessageStructure })).rejects.toThrow(
    'Invalid parameter: Message Structure - No default entry in JSON message body',
  );
  await expect(cloud.publish('structured', 'no JSON', { MessageStructure })).rejects.toThrow(
    'Invalid parameter: Message Structure - JSON message body failed to parse',
  );
});

test('a batch fails entry by entry, and as a whole when it is no batch', async () => {
  await cloud.subscribe('batches', 'batched', RAW);
  const batch = (...PublishBatchRequestEntries: object[]) =>
    cloud.sns('PublishBatch', { TopicArn: topicArn('batches'), PublishBatchRequestEntries });
  const good = { Id: 'good', Message: 'good', MessageAttributes: { kind: text('placed') } };
  expect(await batch(good, { Id: 'bad', Message: 'bad', MessageDeduplicationId: '1' })).toMatchObject({
    Successful: [{ Id: 'good', MessageId: expect.any(String) }],
    Failed: [{ Id: 'bad', Code: 'InvalidParameter', SenderFault: true }],
  });
  expect(await cloud.bodies('batched')).toEqual(['good']);
  await expect(batch()).rejects.toMatchObject({ code: 'EmptyBatchRequest' });
  await expect(batch(good, good)).rejects.toMatchObject({ code: 'BatchEntryIdsNotDistinct' });
  await expect(batch({ ...good, Id: 'no id' })).rejects.toMatchObject({ code: 'InvalidBatchEntryId' });
  const eleven = Array.from({ length: 11 }, (_, at) => ({ Id: `e${at}`, Message: 'm' }));
  await expect(batch(...eleven)).rejects.toMatchObject({ code: 'TooManyEntriesInBatchRequest' });
  const half = 'x'.repeat(131_073);
  const tooLong = batch({ Id: 'a', Message: half }, { Id: 'b', Message: half });
  await expect(tooLong).rejects.toMatchObject({ code: 'BatchRequestTooLong' });
  expect(await cloud.bodies('batched')).toEqual([]);
});

const ATTRIBUTE = 'ParameterValueInvalid';
const PARAMETER = 'InvalidParameter';
const attribute = (StringValue: string, DataType = 'String') => ({
  MessageAttributes: { a: { DataType, StringValue } },
});
const toFifo = { TopicArn: topicArn('orders.fifo') };

test.each<[string, object, string, string]>([
  ['no message', { Message: '' }, PARAMETER, 'Invalid parameter: Empty message'],
  ['a long message', { Message: 'x'.repeat(262_145) }, PARAMETER, 'Invalid parameter: Message too long'],
  ['a subject of two lines', { Subject: 'two\nlines' }, PARAMETER, 'Invalid parameter: Subject'],
  ['a long subject', { Subject: 'x'.repeat(100) }, PARAMETER, 'Invalid parameter: Subject'],
  ['an attribute without a value', attribute(''), ATTRIBUTE, 'must contain non-empty'],
  ['an attribute of no type', attribute('t', 'Text'), ATTRIBUTE, 'invalid message attribute type'],
  ['a number that is none', attribute('t', 'Number'), ATTRIBUTE, 'value to number'],
  ['an array that is none', attribute('{}', 'String.Array'), ATTRIBUTE, 'must be a JSON array'],
  ['a name of AWS', { MessageAttributes: { 'AWS.a': text('t') } }, ATTRIBUTE, 'Invalid message attribute name'],
  ['a phone number', { PhoneNumber: '+15550100' }, 'NotImplemented', 'sns:Publish: PhoneNumber'],
  ['no ARN', { TopicArn: 'orders' }, PARAMETER, 'TopicArn Reason: An ARN must have at least 6 elements, not 1'],
  ['a topic that is not there', { TopicArn: topicArn('none') }, 'NotFound', 'Topic does not exist'],
  ['a FIFO topic without a group', toFifo, PARAMETER, 'The MessageGroupId parameter is required for FIFO topics'],
  [
    'a FIFO topic without deduplication',
    { ...toFifo, MessageGroupId: 'g' },
    PARAMETER,
    'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  ],
])('Publish refuses %s', async (_what, input, code, reason) => {
  const refused = cloud.publish('orders', 'm', input);
  await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(reason) });
});

test('a subscription that is over gets nothing', async () => {
  await cloud.topic('over');
  const SubscriptionArn = await cloud.subscribe('over', 'was-subscribed', RAW);
  await cloud.sns('Unsubscribe', { SubscriptionArn });
  await cloud.publish('over', 'm');
  expect(await cloud.bodies('was-subscribed')).toEqual([]);
  expect(await cloud.sns('ListSubscriptionsByTopic', { TopicArn: topicArn('over') })).toEqual({ Subscriptions: [] });
});

test('a queue that does not let the topic send gets nothing', async () => {
  await cloud.topic('unwelcome');
  await cloud.queue('other-topics-only', 'another-topic');
  const Endpoint = queueArn('other-topics-only');
  await cloud.sns('Subscribe', { TopicArn: topicArn('unwelcome'), Protocol: 'sqs', Endpoint });
  await cloud.publish('unwelcome', 'order-2');
  expect(await cloud.bodies('other-topics-only')).toEqual([]);
  const hops = cloud.cloud.controls.trace.find('order-2');
  expect(hops).toMatchObject([{ service: 'sns', operation: 'Deliver', target: Endpoint, outcome: 'AccessDenied' }]);
});
