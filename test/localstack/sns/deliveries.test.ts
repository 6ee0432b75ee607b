import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { FaultRule } from '../../../localstack/cloud/core/faults';
import { waitBefore } from '../../../localstack/cloud/services/sns/retries';
import { mayBeSentBy, queueArn, SnsCloud, topicArn } from './sns-cloud';

let dir: string;
let cloud: SnsCloud;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sns-'));
  cloud = await SnsCloud.start({ dir, startAt: Date.UTC(2026, 0) });
});
afterEach(async () => {
  await cloud.stop();
  rmSync(dir, { recursive: true });
});

const RAW = { RawMessageDelivery: 'true' };
const deadLetters = (queue: string) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn(queue) }),
});
const deliver = (fault: FaultRule['fault'], rest: Partial<FaultRule> = {}) =>
  cloud.cloud.controls.faults.plan({ seed: 1, rules: [{ service: 'sns', operation: 'Deliver', fault, ...rest }] });
const advance = (ms: number) => cloud.cloud.controls.advance(ms);
const tries = (value: string) =>
  cloud.cloud.controls.trace.find(value).filter(({ operation }) => operation === 'Deliver').length;

async function restart(): Promise<void> {
  const startAt = cloud.cloud.controls.clock.now();
  await cloud.stop();
  cloud = await SnsCloud.start({ dir, startAt });
}

test('retries come as AWS has them: 3 at once, 2 a second apart, 10 backing off, 100,000 twenty seconds apart', () => {
  const waits = Array.from({ length: 16 }, (_, at) => waitBefore(at + 1)! / 1_000);
  expect(waits).toEqual([0, 0, 0, 1, 1, 1, 2, 4, 8, 16, 20, 20, 20, 20, 20, 20]);
  expect(waitBefore(100_015)).toBe(20_000);
  expect(waitBefore(100_016)).toBeUndefined();
});

describe('an endpoint that fails', () => {
  beforeEach(async () => {
    await cloud.topic('t');
    await cloud.subscribe('t', 'q', RAW);
  });

  test('is tried again until it has the message', async () => {
    deliver('error', { times: 6 });
    await cloud.publish('t', 'order-1');
    await cloud.cloud.idle();
    // At once, and three more times without delay.
    expect(tries('order-1')).toBe(4);
    expect(await cloud.bodies('q')).toEqual([]);
    await advance(1_000);
    expect(tries('order-1')).toBe(5);
    await advance(2_000);
    expect(await cloud.bodies('q')).toEqual(['order-1']);
    expect(tries('order-1')).toBe(7);
  });

  test('is not forgotten when the cloud starts again', async () => {
    deliver('throttle');
    await cloud.publish('t', 'order-1');
    await cloud.cloud.idle();
    await restart();
    expect(await cloud.bodies('q')).toEqual([]);
    await advance(1_000);
    expect(await cloud.bodies('q')).toEqual(['order-1']);
  });

  test('of a subscription that is over is not tried again', async () => {
    deliver('error', { times: 4 });
    await cloud.publish('t', 'order-1');
    await cloud.cloud.idle();
    const { Subscriptions } = await cloud.sns('ListSubscriptionsByTopic', { TopicArn: topicArn('t') });
    await cloud.sns('Unsubscribe', { SubscriptionArn: Subscriptions[0].SubscriptionArn });
    await advance(60_000);
    expect(await cloud.bodies('q')).toEqual([]);
    expect(tries('order-1')).toBe(4);
  });
});

describe('an endpoint that refuses', () => {
  test('is not tried again: the message goes to the dead-letter queue', async () => {
    await cloud.topic('t');
    await cloud.queue('dead', 't');
    const Attributes = { ...RAW, ...deadLetters('dead') };
    await cloud.sns('Subscribe', { TopicArn: topicArn('t'), Protocol: 'sqs', Endpoint: queueArn('gone'), Attributes });
    const MessageAttributes = { a: { DataType: 'String', StringValue: 'b' } };
    await cloud.publish('t', 'order-1', { MessageAttributes });
    const [letter] = await cloud.take('dead');
    expect(letter).toMatchObject({ Body: 'order-1', MessageAttributes });
    const hops = cloud.cloud.controls.trace.find('order-1');
    expect(hops).toMatchObject([
      {
        service: 'sns',
        operation: 'Deliver',
        target: queueArn('gone'),
        by: topicArn('t'),
        outcome: 'QueueDoesNotExist',
      },
      { service: 'sns', operation: 'DeadLetter', target: queueArn('dead'), causes: [hops[0]!.id], outcome: 'ok' },
    ]);
  });

  test('and a dead-letter queue that does too: the message is dropped, and the log says so', async () => {
    const log = jest.spyOn(console, 'error').mockImplementation(() => {});
    await cloud.topic('t');
    await cloud.queue('dead', 'another');
    await cloud.sns('Subscribe', {
      TopicArn: topicArn('t'),
      Protocol: 'lambda',
      Endpoint: 'arn:aws:lambda:us-east-1:000000000000:function:gone',
      Attributes: deadLetters('dead'),
    });
    await cloud.publish('t', 'order-1');
    expect(await cloud.bodies('dead')).toEqual([]);
    expect(log).toHaveBeenCalledWith(expect.stringContaining('could not be sent to its dead-letter queue'));
    log.mockRestore();
  });

  test('raw messages with more attributes than a queue takes', async () => {
    await cloud.topic('t');
    await cloud.subscribe('t', 'q', RAW);
    const eleven = Array.from({ length: 11 }, (_, at) => [`a${at}`, { DataType: 'String', StringValue: 'x' }]);
    await cloud.publish('t', 'order-1', { MessageAttributes: Object.fromEntries(eleven) });
    expect(await cloud.bodies('q')).toEqual([]);
    expect(tries('order-1')).toBe(1);
  });
});

describe('the adversary', () => {
  beforeEach(async () => {
    await cloud.topic('t');
    await cloud.subscribe('t', 'q', RAW);
  });

  test('makes deliveries late, repeats them, and lets them overtake each other', async () => {
    deliver('latency', { ms: 5_000, times: 1 });
    await cloud.publish('t', 'late');
    await advance(4_999);
    expect(await cloud.bodies('q')).toEqual([]);
    await advance(1);
    expect(await cloud.bodies('q')).toEqual(['late']);
    deliver('duplicate', { times: 1 });
    await cloud.publish('t', 'twice');
    expect(await cloud.bodies('q')).toEqual(['twice', 'twice']);
    deliver('duplicate', { ms: 1_000, times: 1 });
    await cloud.publish('t', 'again');
    expect(await cloud.bodies('q')).toEqual(['again']);
    await advance(1_000);
    expect(await cloud.bodies('q')).toEqual(['again']);
    deliver('reorder', { times: 1 });
    await cloud.publish('t', 'first');
    await cloud.publish('t', 'second');
    expect(await cloud.bodies('q')).toEqual(['second']);
    await advance(1_000);
    expect(await cloud.bodies('q')).toEqual(['first']);
  });
});

describe('a FIFO topic', () => {
  const send = (Message: string, MessageGroupId: string, MessageDeduplicationId = Message) =>
    cloud.publish('t.fifo', Message, { MessageGroupId, MessageDeduplicationId });

  test('keeps the order of each group, also when a delivery fails and the cloud starts again', async () => {
    await cloud.topic('t.fifo');
    await cloud.subscribe('t.fifo', 'q.fifo', RAW);
    deliver('throttle', { times: 5 });
    for (const Message of ['a1', 'a2', 'a3']) await send(Message, 'a');
    await cloud.cloud.idle();
    expect(await cloud.bodies('q.fifo')).toEqual([]);
    await restart();
    await send('b1', 'b');
    await send('a4', 'a');
    expect(await cloud.bodies('q.fifo')).toEqual(['b1']);
    await advance(1_000);
    expect(await cloud.bodies('q.fifo')).toEqual(['a1', 'a2', 'a3', 'a4']);
    await send('a5', 'a');
    expect(await cloud.bodies('q.fifo')).toEqual(['a5']);
  });

  test('delivers what has the same deduplication id once in five minutes', async () => {
    await cloud.topic('t.fifo');
    await cloud.subscribe('t.fifo', 'q', RAW);
    const first = await send('one', 'a', 'id');
    expect(first.SequenceNumber).toMatch(/^\d{20}$/);
    expect(await send('two', 'b', 'id')).toEqual(first);
    await advance(5 * 60_000 - 1);
    expect(await send('three', 'a', 'id')).toEqual(first);
    await advance(1);
    const second = await send('four', 'a', 'id');
    expect(BigInt(second.SequenceNumber)).toBeGreaterThan(BigInt(first.SequenceNumber));
    expect((await cloud.bodies('q')).sort()).toEqual(['four', 'one']);
  });

  test('deduplicates by content, and by group, when it is to', async () => {
    await cloud.topic('t.fifo', { ContentBasedDeduplication: 'true', FifoThroughputScope: 'MessageGroup' });
    await cloud.subscribe('t.fifo', 'q.fifo');
    for (const MessageGroupId of ['a', 'a', 'b']) await cloud.publish('t.fifo', 'same', { MessageGroupId });
    const messages = await cloud.take('q.fifo');
    // The queue deduplicates by itself, over all groups.
    expect(messages).toHaveLength(1);
    const { Attributes, Body } = messages[0];
    expect(Attributes).toMatchObject({ MessageGroupId: 'a' });
    expect(JSON.parse(Body)).toMatchObject({ SequenceNumber: expect.any(String), Message: 'same' });
    expect(JSON.parse(Body)).not.toHaveProperty('Signature');
    expect(cloud.cloud.controls.trace.find('same')).toHaveLength(2);
  });

  test('has dead letters in FIFO queues', async () => {
    await cloud.topic('t.fifo');
    await cloud.queue('dead.fifo', 't.fifo');
    await cloud.queue('q.fifo', 't.fifo', { Policy: mayBeSentBy('q.fifo', 'another.fifo') });
    const subscribe = (dead: string) =>
      cloud.sns('Subscribe', {
        TopicArn: topicArn('t.fifo'),
        Protocol: 'sqs',
        Endpoint: queueArn('q.fifo'),
        Attributes: { ...RAW, ...deadLetters(dead) },
      });
    await expect(subscribe('dead')).rejects.toThrow('must use a FIFO queue as DLQ');
    await subscribe('dead.fifo');
    await send('one', 'a');
    const [letter] = await cloud.take('dead.fifo');
    expect(letter).toMatchObject({ Body: 'one', Attributes: { MessageGroupId: 'a', MessageDeduplicationId: 'one' } });
  });
});
