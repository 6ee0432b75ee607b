import { describe, expect, it } from '@jest/globals';
import type { InboxItem, Redelivery } from '../../functions/application/ports';
import { makeSweepInbox } from '../../functions/application/sweep-inbox';
import { FixedEffects } from '../support/fixed-effects';
import { MemoryInbox } from '../support/memory-inbox';

const parked = (id: string, parkedUntil: string): InboxItem => ({
  stream: `order#${id}`,
  state: 'parked',
  id,
  source: 'shop',
  type: 'OrderPaid',
  reason: 'it waits',
  event: {},
  at: '2025-12-18T12:00:00.000Z',
  dueAtVersion: 2,
  parkedUntil,
});

describe('the sweep of the Inbox', () => {
  it('sends what has waited too long to be decided a last time, and leaves it where it is until then', async () => {
    const inbox = new MemoryInbox();
    await inbox.put(parked('late', '2026-01-01T11:59:59.999Z'));
    await inbox.put(parked('in-time', '2026-01-01T12:00:00.001Z'));
    const sent: unknown[] = [];
    const redelivery: Redelivery = {
      redeliver: async (items, options) => void sent.push([items.map(({ id }) => id), options]),
    };
    const sweep = makeSweepInbox({ inbox, redelivery, effects: new FixedEffects() });
    expect(await sweep()).toBe(1);
    expect(sent).toEqual([[['late'], { last: true }]]);
    expect(inbox.items).toHaveLength(2);
  });

  it('says nothing to anybody when there is nothing', async () => {
    const redelivery: Redelivery = { redeliver: () => Promise.reject(new Error('nothing to send')) };
    const sweep = makeSweepInbox({ inbox: new MemoryInbox(), redelivery, effects: new FixedEffects() });
    expect(await sweep()).toBe(0);
  });
});
