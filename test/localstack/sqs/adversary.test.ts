import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FaultRule } from '../../../localstack/cloud/core/faults';
import { arn, SqsUnderTest } from './sqs-under-test';

let sqs: SqsUnderTest;
let url: string;
beforeEach(async () => {
  sqs = new SqsUnderTest();
  url = await sqs.queue('q');
});
afterEach(() => sqs.stop());

const plan = (rule: Omit<FaultRule, 'service'>, seed = 1) =>
  sqs.faults.plan({ seed, rules: [{ service: 'sqs', ...rule }] });
const remove = (ReceiptHandle: string, QueueUrl = url) => sqs.run('DeleteMessage', { QueueUrl, ReceiptHandle });

describe('a duplicate', () => {
  test('comes once more although it was received and deleted, and only once', async () => {
    plan({ fault: 'duplicate', operation: 'Receive', target: 'q' });
    await sqs.send(url, 'm');
    const [first] = await sqs.receive(url);
    await remove(first.ReceiptHandle);
    const [second] = await sqs.receive(url);
    expect(second).toMatchObject({ MessageId: first.MessageId, Attributes: { ApproximateReceiveCount: '2' } });
    expect(await sqs.bodies(url)).toEqual([]);
    await remove(second.ReceiptHandle);
    await sqs.clock.advance(60_000);
    expect(await sqs.bodies(url)).toEqual([]);
  });

  test('is not in the same receive', async () => {
    plan({ fault: 'duplicate', operation: 'Receive' });
    await sqs.send(url, 'a');
    await sqs.send(url, 'b');
    expect(await sqs.bodies(url)).toEqual(['a', 'b']);
    expect(await sqs.bodies(url)).toEqual(['a', 'b']);
    expect(await sqs.bodies(url)).toEqual([]);
  });

  test('wakes pollers and survives a restart', async () => {
    plan({ fault: 'duplicate', operation: 'Receive', caller: 'lambda' });
    await sqs.send(url, 'm');
    const bodies: string[] = [];
    sqs.peer.onMessage(arn('q'), () => {
      for (const { body, receiptHandle } of sqs.peer.receive(arn('q'), 10)) {
        bodies.push(body);
        sqs.peer.delete(arn('q'), receiptHandle);
      }
    });
    await sqs.clock.advance(0);
    expect(bodies).toEqual(['m', 'm']);
    await sqs.send(url, 'n');
    await sqs.restart();
    expect(await sqs.bodies(url)).toEqual(['n']);
  });

  test('never happens in a FIFO queue', async () => {
    plan({ fault: 'duplicate', operation: 'Receive' });
    const fifo = await sqs.queue('q.fifo', { ContentBasedDeduplication: 'true' });
    await sqs.send(fifo, 'm', { MessageGroupId: 'g' });
    const [message] = await sqs.receive(fifo);
    await remove(message.ReceiptHandle, fifo);
    expect(await sqs.bodies(fifo)).toEqual([]);
    expect(sqs.faults.report().rules[0]?.seen).toBe(0);
  });
});

describe('reordering', () => {
  const shuffled = async (seed: number) => {
    const QueueUrl = await sqs.queue(`seed-${seed}`);
    const sent = Array.from({ length: 20 }, (_, n) => `${n}`);
    for (const body of sent) await sqs.send(QueueUrl, body);
    plan({ fault: 'reorder', operation: 'Receive' }, seed);
    const received = [...(await sqs.bodies(QueueUrl)), ...(await sqs.bodies(QueueUrl))];
    expect([...received].sort()).toEqual([...sent].sort());
    await sqs.run('DeleteQueue', { QueueUrl });
    return received;
  };

  test('loses nothing, and repeats with the seed', async () => {
    const [one, other] = [await shuffled(1), await shuffled(2)];
    expect(one.map(Number)).not.toEqual([...one.map(Number)].sort((a, b) => a - b));
    expect(one).not.toEqual(other);
    expect(await shuffled(1)).toEqual(one);
  });

  test('leaves FIFO queues in order', async () => {
    plan({ fault: 'reorder', operation: 'Receive' });
    const fifo = await sqs.queue('q.fifo', { ContentBasedDeduplication: 'true' });
    for (const body of ['1', '2', '3']) await sqs.send(fifo, body, { MessageGroupId: 'g' });
    expect(await sqs.bodies(fifo)).toEqual(['1', '2', '3']);
  });
});

describe('entries of a batch', () => {
  const send = () =>
    sqs.run('SendMessageBatch', {
      QueueUrl: url,
      Entries: ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: Id })),
    });

  test.each([
    [
      { fault: 'throttle' as const },
      { SenderFault: true, Code: 'RequestThrottled', Message: 'The request was denied due to request throttling.' },
    ],
    [
      { fault: 'error' as const },
      { SenderFault: false, Code: 'InternalError', Message: 'We encountered an internal error. Please try again.' },
    ],
    [
      { fault: 'error' as const, code: 'Mine', message: 'as I like it' },
      { SenderFault: true, Code: 'Mine', Message: 'as I like it' },
    ],
  ])('fail one by one with %j', async (rule, failure) => {
    plan({ ...rule, operation: 'SendMessageBatch.Entry', target: 'q', caller: 'root', skip: 1, times: 1 });
    const { Successful, Failed } = await send();
    expect(Successful.map(({ Id }: { Id: string }) => Id)).toEqual(['a', 'c']);
    expect(Failed).toEqual([{ Id: 'b', ...failure }]);
    expect(await sqs.bodies(url)).toEqual(['a', 'c']);
  });
});

test.each([
  ['throttle' as const, undefined, { code: 'RequestThrottled', status: 400 }],
  ['error' as const, undefined, { code: 'InternalFailure', status: 500 }],
  ['error' as const, 'OverLimit', { code: 'OverLimit', status: 400 }],
  ['error' as const, 'Nobody knows', undefined],
])('a call fails on purpose (%s, %s) as SQS fails', (kind, code, failure) => {
  const error = sqs.service.failure?.(kind, 'SendMessage', {}, code);
  if (failure) expect(error).toMatchObject(failure);
  else expect(error).toBeUndefined();
});

describe('after a reset', () => {
  test('queues are there and empty, and nothing of before happens', async () => {
    const dead = await sqs.queue('dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 });
    const source = await sqs.queue('source', { RedrivePolicy });
    const fifo = await sqs.queue('q.fifo', { ContentBasedDeduplication: 'true' });
    const before = await sqs.send(fifo, 'm', { MessageGroupId: 'g' });
    await sqs.receive(fifo, { ReceiveRequestAttemptId: 'try' });
    await sqs.send(url, 'later', { DelaySeconds: 10 });
    for (const body of ['x', 'y']) await sqs.send(source, body);
    await sqs.receive(source, { VisibilityTimeout: 0 });
    await sqs.receive(source);
    await sqs.run('StartMessageMoveTask', { SourceArn: arn('dead'), MaxNumberOfMessagesPerSecond: 1 });
    const waiting = sqs.bodies(dead, { WaitTimeSeconds: 20, MaxNumberOfMessages: 1 });

    await sqs.reset();

    expect(sqs.clock.pending()).toEqual([]);
    expect((await waiting).length).toBeLessThanOrEqual(1);
    for (const QueueUrl of [url, dead, source, fifo]) {
      expect(await sqs.attributes(QueueUrl)).toMatchObject({
        ApproximateNumberOfMessages: '0',
        ApproximateNumberOfMessagesNotVisible: '0',
        ApproximateNumberOfMessagesDelayed: '0',
      });
    }
    expect((await sqs.run('ListMessageMoveTasks', { SourceArn: arn('dead') })).Results).toEqual([]);
    expect(await sqs.send(fifo, 'm', { MessageGroupId: 'g' })).not.toBe(before);
    expect(await sqs.bodies(fifo, { ReceiveRequestAttemptId: 'try' })).toEqual(['m']);
  });

  test('a long poll that waited has ended with nothing', async () => {
    const waiting = sqs.bodies(url, { WaitTimeSeconds: 20 });
    await sqs.reset();
    expect(await waiting).toEqual([]);
  });
});
