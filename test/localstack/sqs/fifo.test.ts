import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { arn, SqsUnderTest } from './sqs-under-test';

let sqs: SqsUnderTest;
let url: string;
beforeEach(async () => {
  sqs = new SqsUnderTest();
  url = await sqs.queue('q.fifo', { ContentBasedDeduplication: 'true' });
});
afterEach(() => sqs.stop());

const send = (body: string, group: string, more: object = {}) =>
  sqs.send(url, body, { MessageGroupId: group, ...more });
const remove = (ReceiptHandle: string) => sqs.run('DeleteMessage', { QueueUrl: url, ReceiptHandle });

test('a group waits while messages of it are in flight', async () => {
  for (const body of ['a1', 'a2', 'a3']) await send(body, 'a');
  await send('b1', 'b');
  const [a1] = await sqs.receive(url, { MaxNumberOfMessages: 1 });
  expect(a1).toMatchObject({ Body: 'a1', Attributes: { MessageGroupId: 'a' } });
  expect(await sqs.bodies(url)).toEqual(['b1']);
  expect(await sqs.bodies(url)).toEqual([]);
  await remove(a1.ReceiptHandle);
  expect(await sqs.bodies(url)).toEqual(['a2', 'a3']);
});

test('a message that comes back comes before those behind it', async () => {
  for (const body of ['a1', 'a2', 'a3']) await send(body, 'a');
  const [a1] = await sqs.receive(url, { MaxNumberOfMessages: 2, VisibilityTimeout: 5 });
  await remove(a1.ReceiptHandle);
  expect(await sqs.bodies(url)).toEqual([]);
  await sqs.clock.advance(5_000);
  expect(await sqs.bodies(url)).toEqual(['a2', 'a3']);
});

test('sequence numbers rise, also across a restart', async () => {
  const numbers: bigint[] = [];
  const note = async (body: string) => {
    const { SequenceNumber } = await sqs.run('SendMessage', { QueueUrl: url, MessageBody: body, MessageGroupId: 'g' });
    expect(SequenceNumber).toMatch(/^\d{20}$/);
    numbers.push(BigInt(SequenceNumber));
  };
  await note('1');
  await note('2');
  await sqs.restart();
  await note('3');
  expect(numbers).toEqual([...numbers].sort((a, b) => (a < b ? -1 : 1)));
});

describe('deduplication', () => {
  test('answers as for the first message and keeps only that, for five minutes', async () => {
    const first = await send('m', 'g');
    await sqs.clock.advance(299_999);
    expect(await send('m', 'g')).toBe(first);
    expect(await sqs.bodies(url)).toEqual(['m']);
    await sqs.clock.advance(1);
    expect(await send('m', 'g')).not.toBe(first);
  });

  test('goes by the id where one is given', async () => {
    const first = await send('m', 'g', { MessageDeduplicationId: '1' });
    expect(await send('another', 'h', { MessageDeduplicationId: '1' })).toBe(first);
    expect(await send('m', 'g', { MessageDeduplicationId: '2' })).not.toBe(first);
  });

  test('outlives the message and a restart', async () => {
    const first = await send('m', 'g');
    await remove((await sqs.receive(url))[0].ReceiptHandle);
    await sqs.restart();
    expect(await send('m', 'g')).toBe(first);
    expect(await sqs.bodies(url)).toEqual([]);
  });

  test('is per group where the queue says so', async () => {
    url = await sqs.queue('scoped.fifo', { ContentBasedDeduplication: 'true', DeduplicationScope: 'messageGroup' });
    await send('m', 'g');
    await send('m', 'g');
    await send('m', 'h');
    expect(await sqs.bodies(url)).toEqual(['m', 'm']);
  });
});

test.each([
  [{ MessageBody: 'x' }, 'The request must contain the parameter MessageGroupId.'],
  [{ MessageBody: 'x', MessageGroupId: 'g', DelaySeconds: 5 }, 'not valid for this queue type'],
  [{ MessageBody: 'x', MessageGroupId: 'a b' }, 'can only include alphanumeric and punctuation characters'],
])('refuses %j', async (input, message) => {
  await expect(sqs.run('SendMessage', { QueueUrl: url, ...input })).rejects.toThrow(message);
});

test('without content-based deduplication an id is needed', async () => {
  url = await sqs.queue('strict.fifo');
  await expect(send('m', 'g')).rejects.toThrow('should either have ContentBasedDeduplication enabled or');
});

test('an expired receipt handle does not delete', async () => {
  await send('m', 'g');
  const [{ ReceiptHandle }] = (await sqs.receive(url, { VisibilityTimeout: 1 })) as [{ ReceiptHandle: string }];
  await sqs.clock.advance(1_000);
  await expect(remove(ReceiptHandle)).rejects.toThrow('The receipt handle has expired.');
});

test('dead letters keep their group, and set the rest of it free', async () => {
  const dead = await sqs.queue('dead.fifo');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead.fifo'), maxReceiveCount: 1 });
  await sqs.run('SetQueueAttributes', { QueueUrl: url, Attributes: { RedrivePolicy } });
  await send('poison', 'g');
  await sqs.receive(url, { VisibilityTimeout: 0 });
  await send('next', 'g');
  expect(await sqs.bodies(url)).toEqual(['next']);
  const [letter] = await sqs.receive(dead);
  expect(letter).toMatchObject({ Body: 'poison', Attributes: { MessageGroupId: 'g' } });
});

test('a dead letter begins its retention anew', async () => {
  const dead = await sqs.queue('dead.fifo', { MessageRetentionPeriod: '60' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead.fifo'), maxReceiveCount: 1 });
  await sqs.run('SetQueueAttributes', { QueueUrl: url, Attributes: { RedrivePolicy } });
  await send('poison', 'g');
  await sqs.clock.advance(59_000);
  await sqs.receive(url, { VisibilityTimeout: 0 });
  expect(await sqs.bodies(url)).toEqual([]);
  await sqs.clock.advance(59_000);
  expect(await sqs.bodies(dead)).toEqual(['poison']);
});

test('groups take turns', async () => {
  for (const body of ['a1', 'a2']) await send(body, 'a');
  await send('b1', 'b');
  const [a1] = await sqs.receive(url, { MaxNumberOfMessages: 1 });
  await remove(a1.ReceiptHandle);
  expect(await sqs.bodies(url, { MaxNumberOfMessages: 1 })).toEqual(['b1']);
  expect(await sqs.bodies(url, { MaxNumberOfMessages: 1 })).toEqual(['a2']);
});

test('a purge forgets no deduplication', async () => {
  const first = await send('m', 'g');
  await sqs.run('PurgeQueue', { QueueUrl: url });
  await sqs.restart();
  expect(await send('m', 'g')).toBe(first);
});

describe('a receive that is tried again under its id', () => {
  const receive = (more: object = {}) => sqs.receive(url, { ReceiveRequestAttemptId: 'try-1', ...more });
  const seen = (messages: { Body: string; ReceiptHandle: string }[]) =>
    messages.map(({ Body, ReceiptHandle }) => ({ Body, ReceiptHandle }));
  beforeEach(async () => {
    for (const body of ['a1', 'a2', 'b1']) await send(body, body.slice(0, 1));
  });

  test('gives the same messages and handles, and their visibility timeout anew, also after a restart', async () => {
    const first = await receive({ MaxNumberOfMessages: 2 });
    expect(first.map(({ Body }) => Body)).toEqual(['a1', 'a2']);
    await sqs.clock.advance(20_000);
    await sqs.restart();
    expect(seen(await receive({ MaxNumberOfMessages: 2 }))).toEqual(seen(first));
    await sqs.clock.advance(20_000);
    expect(await sqs.bodies(url)).toEqual(['b1']);
    await remove(first[0].ReceiptHandle);
  });

  test('under another id, or none, gives others', async () => {
    await receive({ MaxNumberOfMessages: 2 });
    expect(await sqs.bodies(url, { ReceiveRequestAttemptId: 'try-2' })).toEqual(['b1']);
    expect(await sqs.bodies(url)).toEqual([]);
  });

  test('does not once one of them was deleted, or its visibility changed', async () => {
    const [a1, a2] = await receive({ MaxNumberOfMessages: 2 });
    await remove(a1.ReceiptHandle);
    expect((await receive()).map(({ Body }) => Body)).toEqual(['b1']);
    await sqs.run('ChangeMessageVisibility', { QueueUrl: url, ReceiptHandle: a2.ReceiptHandle, VisibilityTimeout: 60 });
    expect(await receive({ ReceiveRequestAttemptId: 'try-2' })).toEqual([]);
  });

  test('does not after five minutes', async () => {
    await receive({ VisibilityTimeout: 3_600 });
    await sqs.clock.advance(300_000);
    expect(await receive()).toEqual([]);
  });

  test('is for FIFO queues', async () => {
    await expect(sqs.receive(await sqs.queue('standard'), { ReceiveRequestAttemptId: 'try-1' })).rejects.toThrow(
      'not valid for this queue type',
    );
    await expect(receive({ ReceiveRequestAttemptId: 'a b' })).rejects.toThrow('alphanumeric and punctuation');
  });
});

test('after a restart a group still waits for what is in flight', async () => {
  await send('a1', 'a');
  await send('a2', 'a');
  await sqs.receive(url, { MaxNumberOfMessages: 1, VisibilityTimeout: 10 });
  await sqs.restart();
  expect(await sqs.bodies(url)).toEqual([]);
  await sqs.clock.advance(10_000);
  expect(await sqs.bodies(url)).toEqual(['a1', 'a2']);
});

test('whatever the receivers do, each group is done in the order of sending', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('send' as const), group: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constant('receive' as const), max: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('delete' as const), pick: fc.nat(5) }),
    fc.record({ kind: fc.constant('release' as const), pick: fc.nat(5) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(500, 3_000) }),
    fc.record({ kind: fc.constant('restart' as const) }),
  );
  let queueNumber = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      url = await sqs.queue(`p${queueNumber++}.fifo`, { ContentBasedDeduplication: 'true', VisibilityTimeout: '2' });
      const sent: Record<string, string[]> = { a: [], b: [], c: [] };
      const done: Record<string, string[]> = { a: [], b: [], c: [] };
      let held: { ReceiptHandle: string; Body: string; group: string; until: number }[] = [];
      const receive = async (max: number) => {
        for (const { ReceiptHandle, Body, Attributes } of await sqs.receive(url, { MaxNumberOfMessages: max })) {
          held.push({ ReceiptHandle, Body, group: Attributes.MessageGroupId, until: sqs.clock.now() + 2_000 });
        }
      };
      // A careful worker: takes the messages of a group one after the other, and only while they are its own.
      const finish = async (pick: number) => {
        held = held.filter(({ until }) => until > sqs.clock.now());
        const chosen = held[pick % Math.max(1, held.length)];
        const first = chosen && held.find(({ group }) => group === chosen.group);
        if (!first) return;
        held = held.filter((one) => one !== first);
        done[first.group]?.push(first.Body);
        await remove(first.ReceiptHandle);
      };
      for (const [number, one] of steps.entries()) {
        if (one.kind === 'send') {
          sent[one.group]?.push(`${number}`);
          await send(`${number}`, one.group);
        } else if (one.kind === 'receive') await receive(one.max);
        else if (one.kind === 'delete') await finish(one.pick);
        else if (one.kind === 'wait') await sqs.clock.advance(one.ms);
        else if (one.kind === 'restart') await sqs.restart();
        else {
          held = held.filter(({ until }) => until > sqs.clock.now());
          const group = held[one.pick % Math.max(1, held.length)]?.group;
          for (const { ReceiptHandle } of held.filter((other) => other.group === group)) {
            await sqs.run('ChangeMessageVisibility', { QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
          }
          held = held.filter((other) => other.group !== group);
        }
      }
      for (let round = 0; round < 50; round++) {
        await sqs.clock.advance(2_000);
        await receive(10);
        while (held.some(({ until }) => until > sqs.clock.now())) await finish(0);
      }
      expect(done).toEqual(sent);
    }),
    { numRuns: 40 },
  );
}, 30_000);
