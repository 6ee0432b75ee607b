import { describe, expect, it } from '@jest/globals';
import type { SettlePorts } from '../../functions/application/dead-letters/settle';
import { run } from '../support/command-line';
import { envelope, letter } from '../support/letters';
import { MemoryLetterQueues } from '../support/memory-letter-queues';

const [m1, m2, m3] = ['m-1', 'm-2', 'm-3'].map((id, i) =>
  letter(id, envelope(`e-${i}`, 'OrderPaid', { orderId: 'o-1', note: 'a secret' })),
);

function operations() {
  const queues = new MemoryLetterQueues();
  queues.add('ingest', m1!, m2!, m3!);
  return { queues, given: { letters: { queues } as unknown as SettlePorts } };
}

describe('orderstream dlq', () => {
  it('counts what waits and what somebody holds, and says where to look next', async () => {
    const { queues, given } = operations();
    await queues.take('ingest', { most: 1, holdSeconds: 60 });
    const { out } = await run(['dlq'], given);
    expect(out).toMatch(/^ingest +2 +1 {2}events that an ingest could not be run with$/m);
    expect(out).toMatch(/\n\norderstream dlq list ingest$/);
  });

  it('lists no more than was asked for, says that there are more, and gives them back', async () => {
    const { queues, given } = operations();
    const { out } = await run(['dlq', 'list', 'ingest', '--limit', '2'], given);
    expect(out).toMatch(/OrderPaid order#o-1 {2}shop e-0/);
    expect(out).toContain('there may be more: --limit 10');
    expect(out).not.toContain('secret');
    expect(queues.visible('ingest')).toEqual(['m-1', 'm-2', 'm-3']);
  });

  it('takes many ids', async () => {
    const { queues, given } = operations();
    const { code, out } = await run(['dlq', 'discard', 'ingest', 'm-3', 'm-1', 'm-9', '--yes'], given);
    expect([code, queues.visible('ingest')]).toEqual([1, ['m-2']]);
    expect(out).toContain('2 of 2 discarded\n\nm-9 is not in ingest: gone, or held by somebody else');
  });

  it.each([
    [
      ['dlq', 'list', 'Ingest'],
      'there is no queue "Ingest"; there are: ingest, views, feed, insights, rebuild, unrouted',
    ],
    [['dlq', 'redrive', 'ingest'], 'say which: the ids of messages, --stream <stream>, or --all'],
    [['dlq', 'redrive', 'ingest', 'm-1', '--all'], 'either --all or the ids of messages'],
    [['dlq', 'redrive', 'ingest', '--all', '--data', '{}'], '--data is for one letter'],
    [['dlq', 'redrive', 'ingest', 'm-1', '--data', '[1]'], '--data is not a JSON object'],
    [['dlq', 'redrive', 'ingest', '--stream', 'o-1'], '"o-1" is no stream'],
    [['dlq', 'discard', 'ingest', '--stream', 'order#o-1'], 'all for order#o-1 of ingest would be gone for good'],
    [['dlq', 'show', 'ingest', 'm-1', 'm-2'], '"m-2" is one word too many'],
    [['catch-up'], '--since is missing'],
    [['catch-up', '--since', 'yesterday'], '--since is "yesterday"'],
    [['catch-up', '--since', '1d', '--projector', 'orders'], '--projector is "orders"; one of views, feed'],
    [['replay'], '--to is missing: one of insights'],
    [['replay', '--to', 'insights', '--until', 'soon'], '--until is "soon"'],
    [['replay', '--to', 'insights', '--name', 'a b'], '--name is "a b"'],
    [['replay', '--to', 'insights', '--type', 'OrderPiad'], '--type is "OrderPiad"; one of OrderCreated'],
  ])('%j cannot be meant', async (args, message) => {
    const { queues, given } = operations();
    expect(await run(args, given)).toMatchObject({ code: 2, out: '', error: expect.stringContaining(message) });
    expect(queues.visible('ingest')).toHaveLength(3);
  });
});
