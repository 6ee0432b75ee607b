import { expect, it } from '@jest/globals';
import { SqsReplayQueues } from '../../functions/adapters/replay-queues';
import { factOf } from '../../functions/projections/fact';
import { FixedEffects } from '../support/fixed-effects';
import { orderHistory } from '../support/recorded';
import { ScriptedClient } from '../support/scripted-client';

it('a replayed fact stands in the envelope of EventBridge, with the name of the replay; twice it is the same', async () => {
  const home = { Attributes: { QueueArn: 'arn:aws:sqs:eu-west-1:111122223333:InsightsFacts' } };
  const client = new ScriptedClient([home, {}, {}]);
  const queues = new SqsReplayQueues(client.as(), () => ({ insights: 'q/insights' }), new FixedEffects());
  const facts = orderHistory('o-1', 2).map(factOf);
  await queues.send('insights', 'again', facts);
  await queues.send('insights', 'again', facts);
  expect(client.commands).toEqual(['GetQueueAttributesCommand', 'SendMessageBatchCommand', 'SendMessageBatchCommand']);
  const [, first, second] = client.inputs as { QueueUrl: string; Entries: { MessageBody: string }[] }[];
  expect(first?.QueueUrl).toBe('q/insights');
  expect(second).toEqual(first);
  expect(JSON.parse(first?.Entries[1]?.MessageBody ?? '')).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    'detail-type': 'OrderConfirmed',
    source: 'orderstream',
    account: '111122223333',
    time: '2026-01-01T12:00:02Z',
    region: 'eu-west-1',
    'replay-name': 'again',
    resources: [],
    detail: facts[1]?.detail,
  });
});
