import { describe, expect, it, test } from '@jest/globals';
import type { Generation } from '../../functions/application/read-models/generations';
import type { OrderSummary } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import type { VerifyProjectionsProgress } from '../../functions/application/verify-projections';
import { verifyProjections } from '../../functions/application/verify-projections';
import { feedRowOf } from '../../functions/projections/feed-row';
import { HistoryReader } from '../support/history-reader';
import { orderHistory, recorded } from '../support/recorded';
import { VerifiedWorld, withGenerations } from '../support/verified-world';

const stock = (sku: string, count: number): RecordedEvent[] =>
  Array.from({ length: count }, (_, i) => recorded(`inventory#${sku}`, i + 1, 'StockAdded', { sku, quantity: 1 }));

const shop = () => [
  ...orderHistory('o-1', 3),
  ...orderHistory('o-2', 5),
  recorded('user#u-1', 1, 'UserCreated', { userId: 'u-1' }, { metadata: { profile: 'sealed' } }),
  ...stock('mug', 7),
];
const sound = { streams: 4, events: 16, rows: 20, findings: [], stopped: false };
const kinds = ({ findings }: { findings: readonly { stream: string; kind: string }[] }) =>
  findings.map(({ stream, kind }) => [stream, kind]);

describe('rows that are what their events come to', () => {
  it.each([1, 2, 3, 100])('are found sound, %i events a page', async (perPage) => {
    const world = await new VerifiedWorld(shop(), undefined, perPage).projected();
    expect(await world.verified()).toEqual(sound);
    expect(world.effects.slept).toEqual([]);
  });

  it('are those of one projection, of the feed or of one stream, if no more is asked for', async () => {
    const world = await new VerifiedWorld(shop()).projected();
    expect(await world.verified({ names: ['inventory-level'] })).toEqual({ ...sound, streams: 1, events: 7, rows: 1 });
    expect(await world.verified({ names: ['feed'] })).toEqual({ ...sound, rows: 16 });
    const one = await world.verified({ stream: 'order#o-1' });
    expect(one).toEqual({ ...sound, streams: 1, events: 3, rows: 4 });
  });

  it('are given time to become so', async () => {
    const world = await new VerifiedWorld(shop()).projected();
    const row = world.rows.rows.get('order#o-2') as OrderSummary;
    world.damage('order#o-2', () => undefined);
    let looks = 0;
    const sleep = async () => {
      looks += 1;
      if (looks === 3) world.rows.rows.set('order#o-2', row);
    };
    expect(await world.verified({}, { effects: { ...world.effects, random: () => 0, sleep } })).toEqual({
      ...sound,
      rows: 19,
    });
    expect(looks).toBe(3);
  });

  it('may stand beyond what the scan has seen: events come in meanwhile', async () => {
    const all = shop();
    const world = await new VerifiedWorld(all).projected();
    const early = new VerifiedWorld(all.filter(({ stream, version }) => stream !== 'order#o-2' || version < 4));
    const { findings } = await world.verified({}, { pages: early.ports.pages });
    expect(findings).toEqual([]);
  });

  it('may come in pieces: a stream whose events stand apart in the table is read by itself', async () => {
    const world = await new VerifiedWorld(shop()).projected();
    const [first, ...rest] = shop();
    const page = async ({ segment }: { segment: number }) => ({
      events: segment === 0 ? [...rest, first as RecordedEvent] : [],
      read: 0,
    });
    expect((await world.verified({}, { pages: { page, size: async () => 16 } })).findings).toEqual([]);
  });
});

describe('a row', () => {
  it('differs: each field is named', async () => {
    const world = await new VerifiedWorld(shop()).projected();
    world.damage('order#o-1', (row) => ({ ...row, total: 1, paidAt: undefined, extra: [] }) as never);
    expect((await world.verified()).findings).toEqual([
      {
        projection: 'order-summary',
        generation: 1,
        stream: 'order#o-1',
        kind: 'differs',
        version: 3,
        newest: 3,
        fields: [
          { field: 'extra', found: [] },
          { field: 'paidAt', expected: '2026-01-01T12:00:03.000Z' },
          { field: 'total', expected: 2500, found: 1 },
        ],
      },
    ]);
    expect(world.effects.slept).toEqual([]);
  });

  it('differs where only the version is another', async () => {
    const world = await new VerifiedWorld(shop()).projected();
    world.damage('order#o-2', (row) => ({ ...row, version: 4 }));
    expect((await world.verified()).findings).toMatchObject([
      { kind: 'differs', version: 4, newest: 5, fields: [{ field: 'deliveredAt' }, { field: 'status' }, {}] },
    ]);
  });

  it('is behind: since when is said', async () => {
    const world = await new VerifiedWorld(shop()).projected();
    const before = await new VerifiedWorld(orderHistory('o-2', 2).slice()).projected();
    world.damage('order#o-2', () => before.rows.rows.get('order#o-2'));
    expect((await world.verified()).findings).toEqual([
      {
        projection: 'order-summary',
        generation: 1,
        stream: 'order#o-2',
        kind: 'behind',
        version: 2,
        newest: 5,
        since: '2026-01-01T12:00:03.000Z',
      },
    ]);
    expect(world.effects.slept).toHaveLength(5);
  });

  it('is missing, ahead or an orphan', async () => {
    const world = await new VerifiedWorld(shop()).projected();
    const orphan = { ...(world.rows.rows.get('order#o-1') as OrderSummary), stream: 'order#o-9' };
    world.damage('inventory#mug', () => undefined);
    world.damage('order#o-9', () => orphan);
    world.damage('order#o-1', (row) => ({ ...row, version: 4 }));
    const verified = await world.verified();
    expect(kinds(verified)).toEqual([
      ['inventory#mug', 'missing'],
      ['order#o-1', 'ahead'],
      ['order#o-9', 'orphan'],
    ]);
    expect(verified.findings[0]).toMatchObject({ version: 0, newest: 7, since: '2026-01-01T12:00:01.000Z' });
  });

  it('of a stream that has lost an event cannot be judged, and says so', async () => {
    const world = await new VerifiedWorld(shop()).projected();
    world.events.splice(1, 1);
    expect(kinds(await world.verified())).toEqual([
      ['order#o-1', 'orphan'],
      ['order#o-1', 'unreadable'],
    ]);
  });
});

describe('a fault', () => {
  const bewitched = () =>
    shop().map((event) =>
      event.stream === 'order#o-2' && event.version === 3 ? { ...event, type: 'Bewitched' } : event,
    );

  it('is told, with what the row says of it', async () => {
    const world = await new VerifiedWorld(bewitched()).projected();
    expect((await world.verified({ names: ['order-summary'] })).findings).toEqual([
      {
        projection: 'order-summary',
        generation: 1,
        stream: 'order#o-2',
        kind: 'faulted',
        version: 2,
        newest: 5,
        fault: { version: 3, error: expect.stringContaining('Bewitched'), since: expect.any(String), seen: 5 },
      },
    ]);
  });

  it('that does not know of all that waits behind it is told so', async () => {
    const world = await new VerifiedWorld(bewitched()).projected();
    world.damage('order#o-2', (row) => ({ ...row, fault: { ...row.fault!, seen: 4 } }));
    expect((await world.verified()).findings).toMatchObject([
      { kind: 'faulted', fields: [{ field: 'fault.seen', expected: 5, found: 4 }] },
    ]);
  });

  it('that was cleared and not passed leaves the row behind, where it should have a fault', async () => {
    const world = await new VerifiedWorld(bewitched()).projected();
    world.damage('order#o-2', ({ fault: _, ...row }) => row);
    expect((await world.verified()).findings).toMatchObject([
      { kind: 'behind', version: 2, fields: [{ field: 'fault', expected: { version: 3 } }] },
    ]);
  });

  it('that was passed over makes the row another', async () => {
    const world = await new VerifiedWorld(bewitched()).projected();
    world.damage('order#o-2', ({ fault: _, ...row }) => ({ ...row, version: 5, status: 'delivered' }) as OrderSummary);
    expect((await world.verified()).findings).toMatchObject([
      { kind: 'differs', version: 5, fields: [{ field: 'fault', expected: { version: 3 } }] },
    ]);
  });

  it('at another version than where the row stands differs', async () => {
    const world = await new VerifiedWorld(bewitched()).projected();
    world.damage('order#o-2', (row) => ({ ...row, fault: { ...row.fault!, version: 4 } }));
    expect((await world.verified()).findings).toMatchObject([
      { kind: 'differs', fields: [{ field: 'fault.version', expected: 3, found: 4 }] },
    ]);
  });

  it('at the first event of a stream has a row without a body', async () => {
    const world = await new VerifiedWorld([recorded('order#o-1', 1, 'Bewitched')]).projected();
    expect((await world.verified()).findings).toMatchObject([{ kind: 'faulted', version: 0, newest: 1 }]);
    world.damage('order#o-1', () => undefined);
    expect((await world.verified()).findings).toMatchObject([{ kind: 'missing', version: 0, newest: 1 }]);
  });
});

describe('the feed', () => {
  it('lacks an event, has one that differs, and one that never was', async () => {
    const world = await new VerifiedWorld(shop()).projected();
    const kept = world.events.map(feedRowOf);
    const feed = new VerifiedWorld([]).feed;
    const [lost, changed, ...others] = kept as [(typeof kept)[0], (typeof kept)[0], ...typeof kept];
    await feed.put([
      ...others,
      { ...changed, correlationId: 'another story' },
      { ...changed, id: 'made-up' },
      { ...lost, stream: 'order#o-9', id: 'nowhere' },
    ] as never);
    const views = new VerifiedWorld(world.events, world.rows);
    await views.feed.put((await feed.newest({ limit: 100 })).items);
    expect((await views.verified()).findings).toEqual([
      expect.objectContaining({ stream: 'order#o-1', version: 1, kind: 'missing', since: '2026-01-01T12:00:01.000Z' }),
      expect.objectContaining({
        stream: 'order#o-1',
        version: 2,
        kind: 'differs',
        fields: [{ field: 'correlationId', expected: 'story-o-1', found: 'another story' }],
      }),
      expect.objectContaining({ stream: 'order#o-1', version: 2, kind: 'orphan', id: 'made-up', newest: 2 }),
      expect.objectContaining({ stream: 'order#o-9', version: 1, kind: 'orphan', id: 'nowhere', newest: 0 }),
    ]);
  });
});

describe('generations', () => {
  const began = '2026-01-01T00:00:00.000Z';
  const first: Generation = { number: 1, revision: 1, startedAt: began, complete: true };
  const asIt = { number: 2, revision: 1, startedAt: began, complete: true, asOf: '2026-01-01T12:00:02.000Z' };

  it('are those that readers see, or the one that is asked for', async () => {
    const world = new VerifiedWorld(shop());
    const pointers = await withGenerations('order-summary', [first, { ...first, number: 2 }], 2);
    world.generations = async () => pointers;
    await world.projected();
    world.damage('order#o-1', (row) => ({ ...row, total: 1 }) as never, 1);
    expect((await world.verified()).findings).toEqual([]);
    const asked = { names: ['order-summary'], generation: 1 };
    expect((await world.verified(asked)).findings).toMatchObject([{ kind: 'differs', generation: 1 }]);
  });

  it('are of their time, where they are as of one', async () => {
    const world = await new VerifiedWorld(shop()).projected();
    const then = await new VerifiedWorld([...orderHistory('o-1', 2), ...orderHistory('o-2', 2)]).projected();
    for (const [stream, row] of then.rows.rows) world.rows.copy(2).set(stream, row);
    const pointers = await withGenerations('order-summary', [first, asIt], 1);
    world.generations = async () => pointers;
    expect((await world.verified({ names: ['order-summary'], generation: 2 })).findings).toEqual([]);
    world.rows.copy(2).set('order#o-1', world.rows.rows.get('order#o-1') as OrderSummary);
    expect((await world.verified({ names: ['order-summary'], generation: 2 })).findings).toMatchObject([
      { stream: 'order#o-1', kind: 'ahead', version: 3, newest: 2 },
    ]);
  });

  test.each([
    ['is not there', 3, 'order-summary has no generation 3; it has 1, 2'],
    ['is still being built', 2, 'generation 2 of order-summary is still being built'],
  ])('one that %s is not verified', async (_, generation, message) => {
    const world = new VerifiedWorld([]);
    const pointers = await withGenerations('order-summary', [first, { ...first, number: 2, complete: false }], 1);
    world.generations = async () => pointers;
    await expect(world.verified({ names: ['order-summary'], generation })).rejects.toThrow(message);
  });

  it('one that is retired meanwhile is not judged', async () => {
    const world = await new VerifiedWorld(shop()).projected();
    const before = await withGenerations('order-summary', [first], 1);
    const after = await withGenerations('order-summary', [{ ...first, number: 2 }], 2);
    const pointers = [before, after];
    world.generations = async () => pointers.shift()!;
    await expect(world.verified()).rejects.toThrow('generation 1 of order-summary was retired meanwhile');
  });
});

test('a thousand findings are enough: the rest of the table is not read', async () => {
  const events = Array.from({ length: 3_000 }, (_, i) => orderHistory(`o-${i}`, 1)).flat();
  const world = new VerifiedWorld(events, undefined, 50);
  const { findings, stopped, events: read } = await world.verified({ names: ['feed'] });
  expect(stopped).toBe(true);
  expect(findings.length).toBeGreaterThanOrEqual(1_000);
  expect(read).toBeLessThan(2_000);
});

test('memory holds no more than a hundred streams of each part, and rows are read a hundred a call', async () => {
  const events = Array.from({ length: 2_000 }, (_, i) => orderHistory(`o-${i}`, 2)).flat();
  const world = await new VerifiedWorld(events, undefined, 500).projected();
  world.rows.calls.splice(0);
  const progress: VerifyProjectionsProgress[] = [];
  const { findings } = await verifyProjections(world.ports, { names: ['order-summary'] }, (one) => progress.push(one));
  expect(findings).toEqual([]);
  expect(Math.max(...world.rows.calls.map(({ streams }) => streams.length))).toBe(100);
  expect(world.rows.calls.length).toBeLessThanOrEqual(2_000 / 100 + 8);
  expect(progress.at(-1)).toEqual({
    ...{ doing: 'looking for rows without events', streams: 2_000, events: 4_000, rows: 2_000 },
    ...{ findings: 0, of: 4_000 },
  });
});

test('a stream of thousands of events is read a part at a time', async () => {
  const world = await new VerifiedWorld(stock('mug', 1_200), undefined, 500).projected();
  world.damage('inventory#mug', (row) => ({ ...row, onHand: 1 }) as never);
  const reader = new HistoryReader(world.events);
  const { findings } = await world.verified({ names: ['inventory-level'] }, { events: reader });
  expect(findings).toMatchObject([{ kind: 'differs', fields: [{ field: 'onHand', expected: 1_200, found: 1 }] }]);
  expect(reader.asked).toEqual(['inventory#mug 1..500', 'inventory#mug 501..1000', 'inventory#mug 1001..1500']);
});
