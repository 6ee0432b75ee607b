import { describe, expect, it } from '@jest/globals';
import type { Projector } from '../../../functions/application/dead-letters/queues';
import type { Place } from '../../../functions/application/read-models/feed-row';
import { type CatchUp, catchUp } from '../../../functions/application/replay/catch-up';
import { MemoryEventPages } from '../../support/memory-event-pages';
import { orderHistory } from '../../support/recorded';

const ids = Array.from({ length: 12 }, (_, i) => `o-${i}`);
const events = ids.flatMap((id) => orderHistory(id));

async function caughtUp(what: CatchUp) {
  const calls: { projector: Projector; places: readonly Place[] }[] = [];
  const send = async (projector: Projector, places: readonly Place[]) => void calls.push({ projector, places });
  const done = await catchUp({ pages: new MemoryEventPages(events), redrive: { send } }, what, () => {});
  const sent = (projector: Projector) =>
    calls.flatMap((call) =>
      call.projector === projector ? call.places.map((one) => `${one.stream}@${one.version}`) : [],
    );
  return { done, calls, sent };
}

/** Version n was recorded at second n of this minute. */
const second = (n: number) => `2026-01-01T12:00:0${n}.000Z`;

describe('catching up', () => {
  it('sends the feed every event since then, and the views each stream once, by its newest', async () => {
    const { done, sent } = await caughtUp({ projectors: ['views', 'feed'], spans: [{ since: second(3) }] });
    expect(sent('views').sort()).toEqual(ids.map((id) => `order#${id}@5`).sort());
    expect(sent('feed').sort()).toEqual(ids.flatMap((id) => [3, 4, 5].map((n) => `order#${id}@${n}`)).sort());
    expect(done).toEqual({ read: 60, events: 36, streams: 12, sent: { views: 12, feed: 36 } });
  });

  it('sends at most ten a call, and a projector that was not asked for nothing', async () => {
    const { calls, sent } = await caughtUp({ projectors: ['feed'], spans: [{ since: second(1) }] });
    expect(Math.max(...calls.map(({ places }) => places.length))).toBeLessThanOrEqual(10);
    expect(calls.every(({ places }) => places.length > 0)).toBe(true);
    expect([sent('feed').length, sent('views')]).toEqual([60, []]);
  });

  it('keeps to the spans', async () => {
    const spans = [
      { since: second(1), until: second(1) },
      { since: second(4), until: second(4) },
    ];
    const { sent } = await caughtUp({ projectors: ['views'], spans });
    expect(sent('views').sort()).toEqual(ids.map((id) => `order#${id}@4`).sort());
  });

  it('finds nothing where nothing was recorded', async () => {
    const { done, calls } = await caughtUp({ projectors: ['views', 'feed'], spans: [{ since: second(9) }] });
    expect([done, calls]).toEqual([{ read: 60, events: 0, streams: 0, sent: { views: 0, feed: 0 } }, []]);
  });
});
