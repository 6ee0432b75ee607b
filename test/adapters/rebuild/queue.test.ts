import { expect, it } from '@jest/globals';
import { partIn, SqsRebuildQueue } from '../../../functions/adapters/rebuild/queue';
import type { Part } from '../../../functions/application/rebuild/ports';
import { FixedEffects } from '../../support/fixed-effects';
import { ScriptedClient } from '../../support/scripted-client';

it('sends each part as a message that says all there is to know of it, ten a call, when its time has come', async () => {
  const client = new ScriptedClient([{}, {}]);
  const queue = new SqsRebuildQueue(client.as(), () => 'q/rebuild', new FixedEffects());
  const parts = Array.from(
    { length: 12 },
    (_, segment): Part => ({ projection: 'orders', generation: 2, task: 'build', segment }),
  );
  await queue.send(parts, 5);
  const calls = client.inputs as {
    QueueUrl: string;
    Entries: { Id: string; MessageBody: string; DelaySeconds: number }[];
  }[];
  expect(calls.map(({ QueueUrl, Entries }) => [QueueUrl, Entries.length])).toEqual([
    ['q/rebuild', 10],
    ['q/rebuild', 2],
  ]);
  const entries = calls.flatMap(({ Entries }) => Entries);
  expect(entries.map(({ DelaySeconds }) => DelaySeconds)).toEqual(parts.map(() => 5));
  expect(entries.map(({ MessageBody }) => partIn(MessageBody))).toEqual(parts);
});

it.each([
  '{"projection":"orders","generation":2,"task":"burn","segment":0}',
  '{"projection":"orders","generation":"2","task":"build","segment":0}',
  '{"projection":"orders","generation":2,"task":"build"}',
  '{}',
])('%s names no part', (body) => {
  expect(() => partIn(body)).toThrow(`not a part of a rebuild: ${body}`);
});
