import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { Clock } from '../../../localstack/cloud/core/clock';

let cloud: Cloud;
let client: SQSClient;
beforeAll(async () => {
  cloud = await startCloud({ port: 0, clock: new Clock({ manual: true, startAt: Date.UTC(2026, 0, 1) }) });
  client = new SQSClient({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

const queue = async (QueueName: string, Attributes: Record<string, string> = {}): Promise<string> =>
  (await client.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl as string;

test('the SDK sends and receives, and finds the digests right', async () => {
  const QueueUrl = await queue('wire');
  expect(QueueUrl).toBe(`${cloud.endpoint}/000000000000/wire`);
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'ü' },
    bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 128, 255) },
  };
  // The SDK throws when a digest in the answer does not fit the body.
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello ü', MessageAttributes }));
  const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: `body ${Id}` }));
  await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    }),
  );
  expect(Messages.map(({ Body }) => Body)).toEqual(['hello ü', 'body a', 'body b']);
  expect(Messages[0]?.MessageAttributes?.bytes?.BinaryValue).toEqual(Uint8Array.of(0, 128, 255));
  for (const { ReceiptHandle } of Messages) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
  });
});

test('a long poll over the wire ends with the message', async () => {
  const QueueUrl = await queue('poll');
  const waiting = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'at last' }));
  expect((await waiting).Messages?.[0]?.Body).toBe('at last');
});

test('errors have the names that the SDK knows and the older codes beside them', async () => {
  const missing = client.send(
    new SendMessageCommand({ QueueUrl: `${cloud.endpoint}/000000000000/missing`, MessageBody: 'x' }),
  );
  await expect(missing).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
    Code: 'AWS.SimpleQueueService.NonExistentQueue',
    message: 'The specified queue does not exist.',
  });
  const QueueUrl = await queue('errors');
  const Attributes = { VisibilityTimeout: 'x' };
  await expect(client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))).rejects.toMatchObject({
    name: 'InvalidAttributeValue',
  });
});
