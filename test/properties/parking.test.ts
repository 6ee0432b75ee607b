import { describe, expect, it } from '@jest/globals';
import { decodeEvent } from '../../functions/application/decode-event';
import { type Delivery, makeIngest } from '../../functions/application/ingest';
import type { InboxItem } from '../../functions/application/ports';
import { verdictOn } from '../../functions/application/verdict';
import { type Envelope, envelope } from '../support/envelopes';
import { type Explored, explore } from '../support/explorer';
import { FixedEffects } from '../support/fixed-effects';
import { IngestWorld, type Options } from '../support/ingest-world';
import { MemoryFacts } from '../support/memory-facts';
import { memoryWriteSide } from '../support/memory-write-side';
import { payloads } from '../support/orders';

/*
 * Every interleaving of two writers and the feed, call by call, with a crash anywhere: nothing is lost, nothing is appended
 * twice, nothing is left waiting for what has already come.
 */

const stream = 'order#o-1';
const step = (type: string, payload: object) => envelope(type, payload, { id: type });
const created = step('OrderCreated', payloads.created('o-1'));
const confirmed = step('OrderConfirmed', payloads.confirmed('o-1'));
const paid = step('OrderPaid', payloads.paid('o-1'));
const cancelled = step('OrderCancelled', payloads.cancelled('o-1'));

const put = (...events: readonly Envelope[]): Delivery[] => events.map((event) => ({ envelope: event }));

/** The Inbox item of an event, as its ingest parks it. */
const waiting = (event: Envelope, dueAtVersion: number): InboxItem => ({
  stream,
  state: 'parked',
  id: event.id,
  source: event.source,
  type: event['detail-type'],
  reason: 'it waits',
  event,
  at: '1970-01-01T00:00:00.000Z',
  dueAtVersion,
  parkedUntil: '1970-01-01T00:00:01.000Z',
});

type End = {
  readonly appended: string[];
  readonly parked: string[];
  readonly rejected: string[];
  readonly told: string[];
};

/** The stream after these events were taken in quietly, one after the other. */
async function historyOf(...events: readonly Envelope[]) {
  const side = memoryWriteSide(new FixedEffects(), () => new Date(0));
  const ingest = makeIngest({ ...side, facts: new MemoryFacts(), parkForMs: 1000 });
  for (const event of events) await ingest({ envelope: event });
  return side.events.appended;
}

/** Explores, and gives back in which ways it can end; `events` are all that were put. */
async function endsOf(options: Options, events: readonly Envelope[]): Promise<Explored & { readonly seen: End[] }> {
  const seen = new Map<string, End>();
  const explored = await explore(
    () => new IngestWorld(options),
    (world, way) => {
      const trouble = troubleIn(world, events);
      if (trouble) throw new Error(`${trouble}, by this way:\n${way.join('\n')}`);
      const end = endOf(world);
      seen.set(JSON.stringify(end), end);
    },
  );
  return { ...explored, seen: [...seen.values()] };
}

function endOf({ events, inbox, facts }: IngestWorld): End {
  const inState = (state: string) => inbox.items.flatMap((item) => (item.state === state ? [item.id] : [])).toSorted();
  const told = new Set(facts.published.map(({ detail }) => (detail.data as { id: string }).id));
  return {
    appended: events.appended.map(({ id }) => id),
    parked: inState('parked'),
    rejected: inState('rejected'),
    told: [...told].toSorted(),
  };
}

/** What must not be, in words. */
function troubleIn(world: IngestWorld, events: readonly Envelope[]): string | undefined {
  const { appended, parked, rejected, told } = endOf(world);
  if (new Set(appended).size < appended.length) return 'an event was appended twice';
  for (const event of events) {
    const places = [...appended, ...parked, ...rejected].filter((id) => id === event.id).length;
    if (places === 0) return `${event.id} is lost`;
    if (places > 1) return `${event.id} is in more than one place`;
  }
  const untold = rejected.filter((id) => !told.includes(id));
  if (untold.length > 0) return `the producer was not told that ${untold} is rejected`;
  const loaded = { stream, events: world.events.stream(stream), version: world.events.stream(stream).length };
  for (const item of world.inbox.items.filter(({ state }) => state === 'parked')) {
    const decoded = decodeEvent(item.event);
    if (decoded.ok && verdictOn(loaded, decoded.event).kind !== 'park') return `${item.id} is stranded`;
  }
  return undefined;
}

const inOrder = (...events: readonly Envelope[]): End => ({
  appended: events.map(({ id }) => id),
  parked: [],
  rejected: [],
  told: [],
});

/** The sweep has sent a parked step to be decided a last time, and at that moment the one before it comes. */
const expired = waiting(confirmed, 1);
const timeIsUp = {
  deliveries: [{ envelope: confirmed, parked: expired, last: true }, ...put(created)],
  parked: [expired],
};

describe('whatever happens between two writers, the feed and a crash', () => {
  it('two steps in the wrong order end in the right one, even if a run dies', async () => {
    const { seen, states } = await endsOf({ deliveries: put(confirmed, created), crashes: 1 }, [created, confirmed]);
    expect(seen).toEqual([inOrder(created, confirmed)]);
    // It did go many ways.
    expect(states).toBeGreaterThan(1000);
  });

  it('three steps in the wrong order end in the right one', async () => {
    const events = [paid, confirmed, created];
    const { seen } = await endsOf({ deliveries: put(...events), crashes: 0 }, events);
    expect(seen).toEqual([inOrder(created, confirmed, paid)]);
  });

  it('a step that is delivered twice is appended once', async () => {
    const deliveries = put(confirmed, confirmed, created);
    const { seen } = await endsOf({ deliveries, crashes: 1 }, [created, confirmed]);
    expect(seen).toEqual([inOrder(created, confirmed)]);
  });

  it('a step that races a cancellation comes before it, or is rejected and its producer told', async () => {
    const history = await historyOf(created);
    const deliveries = put(paid, cancelled, confirmed);
    const { seen } = await endsOf({ history, deliveries, crashes: 0 }, [paid, cancelled, confirmed]);
    const rejecting = (appended: readonly Envelope[], ...rejected: readonly Envelope[]): End => {
      const ids = rejected.map(({ id }) => id).toSorted();
      return { ...inOrder(created, ...appended), rejected: ids, told: ids };
    };
    expect(seen).toHaveLength(3);
    expect(seen).toEqual(
      expect.arrayContaining([
        rejecting([cancelled], confirmed, paid),
        rejecting([confirmed, cancelled], paid),
        rejecting([confirmed, paid, cancelled]),
      ]),
    );
  });

  it('a cancellation that comes first of all waits for the order, even if a run dies', async () => {
    const { seen } = await endsOf({ deliveries: put(cancelled, created), crashes: 1 }, [created, cancelled]);
    expect(seen).toEqual([inOrder(created, cancelled)]);
  });

  it('a step whose time is up is rejected, unless the one before it comes just in time', async () => {
    const { seen } = await endsOf({ ...timeIsUp, crashes: 0 }, [created, confirmed]);
    expect(seen).toHaveLength(2);
    expect(seen).toEqual(
      expect.arrayContaining([
        inOrder(created, confirmed),
        { ...inOrder(created), rejected: [confirmed.id], told: [confirmed.id] },
      ]),
    );
  });

  it('a duplicate that comes when its time is up is as rejected as the first', async () => {
    const deliveries = [...timeIsUp.deliveries, ...put(confirmed)];
    const late = { ...timeIsUp, deliveries, parkForMs: 1000, crashes: 0, wholeMemory: true } as const;
    const { seen } = await endsOf(late, [created, confirmed]);
    expect(seen).toHaveLength(2);
    expect(seen).toEqual(
      expect.arrayContaining([
        inOrder(created, confirmed),
        { ...inOrder(created), rejected: [confirmed.id], told: [confirmed.id] },
      ]),
    );
  });

  it('and does not wait a second time for a step that never comes, even if a run dies', async () => {
    const deliveries = [{ envelope: confirmed, parked: expired, last: true }, ...put(confirmed)];
    const late = { ...timeIsUp, deliveries, parkForMs: 1000, crashes: 1, wholeMemory: true } as const;
    const { seen } = await endsOf(late, [confirmed]);
    expect(seen).toEqual([{ ...inOrder(), rejected: [confirmed.id], told: [confirmed.id] }]);
  });

  it('even if a run dies then: nobody hears of a rejection that does not last', async () => {
    const { seen } = await endsOf({ ...timeIsUp, crashes: 1 }, [created, confirmed]);
    expect(seen).toHaveLength(2);
    expect(seen).toEqual(
      expect.arrayContaining([
        inOrder(created, confirmed),
        { ...inOrder(created), rejected: [confirmed.id], told: [confirmed.id] },
      ]),
    );
  });
});

describe('the explorer notices', () => {
  it('a writer that parks without looking again', async () => {
    const blind: Options = {
      deliveries: put(confirmed, created),
      crashes: 0,
      tamper: ({ events }) => {
        // The look after parking shows what the first one showed.
        const looks = new Map<string, ReturnType<typeof events.load>>();
        const load = (name: string) => {
          const first = looks.get(name) ?? events.load(name);
          looks.set(name, first);
          return first;
        };
        return {
          events: new Proxy(events, { get: (store, key) => (key === 'load' ? load : Reflect.get(store, key)) }),
        };
      },
    };
    await expect(endsOf(blind, [created, confirmed])).rejects.toThrow('OrderConfirmed is stranded');
  });

  it('an Inbox that forgets', async () => {
    const forgetful: Options = {
      deliveries: put(confirmed, created),
      crashes: 0,
      tamper: ({ inbox }) => ({
        inbox: new Proxy(inbox, { get: (box, key) => (key === 'put' ? async () => {} : Reflect.get(box, key)) }),
      }),
    };
    await expect(endsOf(forgetful, [created, confirmed])).rejects.toThrow('OrderConfirmed is lost');
  });
});
