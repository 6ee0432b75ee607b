import { afterEach, describe, expect, test } from '@jest/globals';
import { arn, root, SqsUnderTest } from './sqs-under-test';

let sqs: SqsUnderTest;
afterEach(() => sqs.stop());

describe('with room for three messages in flight', () => {
  const fill = async (name: string) => {
    sqs = new SqsUnderTest(undefined, { maxInFlight: 3 });
    const url = await sqs.queue(name, name.endsWith('.fifo') ? { ContentBasedDeduplication: 'true' } : {});
    for (const body of ['a', 'b', 'c', 'd']) await sqs.send(url, body, { MessageGroupId: body });
    const messages = await sqs.receive(url);
    expect(messages.map(({ Body }) => Body)).toEqual(['a', 'b', 'c']);
    return { url, free: () => sqs.run('DeleteMessage', { QueueUrl: url, ReceiptHandle: messages[0].ReceiptHandle }) };
  };

  test('a standard queue answers OverLimit, until one is deleted', async () => {
    const { url, free } = await fill('q');
    await expect(sqs.receive(url)).rejects.toMatchObject({ code: 'OverLimit', status: 400 });
    expect(sqs.peer.receive(arn('q'), 10)).toEqual([]);
    await free();
    expect(await sqs.bodies(url)).toEqual(['d']);
  });

  test('a long poll waits for room', async () => {
    const { url, free } = await fill('q');
    const waiting = sqs.bodies(url, { WaitTimeSeconds: 20 });
    await free();
    expect(await waiting).toEqual(['d']);
  });

  test('a FIFO queue says nothing', async () => {
    const { url, free } = await fill('q.fifo');
    expect(await sqs.bodies(url)).toEqual([]);
    await free();
    expect(await sqs.bodies(url)).toEqual(['d']);
  });
});

describe('a standard queue with message groups is fair', () => {
  const sendAll = async (url: string, group: string, count: number) => {
    for (let n = 0; n < count; n++) await sqs.send(url, `${group}${n}`, { MessageGroupId: group });
  };
  const drain = async (url: string, count: number) => {
    const bodies: string[] = [];
    while (bodies.length < count) bodies.push(...(await sqs.bodies(url, { MaxNumberOfMessages: 1 })));
    return bodies;
  };

  test('messages of others overtake those of a tenant with thirty or more, and most, in flight', async () => {
    sqs = new SqsUnderTest();
    const url = await sqs.queue('q');
    await sendAll(url, 'noisy', 40);
    await sendAll(url, 'quiet', 2);
    await sqs.send(url, 'alone');
    expect(await drain(url, 43)).toEqual([
      ...Array.from({ length: 30 }, (_, n) => `noisy${n}`),
      'quiet0',
      'quiet1',
      'alone',
      ...Array.from({ length: 10 }, (_, n) => `noisy${30 + n}`),
    ]);
  });

  test('a tenant is quiet again when its messages are done', async () => {
    sqs = new SqsUnderTest();
    const url = await sqs.queue('q');
    await sendAll(url, 'noisy', 32);
    const messages = (await Promise.all([1, 2, 3].map(() => sqs.receive(url)))).flat();
    expect(messages).toHaveLength(30);
    await sendAll(url, 'quiet', 2);
    expect(await drain(url, 1)).toEqual(['quiet0']);
    await sqs.run('DeleteMessage', { QueueUrl: url, ReceiptHandle: messages[0].ReceiptHandle });
    expect(await drain(url, 1)).toEqual(['noisy30']);
    expect(await drain(url, 2)).toEqual(['quiet1', 'noisy31']);
  });

  test('the group comes with the message', async () => {
    sqs = new SqsUnderTest();
    const url = await sqs.queue('q');
    sqs.peer.send(arn('q'), { body: 'm', groupId: 'tenant' }, root);
    expect((await sqs.receive(url))[0].Attributes.MessageGroupId).toBe('tenant');
  });
});
