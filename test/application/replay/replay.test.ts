import { describe, expect, it } from '@jest/globals';
import type { Fact } from '../../../functions/application/ports';
import { type ReplayChoice, replay } from '../../../functions/application/replay/replay';
import { factOf } from '../../../functions/projections/fact';
import { MemoryEventPages } from '../../support/memory-event-pages';
import { orderHistory, recorded } from '../../support/recorded';

const ids = Array.from({ length: 7 }, (_, i) => `o-${i}`);
const user = recorded('user#u-1', 1, 'UserCreated', { userId: 'u-1', email: 'ada@example.org', name: 'Ada' });
const events = [...ids.flatMap((id) => orderHistory(id)), user];

async function replayed(choice: ReplayChoice, dryRun = false) {
  const calls: { to: string; name: string; facts: readonly Fact[] }[] = [];
  const pages = new MemoryEventPages(events, 4);
  const done = await replay(
    {
      pages,
      events: {
        readRange: async (stream, after) => events.filter((one) => one.stream === stream && one.version > after),
      },
      factOf,
      queues: { send: async (to, name, facts) => void calls.push({ to, name, facts }) },
    },
    choice,
    { to: 'insights', name: 'again', dryRun },
    () => {},
  );
  const sent = calls.flatMap(({ facts }) => facts.map(({ detail }) => detail.id as string));
  return { done, calls, sent, pagesRead: pages.pagesRead };
}

describe('replaying', () => {
  it('sends every fact to the one subscriber, those of a stream in order', async () => {
    const { done, calls, sent } = await replayed({});
    expect(new Set(calls.map(({ to, name }) => `${to} ${name}`))).toEqual(new Set(['insights again']));
    for (const id of ids)
      expect(sent.filter((one) => one.startsWith(`order#${id}@`))).toEqual(
        [1, 2, 3, 4, 5].map((n) => `order#${id}@${n}`),
      );
    expect(done).toMatchObject({ read: 36, chosen: 35, sent: 35, facts: { OrderPaid: 7, OrderCreated: 7 } });
  });

  it('chooses by type, by time of recording and by stream', async () => {
    expect((await replayed({ type: 'OrderPaid' })).sent.sort()).toEqual(ids.map((id) => `order#${id}@3`));
    const from2to3 = await replayed({ since: '2026-01-01T12:00:02.000Z', until: '2026-01-01T12:00:03.000Z' });
    expect(from2to3.sent.sort()).toEqual(ids.flatMap((id) => [`order#${id}@2`, `order#${id}@3`]));
    const one = await replayed({ stream: 'order#o-2', until: '2026-01-01T12:00:02.000Z' });
    expect(one.sent).toEqual(['order#o-2@1', 'order#o-2@2']);
    expect(one.pagesRead).toBe(0);
  });

  it('sends only what the subscriber has subscribed to', async () => {
    expect((await replayed({ stream: 'user#u-1' })).done).toMatchObject({ read: 1, chosen: 0, sent: 0 });
  });

  it('only counts in a dry run', async () => {
    const { done, calls } = await replayed({ type: 'OrderShipped' }, true);
    expect([done, calls]).toEqual([{ read: 36, chosen: 7, sent: 0, facts: { OrderShipped: 7 } }, []]);
  });
});
