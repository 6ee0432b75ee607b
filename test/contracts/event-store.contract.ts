import { describe, expect, it } from '@jest/globals';
import { brokenAt } from '../../functions/adapters/hash-chain';
import { RESERVATION_SOURCE } from '../../functions/application/catalogue';
import {
  type Claim,
  type EventStore,
  isAppendConflict,
  isClaimsRefused,
  type LoadedStream,
  type NewEvent,
  type Snapshot,
} from '../../functions/application/ports';
import { reducerHashes } from '../../functions/application/reducer-hashes';

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

    it('writes on the condition that other streams have not moved', async () => {
      const [one, other] = [newStream(), newStream()];
      const empty = store().assumeEmpty(other);
      const both = (id: string) =>
        store().append([
          { loaded: store().assumeEmpty(one), events: [event(id)] },
          { loaded: empty, events: [] },
        ]);
      await append(empty, event('e-0'));
      const error = await both('e-1').catch((thrown: unknown) => thrown);
      expect(isAppendConflict(error) && error.streams).toEqual([other]);
      const moved = await store().load(other);
      await store().append([
        { loaded: store().assumeEmpty(one), events: [event('e-2')] },
        { loaded: moved, events: [] },
      ]);
      expect(ids((await store().load(one)).events)).toEqual(['e-2']);
      expect((await store().load(other)).version).toBe(1);
    });

    it('lets one owner hold a name until they give it up', async () => {
      const [one, other] = [newStream(), newStream()];
      const name = `email#${one}`;
      const take = (owner: string): Claim => ({ kind: 'take', name, owner });
      const write = async (stream: string, id: string, ...claims: Claim[]) =>
        store().append([{ loaded: await store().load(stream), events: [event(id)] }], claims);
      await write(one, 'e-1', take(one));
      const error = await write(other, 'e-2', take(other)).catch((thrown: unknown) => thrown);
      expect(isClaimsRefused(error) && error.claims).toEqual([take(other)]);
      expect((await store().load(other)).version).toBe(0);
      await write(one, 'e-3', take(one));
      await expect(write(other, 'e-4', { kind: 'give-up', name, owner: other })).rejects.toMatchObject({
        code: 'claims-refused',
      });
      await write(one, 'e-5', { kind: 'give-up', name, owner: one });
      await write(other, 'e-6', take(other));
      expect(ids((await store().load(one)).events)).toEqual(['e-1', 'e-3', 'e-5']);
      expect(ids((await store().load(other)).events)).toEqual(['e-6']);
    });

    it('either accepts an event or rejects it, once and for all', async () => {
      const [accepted, rejected] = [newStream(), newStream()];
      const item = (stream: string) =>
        ({
          stream,
          state: 'rejected',
          id: 'e-1',
          source: 'shop',
          type: 'T',
          reason: 'r',
          event: {},
          at: 'now',
        }) as const;
      const reject = (loaded: LoadedStream) =>
        store().append([{ loaded, events: [] }], [{ kind: 'put-item', item: item(loaded.stream) }]);
      const accept = (loaded: LoadedStream) =>
        store().append(
          [{ loaded, events: [event('e-1')] }],
          [{ kind: 'not-rejected', stream: loaded.stream, source: 'shop', id: 'e-1' }],
        );
      const stale = store().assumeEmpty(accepted);
      await accept(stale);
      await expect(reject(stale)).rejects.toMatchObject({ code: 'append-conflict', streams: [accepted] });
      await reject(store().assumeEmpty(rejected));
      await expect(accept(store().assumeEmpty(rejected))).rejects.toMatchObject({ code: 'claims-refused' });
      await expect(reject(store().assumeEmpty(rejected))).rejects.toMatchObject({ code: 'claims-refused' });
      expect((await store().load(rejected)).version).toBe(0);
    });

    it('gives an owner one key, and none after it was destroyed', async () => {
      const stream = newStream();
      const write = async (...claims: Claim[]) =>
        store().append([{ loaded: await store().load(stream), events: [event('e')] }], claims);
      const newKey: Claim = { kind: 'new-key', owner: stream, key: new Uint8Array(32) };
      await write(newKey);
      const another: Claim = { ...newKey, key: new Uint8Array(32).fill(1) };
      await expect(write(another)).rejects.toMatchObject({ code: 'claims-refused', claims: [another] });
      await write({ kind: 'destroy-key', owner: stream });
      await expect(write(newKey)).rejects.toMatchObject({ code: 'claims-refused', claims: [newKey] });
      expect((await store().load(stream)).version).toBe(2);
    });

    it('a race is told as a race, whatever became of the claims', async () => {
      const stream = newStream();
      const stale = store().assumeEmpty(stream);
      await append(stale, event('e-1'));
      const claim: Claim = { kind: 'give-up', name: `email#${stream}`, owner: stream };
      await expect(store().append([{ loaded: stale, events: [event('e-2')] }], [claim])).rejects.toMatchObject({
        code: 'append-conflict',
        streams: [stream],
      });
    });

    it('reads a long stream from its last snapshot on, and still finds what that hides', async () => {
      const stream = newStream();
      const state = (n: number): Snapshot => ({
        reducer: reducerHashes.order,
        state: { seen: n },
        story: 'story',
        createdAt: '2026-01-01T12:00:00.000Z',
        updatedAt: '2026-01-01T12:00:00.000Z',
      });
      const write = async (n: number, metadata: NewEvent['metadata'] = {}, source = 'shop') =>
        append(await store().load(stream), event(`e-${n}`, { metadata, source }));
      for (let n = 1; n < 20; n++) await write(n);
      await write(20, { snapshot: state(20) });
      for (let n = 21; n < 40; n++) await write(n, {}, n === 30 ? RESERVATION_SOURCE : 'shop');
      await write(40, { snapshot: { ...state(40), reducer: 'another' } });
      await write(41);

      const loaded = await store().load(stream);
      expect([loaded.version, loaded.snapshot]).toEqual([41, state(20)]);
      expect(loaded.events.map(({ version }) => version)).toEqual(Array.from({ length: 22 }, (_, i) => i + 20));
      const place = (n: number, source = 'shop') => store().placeOf(loaded, { source, id: `e-${n}` });
      expect(await Promise.all([place(1), place(19), place(99), place(19, 'another')])).toEqual([
        1,
        19,
        undefined,
        undefined,
      ]);

      await write(42, { snapshot: state(42) });
      const later = await store().load(stream);
      expect(later.events.map(({ version }) => version)).toEqual([42]);
      const hidden = await Promise.all(
        [20, 39, 41].map((n) => store().placeOf(later, { source: 'shop', id: `e-${n}` })),
      );
      expect(hidden).toEqual([20, 39, 41]);
      expect(brokenAt(await store().readRange(stream, 0))).toBeUndefined();
      expect(await store().placeOf(store().assumeEmpty(stream), { source: 'shop', id: 'e-1' })).toBeUndefined();
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
