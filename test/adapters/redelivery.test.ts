import { describe, expect, it } from '@jest/globals';
import { SqsRedelivery } from '../../functions/adapters/redelivery';
import type { InboxItem } from '../../functions/application/ports';
import { FixedEffects } from '../support/fixed-effects';
import { ScriptedClient } from '../support/scripted-client';

const queues = { order: 'q/orders', inventory: 'q/inventory', user: 'q/users' };
const item = (stream: string, id: string, event: unknown = { id }): InboxItem => ({
  stream,
  state: 'parked',
  id,
  source: 'shop',
  type: 'OrderPaid',
  reason: 'it waits',
  event,
  at: '2026-01-01T12:00:00.000Z',
  dueAtVersion: 2,
  parkedUntil: '2026-01-15T12:00:00.000Z',
});

function redeliveryWith(...script: readonly unknown[]) {
  const client = new ScriptedClient(script);
  const redelivery = new SqsRedelivery(client.as(), () => queues, new FixedEffects());
  const calls = () => client.inputs as { QueueUrl: string; Entries: { Id: string; MessageBody: string }[] }[];
  const sent = () => calls().map(({ QueueUrl, Entries }) => [QueueUrl, Entries.map(({ Id }) => Id).join()]);
  const bodies = () => calls().flatMap(({ Entries }) => Entries.map(({ MessageBody }) => MessageBody));
  return { redelivery, sent, bodies };
}

describe('redelivering parked events', () => {
  it('sends each, as it came, to the queue of its ingest', async () => {
    const { redelivery, sent, bodies } = redeliveryWith({}, {});
    await redelivery.redeliver([item('order#1', 'a'), item('user#1', 'b'), item('order#2', 'c')]);
    expect(sent()).toEqual([
      ['q/orders', '0,2'],
      ['q/users', '1'],
    ]);
    expect(JSON.parse(bodies()[0] ?? '')).toEqual({
      event: { id: 'a' },
      parked: {
        stream: 'order#1',
        source: 'shop',
        id: 'a',
        at: '2026-01-01T12:00:00.000Z',
        parkedUntil: '2026-01-15T12:00:00.000Z',
      },
    });
  });

  it('says when it is the last time', async () => {
    const { redelivery, bodies } = redeliveryWith({});
    await redelivery.redeliver([item('order#1', 'a')], { last: true });
    expect(JSON.parse(bodies()[0] ?? '')).toMatchObject({ last: true });
  });

  it('keeps to ten messages and 256 KB a call', async () => {
    const { redelivery, sent } = redeliveryWith({}, {}, {});
    const large = item('order#1', 'big', { text: 'x'.repeat(200_000) });
    await redelivery.redeliver([...Array.from({ length: 11 }, (_, n) => item('order#1', `${n}`)), large, large]);
    expect(sent().map(([, ids]) => ids)).toEqual(['0,1,2,3,4,5,6,7,8,9', '10,11', '12']);
  });

  it('sends again what failed on the other side, and throws when it stays so', async () => {
    const failed = { Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }] };
    const passing = redeliveryWith(failed, {});
    const items = [item('order#1', 'a'), item('order#1', 'b')];
    await passing.redelivery.redeliver(items);
    expect(passing.sent().map(([, ids]) => ids)).toEqual(['0,1', '1']);
    const lasting = redeliveryWith(failed, failed, failed, failed);
    await expect(lasting.redelivery.redeliver(items)).rejects.toThrow('did not take 1 messages: InternalError');
    const ours = redeliveryWith({ Failed: [{ Id: '0', Code: 'InvalidMessageContents', SenderFault: true }] });
    await expect(ours.redelivery.redeliver(items)).rejects.toThrow('InvalidMessageContents');
    expect(ours.sent()).toHaveLength(1);
  });

  it('escapes the characters that SQS refuses', async () => {
    const { redelivery, bodies } = redeliveryWith({});
    const odd = { text: 'a\u0000b\uffffc\ufffed' };
    await redelivery.redeliver([item('order#1', 'a', odd)]);
    expect(bodies()[0]).not.toMatch(/\uffff|\ufffe/);
    expect(JSON.parse(bodies()[0] ?? '').event).toEqual(odd);
  });
});
