import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { arn, SqsUnderTest } from './sqs-under-test';

let sqs: SqsUnderTest;
let url: string;
beforeEach(async () => {
  sqs = new SqsUnderTest();
  url = await sqs.queue('q');
});
afterEach(() => sqs.stop());

test('a message comes with its digests and all that it was sent with', async () => {
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'räksmörgås' },
    number: { DataType: 'Number.int', StringValue: '5' },
    bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]).toString('base64') },
  };
  const sent = await sqs.run('SendMessage', { QueueUrl: url, MessageBody: 'hello', MessageAttributes });
  expect(sent).toMatchObject({
    MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592',
    // As another implementation of AWS's formula gives it.
    MD5OfMessageAttributes: '503d84cfe9cbeb61f18315a4590d787d',
  });
  const [message] = await sqs.receive(url, { MessageAttributeNames: ['All'] });
  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: 'hello',
    MD5OfBody: sent.MD5OfMessageBody,
    MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    MessageAttributes,
    Attributes: {
      SentTimestamp: '1767225600000',
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: '1767225600000',
    },
  });
});

test('only the attributes that are asked for come', async () => {
  const value = { DataType: 'String', StringValue: 'v' };
  await sqs.send(url, 'm', { MessageAttributes: { 'a.x': value, 'a.y': value, b: value } });
  const [message] = await sqs.receive(url, { AttributeNames: ['SentTimestamp'], MessageAttributeNames: ['a.*'] });
  expect(Object.keys(message.Attributes)).toEqual(['SentTimestamp']);
  expect(Object.keys(message.MessageAttributes)).toEqual(['a.x', 'a.y']);
});

test('a received message is hidden for the visibility timeout, then comes again', async () => {
  await sqs.send(url, 'm');
  const [first] = await sqs.receive(url);
  expect(await sqs.bodies(url)).toEqual([]);
  await sqs.clock.advance(29_999);
  expect(await sqs.bodies(url)).toEqual([]);
  await sqs.clock.advance(1);
  const [second] = await sqs.receive(url);
  expect(second.MessageId).toBe(first.MessageId);
  expect(second.Attributes.ApproximateReceiveCount).toBe('2');
  expect(second.ReceiptHandle).not.toBe(first.ReceiptHandle);
});

describe('a receipt handle', () => {
  test('deletes', async () => {
    await sqs.send(url, 'm');
    const [{ ReceiptHandle }] = (await sqs.receive(url)) as [{ ReceiptHandle: string }];
    await sqs.run('DeleteMessage', { QueueUrl: url, ReceiptHandle });
    await sqs.run('DeleteMessage', { QueueUrl: url, ReceiptHandle });
    await sqs.clock.advance(60_000);
    expect(await sqs.bodies(url)).toEqual([]);
  });

  test('does nothing once the message was received again', async () => {
    await sqs.send(url, 'm');
    const [{ ReceiptHandle }] = (await sqs.receive(url, { VisibilityTimeout: 0 })) as [{ ReceiptHandle: string }];
    await sqs.receive(url, { VisibilityTimeout: 1 });
    await sqs.run('DeleteMessage', { QueueUrl: url, ReceiptHandle });
    await sqs.clock.advance(1_000);
    expect(await sqs.bodies(url)).toEqual(['m']);
  });

  test('of another queue is none', async () => {
    const other = await sqs.queue('other');
    await sqs.send(url, 'm');
    const [{ ReceiptHandle }] = (await sqs.receive(url)) as [{ ReceiptHandle: string }];
    for (const handle of [ReceiptHandle, 'nonsense']) {
      await expect(sqs.run('DeleteMessage', { QueueUrl: other, ReceiptHandle: handle })).rejects.toMatchObject({
        code: 'ReceiptHandleIsInvalid',
      });
    }
  });
});

test('the visibility timeout of a message can be changed while it is in flight', async () => {
  await sqs.send(url, 'm');
  const [{ ReceiptHandle }] = (await sqs.receive(url)) as [{ ReceiptHandle: string }];
  const change = (VisibilityTimeout: number) =>
    sqs.run('ChangeMessageVisibility', { QueueUrl: url, ReceiptHandle, VisibilityTimeout });
  await change(100);
  await sqs.clock.advance(99_000);
  expect(await sqs.bodies(url)).toEqual([]);
  await change(0);
  await expect(change(10)).rejects.toMatchObject({ code: 'MessageNotInflight' });
  expect(await sqs.bodies(url)).toEqual(['m']);
});

test('a message stays in flight for twelve hours after its receive at most', async () => {
  await sqs.send(url, 'm');
  await sqs.clock.advance(3_600_000);
  const [{ ReceiptHandle }] = (await sqs.receive(url, { VisibilityTimeout: 7_200 })) as [{ ReceiptHandle: string }];
  const change = (VisibilityTimeout: number) =>
    sqs.run('ChangeMessageVisibility', { QueueUrl: url, ReceiptHandle, VisibilityTimeout });
  await sqs.clock.advance(3_600_000);
  await expect(change(39_601)).rejects.toThrow(
    'Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
  );
  await change(39_600);
});

test('a delay, of the queue or of the message, holds messages back', async () => {
  const delayed = await sqs.queue('delayed', { DelaySeconds: '10' });
  await sqs.send(delayed, 'queue');
  await sqs.send(delayed, 'at once', { DelaySeconds: 0 });
  await sqs.send(delayed, 'message', { DelaySeconds: 20 });
  expect(await sqs.attributes(delayed)).toMatchObject({
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesDelayed: '2',
  });
  expect(await sqs.bodies(delayed)).toEqual(['at once']);
  await sqs.clock.advance(10_000);
  expect(await sqs.bodies(delayed)).toEqual(['queue']);
  await sqs.clock.advance(10_000);
  expect(await sqs.bodies(delayed)).toEqual(['message']);
});

test('messages that are older than the retention period are gone', async () => {
  const short = await sqs.queue('short', { MessageRetentionPeriod: '60' });
  await sqs.send(short, 'old');
  await sqs.clock.advance(30_000);
  await sqs.send(short, 'new');
  await sqs.clock.advance(30_000);
  expect(await sqs.attributes(short)).toMatchObject({ ApproximateNumberOfMessages: '1' });
  expect(await sqs.bodies(short)).toEqual(['new']);
});

describe('a long poll', () => {
  test('ends with the first message', async () => {
    const waiting = sqs.bodies(url, { WaitTimeSeconds: 20 });
    await sqs.clock.advance(5_000);
    await sqs.send(url, 'm');
    expect(await waiting).toEqual(['m']);
    expect(sqs.clock.pending().map(({ label }) => label)).toEqual(['sqs: a message of q becomes visible']);
  });

  test("ends with nothing when its time is over, by default the queue's", async () => {
    const slow = await sqs.queue('slow', { ReceiveMessageWaitTimeSeconds: '7' });
    const waiting = sqs.bodies(slow);
    await sqs.clock.advance(7_000);
    expect(await waiting).toEqual([]);
    expect(sqs.clock.pending()).toEqual([]);
  });

  test('ends when a message becomes visible again', async () => {
    await sqs.send(url, 'm');
    await sqs.receive(url, { VisibilityTimeout: 3 });
    const waiting = sqs.bodies(url, { WaitTimeSeconds: 20 });
    await sqs.clock.advance(3_000);
    expect(await waiting).toEqual(['m']);
  });

  test('gives each message to one of those who wait', async () => {
    const waiting = [1, 2].map(() => sqs.bodies(url, { WaitTimeSeconds: 20, MaxNumberOfMessages: 1 }));
    await sqs.send(url, 'a');
    await sqs.send(url, 'b');
    expect(await Promise.all(waiting)).toEqual([['a'], ['b']]);
  });
});

describe('a redrive policy', () => {
  let dead: string;
  let source: string;
  beforeEach(async () => {
    dead = await sqs.queue('dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 2 });
    source = await sqs.queue('source', { RedrivePolicy });
  });

  test('moves what was received too often to the dead-letter queue', async () => {
    const id = await sqs.send(source, 'poison');
    for (const count of ['1', '2']) {
      const [message] = await sqs.receive(source, { VisibilityTimeout: 0 });
      expect(message.Attributes.ApproximateReceiveCount).toBe(count);
    }
    await sqs.clock.advance(1_000);
    expect(await sqs.bodies(source)).toEqual([]);
    const [letter] = await sqs.receive(dead);
    expect(letter).toMatchObject({
      MessageId: id,
      Body: 'poison',
      Attributes: { DeadLetterQueueSourceArn: arn('source'), SentTimestamp: '1767225600000' },
    });
  });

  test('leaves it where it is when the dead-letter queue does not allow that', async () => {
    const RedriveAllowPolicy = JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [arn('another')] });
    await sqs.run('SetQueueAttributes', { QueueUrl: dead, Attributes: { RedriveAllowPolicy } });
    await sqs.send(source, 'poison');
    for (let count = 0; count < 4; count++) {
      expect(await sqs.bodies(source, { VisibilityTimeout: 0 })).toEqual(['poison']);
    }
  });
});

describe('refuses', () => {
  test.each([
    [{ MessageBody: '' }, 'MissingRequiredParameterException', 'The request must contain the parameter MessageBody.'],
    [{ MessageBody: '\u0000' }, 'InvalidMessageContents', /Invalid characters found/],
    [{ MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValueException', /must be shorter than 1048576 bytes/],
    [{ MessageBody: 'x', DelaySeconds: 901 }, 'InvalidParameterValueException', /DelaySeconds must be >= 0 and <= 900/],
    [
      { MessageBody: 'x', MessageDeduplicationId: 'd' },
      'InvalidParameterValueException',
      /not valid for this queue type/,
    ],
    [
      { MessageBody: 'x', MessageAttributes: { a: { DataType: 'Text', StringValue: 'v' } } },
      'InvalidParameterValueException',
      /supported type prefixes: Binary, Number, String/,
    ],
    [
      { MessageBody: 'x', MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
      'InvalidParameterValueException',
      /must contain a non-empty message attribute value/,
    ],
  ])('%j', async (input, code, message) => {
    await expect(sqs.run('SendMessage', { QueueUrl: url, ...input })).rejects.toMatchObject({
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  test.each([
    [{ MaxNumberOfMessages: 11 }, /Must be between 1 and 10, if provided/],
    [{ WaitTimeSeconds: 21 }, /Must be >= 0 and <= 20, if provided/],
    [{ AttributeNames: ['Nope'] }, /Unknown Attribute Nope/],
  ])('to receive with %j', async (input, message) => {
    await expect(sqs.receive(url, input)).rejects.toThrow(message);
  });
});

describe('a batch', () => {
  const entry = (Id: string, more: object = {}) => ({ Id, MessageBody: Id, ...more });

  test('reports each entry', async () => {
    const { Successful, Failed } = await sqs.run('SendMessageBatch', {
      QueueUrl: url,
      Entries: [entry('a'), entry('b', { DelaySeconds: 901 }), entry('c')],
    });
    expect(Successful.map(({ Id }: { Id: string }) => Id)).toEqual(['a', 'c']);
    expect(Failed).toEqual([
      {
        Id: 'b',
        SenderFault: true,
        Code: 'InvalidParameterValue',
        Message: 'Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
      },
    ]);
    expect(await sqs.bodies(url)).toEqual(['a', 'c']);
  });

  test.each([
    [[], 'EmptyBatchRequest'],
    [Array.from({ length: 11 }, (_, i) => entry(`e${i}`)), 'TooManyEntriesInBatchRequest'],
    [[entry('a'), entry('a')], 'BatchEntryIdsNotDistinct'],
    [[entry('a b')], 'InvalidBatchEntryId'],
    [
      [entry('a', { MessageBody: 'x'.repeat(600_000) }), entry('b', { MessageBody: 'x'.repeat(600_000) })],
      'BatchRequestTooLong',
    ],
  ])('is refused whole for %j', async (Entries, code) => {
    await expect(sqs.run('SendMessageBatch', { QueueUrl: url, Entries })).rejects.toMatchObject({
      code,
      fields: { queryErrorCode: `AWS.SimpleQueueService.${code}` },
    });
  });

  test('may be larger than one message of the queue', async () => {
    const small = await sqs.queue('small', { MaximumMessageSize: '1024' });
    const Entries = [entry('a', { MessageBody: 'x'.repeat(1_000) }), entry('b', { MessageBody: 'x'.repeat(1_025) })];
    const { Successful, Failed } = await sqs.run('SendMessageBatch', {
      QueueUrl: small,
      Entries: [...Entries, entry('c', { MessageAttributes: { a: { StringValue: 'no type' } } })],
    });
    expect(Successful.map(({ Id }: { Id: string }) => Id)).toEqual(['a']);
    expect(Failed.map(({ Id, Code }: { Id: string; Code: string }) => [Id, Code])).toEqual([
      ['b', 'InvalidParameterValue'],
      ['c', 'InvalidParameterValue'],
    ]);
  });

  test('deletes and changes visibility', async () => {
    await sqs.run('SendMessageBatch', { QueueUrl: url, Entries: [entry('a'), entry('b'), entry('c')] });
    const [a, b, c] = (await sqs.receive(url)).map(({ ReceiptHandle }) => ReceiptHandle);
    expect(
      await sqs.run('DeleteMessageBatch', {
        QueueUrl: url,
        Entries: [
          { Id: 'a', ReceiptHandle: a },
          { Id: 'x', ReceiptHandle: 'x' },
        ],
      }),
    ).toMatchObject({ Successful: [{ Id: 'a' }], Failed: [{ Id: 'x', Code: 'ReceiptHandleIsInvalid' }] });
    await sqs.run('ChangeMessageVisibilityBatch', {
      QueueUrl: url,
      Entries: [
        { Id: 'b', ReceiptHandle: b, VisibilityTimeout: 0 },
        { Id: 'c', ReceiptHandle: c, VisibilityTimeout: 60 },
      ],
    });
    expect(await sqs.bodies(url)).toEqual(['b']);
  });
});

test('everything is there after a restart: what waits, what is in flight, how often it was received', async () => {
  await sqs.send(url, 'waits');
  await sqs.send(url, 'delayed', { DelaySeconds: 10 });
  await sqs.send(url, 'gone');
  const [first, second] = await sqs.receive(url, { VisibilityTimeout: 20 });
  await sqs.run('DeleteMessage', { QueueUrl: url, ReceiptHandle: second.ReceiptHandle });
  await sqs.restart();
  expect(await sqs.bodies(url)).toEqual([]);
  await sqs.clock.advance(10_000);
  expect(await sqs.bodies(url)).toEqual(['delayed']);
  await sqs.clock.advance(10_000);
  const [again] = await sqs.receive(url);
  expect(again).toMatchObject({ MessageId: first.MessageId, Attributes: { ApproximateReceiveCount: '2' } });
  await sqs.run('DeleteMessage', { QueueUrl: url, ReceiptHandle: again.ReceiptHandle });
});
