import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../functions/application/canonical-json';
import type { Finding, StoredEvent } from '../../functions/application/chain';
import { verifyAll, verifyStream } from '../../functions/application/verify-streams';
import { resealed, storedStream, verifyPorts } from '../support/stored-streams';

const data = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
const history = (least: number) => fc.array(data, { minLength: least, maxLength: 8 });
/** A history of at least so many events, and one of its versions. */
const placed = (least: number) =>
  history(least).chain((events) => fc.tuple(fc.constant(events), fc.integer({ min: 1, max: events.length })));

const stream = 'inventory#mug';
const check = async (events: readonly StoredEvent[], known: number): Promise<Finding | undefined> =>
  (await verifyStream(verifyPorts([events], [{ stream, version: known }]), stream)).finding;
const found = (version: number, kind: Finding['kind']) => ({ stream, version, kind, detail: expect.any(String) });

/** Attributes of an event with one of them different. */
const different = fc.oneof(
  fc.tuple(fc.constantFrom('time', 'recordedAt', 'id', 'source', 'type', 'hash', 'prevHash', 'added'), fc.string()),
  fc.tuple(fc.constantFrom('schemaVersion'), fc.integer()),
  fc.tuple(fc.constantFrom('data', 'metadata'), data),
);

describe('the chain of a stream', () => {
  it('holds as long as nobody touches it, and its head is the last event', async () => {
    await fc.assert(
      fc.asyncProperty(history(1), async (events) => {
        const stored = storedStream(stream, events);
        const ports = verifyPorts([stored], [{ stream, version: events.length }]);
        const last = stored.at(-1)! as { attributes: Record<string, unknown> };
        expect(await verifyStream(ports, stream)).toEqual({
          stream,
          head: { version: events.length, hash: last.attributes.hash },
        });
      }),
    );
  });

  it('shows any change of any attribute, at its version', async () => {
    await fc.assert(
      fc.asyncProperty(placed(1), different, async ([events, version], [name, value]) => {
        const stored = storedStream(stream, events).map((event) => {
          if (event.version !== version || !('attributes' in event)) return event;
          fc.pre(canonicalJson(event.attributes[name] ?? '') !== canonicalJson(value));
          return { ...event, attributes: { ...event.attributes, [name]: value } };
        });
        expect(await check(stored, events.length)).toEqual(found(version, 'changed'));
      }),
    );
  });

  it('shows any removal, at its version', async () => {
    await fc.assert(
      fc.asyncProperty(placed(1), async ([events, version]) => {
        const stored = storedStream(stream, events).filter((event) => event.version !== version);
        expect(await check(stored, events.length)).toEqual(found(version, 'missing'));
      }),
    );
  });

  it('shows that events have changed places, at the first of the two', async () => {
    await fc.assert(
      fc.asyncProperty(placed(2), fc.nat(), async ([events, one], shift) => {
        const other = ((one - 1 + 1 + (shift % (events.length - 1))) % events.length) + 1;
        const stored = storedStream(stream, events);
        const contentOf = (version: number) => (stored[version - 1] as { attributes: object }).attributes;
        const swapped = stored.map((event) => {
          const from = event.version === one ? other : event.version === other ? one : event.version;
          // The place is the key: whoever puts an event somewhere else writes the version of that place.
          return { ...event, attributes: { ...contentOf(from), version: event.version } };
        });
        expect(await check(swapped, events.length)).toEqual(found(Math.min(one, other), 'changed'));
      }),
    );
  });

  it('shows an event that was replaced under a hash of its own, by the link of the next', async () => {
    await fc.assert(
      fc.asyncProperty(placed(2), async ([events, version]) => {
        fc.pre(version < events.length);
        const stored = storedStream(stream, events).map((event) =>
          event.version === version ? resealed(event, { source: 'somebody else' }) : event,
        );
        expect(await check(stored, events.length)).toEqual(found(version + 1, 'unlinked'));
      }),
    );
  });

  it.each([0, -1, 2.5])('shows an event at version %d, which no stream has', async (version) => {
    const stored = storedStream(stream, [{}, {}, {}]);
    const [first] = stored;
    expect(await check([...stored, { ...first!, version }], 3)).toEqual(found(version, 'foreign'));
  });

  it('shows what cannot have been appended', async () => {
    const stored = storedStream(stream, [{}, {}]);
    const foreign = { stream, version: 2, foreign: 'it holds a value of type SS, which no event does' };
    expect(await check([stored[0]!, foreign], 2)).toMatchObject({
      version: 2,
      kind: 'changed',
      detail: foreign.foreign,
    });
  });

  it('shows that a stream has gone that read models know', async () => {
    expect(await check([], 3)).toMatchObject({
      version: 1,
      kind: 'missing',
      detail: expect.stringContaining('version 3'),
    });
  });

  it('is read again when a version is missing: half a transaction may have been seen', async () => {
    const stored = storedStream(stream, [{}, {}, {}]);
    const ports = verifyPorts([stored], []);
    let reads = 0;
    const half = async function* () {
      reads += 1;
      yield reads < 3 ? [stored[0]!, stored[2]!] : stored;
    };
    const verified = await verifyStream({ ...ports, stored: { ...ports.stored, stream: half } }, stream);
    expect(verified.finding).toBeUndefined();
    expect(reads).toBe(3);
  });
});

describe('all chains', () => {
  /** Streams of a table, their events strewn over segments: mostly together, as a scan gives them, or anyhow. */
  const tables = fc
    .tuple(fc.array(history(1), { minLength: 1, maxLength: 6 }), fc.boolean(), fc.infiniteStream(fc.nat()))
    .map(([histories, together, dice]) => {
      const streams = histories.map((events, i) => storedStream(`order#${i}`, events));
      const strew = (events: readonly StoredEvent[]) => {
        const segments: StoredEvent[][] = Array.from({ length: 8 }, () => []);
        for (const event of events) {
          const at = together ? Number(event.stream.slice(6)) : dice.next().value!;
          segments[at % 8]!.push(event);
        }
        return segments;
      };
      const seen = streams.flatMap((events) => events.map(({ stream, version }) => ({ stream, version })));
      return { streams, strew, seen };
    });
  const quiet = () => {};

  it('hold wherever a scan finds their events', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ streams, strew, seen }) => {
        expect(await verifyAll(verifyPorts(strew(streams.flat()), seen), quiet)).toEqual({
          streams: streams.length,
          events: streams.flat().length,
          findings: [],
        });
      }),
    );
  });

  it('break only where somebody has changed or removed an event, also when nothing is left of a stream', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.nat(), fc.boolean(), async ({ streams, strew, seen }, pick, removes) => {
        const all = streams.flat();
        const victim = all[pick % all.length]!;
        const touched = all.flatMap((event): StoredEvent[] => {
          if (event !== victim || !('attributes' in event)) return [event];
          return removes ? [] : [{ ...event, attributes: { ...event.attributes, source: 'somebody else' } }];
        });
        const { findings } = await verifyAll(verifyPorts(strew(touched), seen), quiet);
        const { stream, version } = victim;
        expect(findings).toEqual([
          { stream, version, kind: removes ? 'missing' : 'changed', detail: expect.any(String) },
        ]);
      }),
    );
  });

  it('are not broken by what is appended while they are read', async () => {
    const stored = storedStream('order#1', [{}, {}, {}]);
    // The scan has passed when version 3 came; the feed has it already.
    const ports = verifyPorts([stored], [{ stream: 'order#1', version: 3 }]);
    const early = async function* (segment: number) {
      if (segment === 0) yield stored.slice(0, 2);
    };
    const late = { ...ports.stored, segment: early, vacant: async () => [{ stream: 'order#1', version: 3 }] };
    expect((await verifyAll({ ...ports, stored: late }, quiet)).findings).toEqual([]);
  });

  it('say how far they have come', async () => {
    const stored = storedStream('order#1', [{}, {}, {}, {}]);
    const said: string[] = [];
    await verifyAll(verifyPorts([stored], [{ stream: 'order#1', version: 4 }]), ({ doing, events }) =>
      said.push(`${doing} ${events}`),
    );
    expect(said).toEqual(['following the chains 3', 'following the chains 4', 'asking the read models 4']);
  });
});
