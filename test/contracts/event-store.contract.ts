import { describe, expect, it } from '@jest/globals';
import { brokenAt } from '../../functions/adapters/hash-chain';
import { type EventStore, isAppendConflict, type LoadedStream, type NewEvent } from '../../functions/application/ports';

/** What every event store keeps to. `store` is asked for in each test; streams are new in each. */
export function eventStoreContract(name: string, store: () => EventStore): void {
  let streams = 0;
  const run = Math.random().toString(36).slice(2);
  const newStream = () => `order#${run}-${++streams}`;
  const event = (id: string, over: Partial<NewEvent> = {}): NewEvent => ({
    id,
    source: 'shop',
    type: 'OrderConfirmed',
    subject: 'o-1',
    schemaVersion: 1,
    time: '2026-01-01T12:00:00.000Z',
    correlationId: 'story',
    causationId: id,
    data: { orderId: 'o-1' },
    metadata: {},
    ...over,
  });
  const ids = (events: readonly { id: string }[]) => events.map(({ id }) => id);
  const append = (loaded: LoadedStream, ...events: NewEvent[]) => store().append([{ loaded, events }]);

  describe(`${name} as an event store`, () => {
    it('has no events in a stream that nobody has written', async () => {
      const stream = newStream();
      expect(await store().load(stream)).toEqual({ stream, events: [], version: 0 });
      expect(await store().readRange(stream, 0)).toEqual([]);
    });

    it('gives back what was appended, with its place, its time and its link in the chain', async () => {
      const stream = newStream();
      const rich = event('e-1', {
        data: { orderId: 'o-1', list: [1, 'two', { three: null }], 'odd key': { deep: true }, text: '', zero: 0 },
        metadata: { fact: { total: 2990 }, commandId: 'k' },
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      });
      const [first] = await append(store().assumeEmpty(stream), rich);
      const [second] = await append(await store().load(stream), event('e-2'));
      const { events, version } = await store().load(stream);
      expect(version).toBe(2);
      expect(events).toEqual([first, second]);
      expect(events[0]).toMatchObject({ ...rich, stream, version: 1, prevHash: '' });
      expect(events[0]?.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(events[1]).toMatchObject({ id: 'e-2', version: 2, prevHash: first?.hash });
      expect(brokenAt(events)).toBeUndefined();
      expect(brokenAt([{ ...events[0]!, time: '2026-01-01T12:00:00.001Z' }])).toBe(1);
    });

    it('lets one of many writers win, and tells the others', async () => {
      const stream = newStream();
      await append(store().assumeEmpty(stream), event('e-1'));
      const loaded = await store().load(stream);
      const writers = Array.from({ length: 8 }, (_, n) => append(loaded, event(`w-${n}`)));
      const results = await Promise.allSettled(writers);
      const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(lost).toHaveLength(7);
      for (const error of lost) expect(isAppendConflict(error) && error.streams).toEqual([stream]);
      expect((await store().load(stream)).version).toBe(2);
    });

    it('tells who opened a stream first', async () => {
      const stream = newStream();
      await append(store().assumeEmpty(stream), event('e-1'));
      const error = await append(store().assumeEmpty(stream), event('e-2')).catch((thrown: unknown) => thrown);
      expect(isAppendConflict(error) && error.existing).toMatchObject({ id: 'e-1', version: 1 });
    });

    it('appends to several streams all of it or nothing', async () => {
      const [one, other] = [newStream(), newStream()];
      await append(store().assumeEmpty(other), event('e-0'));
      const stale = store().assumeEmpty(other);
      const both = (loaded: LoadedStream) =>
        store().append([
          { loaded: store().assumeEmpty(one), events: [event('e-1'), event('e-2')] },
          { loaded, events: [event('e-3')] },
        ]);
      const error = await both(stale).catch((thrown: unknown) => thrown);
      expect(isAppendConflict(error) && error.streams).toEqual([other]);
      expect((await store().load(one)).version).toBe(0);
      const recorded = await both(await store().load(other));
      expect(recorded.map(({ stream, version }) => [stream, version])).toEqual([
        [one, 1],
        [one, 2],
        [other, 2],
      ]);
      expect(ids((await store().load(one)).events)).toEqual(['e-1', 'e-2']);
      expect(brokenAt((await store().load(one)).events)).toBeUndefined();
    });

    it('reads ranges and places', async () => {
      const [stream, other] = [newStream(), newStream()];
      await append(store().assumeEmpty(stream), ...['a', 'b', 'c', 'd'].map((id) => event(id)));
      await append(store().assumeEmpty(other), event('x'));
      expect(ids(await store().readRange(stream, 1, 3))).toEqual(['b', 'c']);
      expect(ids(await store().readRange(stream, 2))).toEqual(['c', 'd']);
      expect(ids(await store().readRange(stream, 4))).toEqual([]);
      const places = [
        { stream: other, version: 1 },
        { stream, version: 9 },
        { stream, version: 3 },
        { stream, version: 1 },
        { stream, version: 3 },
      ];
      expect(ids(await store().readMany(places))).toEqual(['x', 'c', 'a', 'c']);
      expect(await store().readMany([])).toEqual([]);
    });

    it('reads a stream that is longer than a page', async () => {
      const stream = newStream();
      const text = 'x'.repeat(100_000);
      for (let n = 0; n < 13; n++) await append(await store().load(stream), event(`e-${n}`, { data: { text } }));
      expect(ids((await store().load(stream)).events)).toEqual(Array.from({ length: 13 }, (_, n) => `e-${n}`));
    });
  });
}
