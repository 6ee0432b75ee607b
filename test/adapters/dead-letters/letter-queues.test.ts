import { describe, expect, it } from '@jest/globals';
import { SqsLetterQueues } from '../../../functions/adapters/dead-letters/letter-queues';
import { awsError, ScriptedClient } from '../../support/scripted-client';

const urls = { ingest: 'q/ingest', views: 'q/v', feed: 'q/f', insights: 'q/i', rebuild: 'q/r', unrouted: 'q/u' };
const message = (id: string, handle = `handle of ${id}`) => ({
  MessageId: id,
  ReceiptHandle: handle,
  Body: '{}',
  Attributes: { SentTimestamp: '1767268800000', ApproximateReceiveCount: '2' },
});
const received = (...messages: object[]) => ({ Messages: messages });

function queuesWith(...answers: readonly unknown[]) {
  const client = new ScriptedClient(answers);
  return { client, queues: new SqsLetterQueues(client.as(), () => urls) };
}

describe('taking letters', () => {
  it('goes on until a receive that waits brings nothing, and has each letter once, by its newest handle', async () => {
    const { client, queues } = queuesWith(received(message('a'), message('b')), received(message('a', 'newer')), {});
    const { letters, more } = await queues.take('ingest', { holdSeconds: 60 });
    expect(letters.map(({ id, handle }) => [id, handle])).toEqual([
      ['a', 'newer'],
      ['b', 'handle of b'],
    ]);
    expect(more).toBe(false);
    expect(letters[0]).toMatchObject({ sentAt: '2026-01-01T12:00:00.000Z', receives: 2, attributes: {} });
    expect(client.inputs).toHaveLength(3);
    expect(client.inputs[0]).toMatchObject({ QueueUrl: 'q/ingest', WaitTimeSeconds: 1, VisibilityTimeout: 60 });
  });

  it('ends when it only ever gets what it has', async () => {
    const { client, queues } = queuesWith(received(message('a')));
    expect((await queues.take('ingest', { holdSeconds: 60 })).letters).toHaveLength(1);
    expect(client.inputs).toHaveLength(4);
  });

  it('takes no more than were asked for, and stops when it has those that were', async () => {
    const most = queuesWith(received(message('a'), message('b'), message('c')));
    expect(await most.queues.take('ingest', { most: 3, holdSeconds: 60 })).toMatchObject({ more: true });
    expect(most.client.inputs).toMatchObject([{ MaxNumberOfMessages: 3 }]);
    const some = queuesWith(received(message('a')), received(message('b')));
    await some.queues.take('ingest', { ids: new Set(['a', 'b']), holdSeconds: 60 });
    expect(some.client.inputs).toHaveLength(2);
  });

  it('gives back what it has when it cannot go on', async () => {
    const { client, queues } = queuesWith(received(message('a')), awsError('RequestThrottled'), {});
    await expect(queues.take('ingest', { holdSeconds: 60 })).rejects.toThrow('RequestThrottled');
    expect(client.commands.at(-1)).toBe('ChangeMessageVisibilityBatchCommand');
    expect(client.inputs.at(-1)).toMatchObject({ Entries: [{ ReceiptHandle: 'handle of a', VisibilityTimeout: 0 }] });
  });

  it('says who moved a letter, and what its sender said beside the body', async () => {
    const moved = {
      ...message('a'),
      Attributes: { ...message('a').Attributes, DeadLetterQueueSourceArn: 'arn:q' },
      MessageAttributes: { ERROR_CODE: { DataType: 'String', StringValue: 'TIMEOUT' }, blob: { DataType: 'Binary' } },
    };
    const { queues } = queuesWith(received(moved), {});
    const { letters } = await queues.take('ingest', { holdSeconds: 60 });
    expect(letters[0]).toMatchObject({ movedFrom: 'arn:q', attributes: { ERROR_CODE: 'TIMEOUT' } });
  });
});

it('giving back goes by tens, and its failure is nobody’s', async () => {
  const { client, queues } = queuesWith(
    received(...Array.from({ length: 12 }, (_, i) => message(`m-${i}`))),
    {},
    awsError('ServiceUnavailable'),
  );
  const { letters } = await queues.take('ingest', { holdSeconds: 60 });
  await queues.giveBack('ingest', letters);
  const entries = client.inputs.slice(-2).map((input) => (input as { Entries: unknown[] }).Entries.length);
  expect(entries).toEqual([10, 2]);
});
