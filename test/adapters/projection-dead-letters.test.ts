import type { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { SqsProjectionDeadLetters } from '../../functions/adapters/projection-dead-letters';
import { ScriptedClient } from '../support/scripted-client';

const letters = Array.from({ length: 12 }, (_, n) => ({ stream: 'order#o-1', version: n + 1, error: 'too large' }));

describe('dead letters of a projector', () => {
  test('are queued ten a call, each by the place of its event', async () => {
    const client = new ScriptedClient([{ Successful: [] }]);
    await new SqsProjectionDeadLetters(client.as<SQSClient>(), () => 'http://queue').send(letters);
    const calls = client.inputs as {
      readonly QueueUrl: string;
      readonly Entries: { readonly MessageBody: string }[];
    }[];
    expect(calls.map(({ Entries }) => Entries.length)).toEqual([10, 2]);
    expect(JSON.parse(calls[1]?.Entries[1]?.MessageBody ?? '')).toEqual(letters[11]);
    expect(calls[0]?.QueueUrl).toBe('http://queue');
  });

  test('are not said to be queued when one of them is not', async () => {
    const client = new ScriptedClient([{ Failed: [{ Id: '0', Message: 'no such queue' }] }]);
    const queue = new SqsProjectionDeadLetters(client.as<SQSClient>(), () => 'http://queue');
    await expect(queue.send(letters.slice(0, 1))).rejects.toThrow('1 dead letters were not queued: no such queue');
  });
});
