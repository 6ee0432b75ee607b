import { describe, expect, test } from '@jest/globals';
import type { Fact, InboxItem } from '../../functions/application/ports';
import type { FeedRow } from '../../functions/application/read-models/feed-row';
import type { ProjectionDeadLetter } from '../../functions/application/read-models/ports';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { type FeederPorts, makeFeeder } from '../../functions/projections/feeder';
import { orderHistory, recorded } from '../support/recorded';

function feeding(parked: readonly InboxItem[] = [], over: Partial<FeederPorts> = {}) {
  const rows: FeedRow[] = [];
  const facts: Fact[] = [];
  const woken: string[] = [];
  const letters: ProjectionDeadLetter[] = [];
  const asked: string[] = [];
  const feed = makeFeeder({
    feed: {
      put: async (given) => {
        rows.push(...given);
        return [];
      },
    },
    facts: {
      publish: async (given) => {
        facts.push(...given);
        return [];
      },
    },
    inbox: {
      parked: async (stream) => {
        asked.push(stream);
        return parked.filter((item) => item.stream === stream);
      },
    },
    redelivery: { redeliver: async (items) => void woken.push(...items.map(({ id }) => id)) },
    deadLetters: { send: async (sent) => void letters.push(...sent) },
    ...over,
  });
  return { feed, rows, facts, woken, letters, asked };
}

const waiting = (stream: string, id: string, dueAtVersion: number): InboxItem => ({
  stream,
  state: 'parked',
  id,
  source: 'test.shop',
  type: 'OrderShipped',
  reason: 'before its turn',
  event: {},
  at: '2026-01-01T00:00:00.000Z',
  dueAtVersion,
  parkedUntil: '2026-01-15T00:00:00.000Z',
});

const failures = (failed: ReadonlyMap<RecordedEvent, string>) =>
  [...failed].map(([{ stream, version }, error]) => `${stream}@${version}: ${error}`);

describe('the feeder', () => {
  test('feeds each event to the feed and to the bus, and looks once into the Inbox of each stream', async () => {
    const history = orderHistory('o-1', 3);
    const { feed, rows, facts, asked } = feeding();
    const result = await feed(history);
    expect(result).toEqual({ failed: new Map(), deadLettered: [], redelivered: 0 });
    expect(rows[2]).toEqual({
      stream: 'order#o-1',
      version: 3,
      id: 'o-1-3',
      source: 'test.shop',
      type: 'OrderPaid',
      recordedAt: '2026-01-01T12:00:03.000Z',
      correlationId: 'story-o-1',
    });
    expect(rows).toHaveLength(3);
    expect(facts.map(({ type }) => type)).toEqual(['OrderCreated', 'OrderConfirmed', 'OrderPaid']);
    expect(asked).toEqual(['order#o-1']);
  });

  test('wakes what waits for the version that the stream has reached, and no more', async () => {
    const items = [waiting('order#o-1', 'now', 2), waiting('order#o-1', 'later', 3), waiting('order#o-2', 'other', 1)];
    const { feed, woken } = feeding(items);
    const result = await feed(orderHistory('o-1', 2));
    expect(woken).toEqual(['now']);
    expect(result.redelivered).toBe(1);
  });

  test.each([
    recorded('order#o-1', 2, 'OrderCancelled', { orderId: 'o-1', reason: 'no' }),
    recorded('order#o-1', 2, 'OrderDelivered', { orderId: 'o-1' }),
    recorded('user#u-1', 2, 'UserDeleted', { userId: 'u-1' }),
  ])('wakes all that waits when $type closes the stream', async (closing) => {
    const { feed, woken } = feeding([waiting(closing.stream, 'never due', 9)]);
    await feed([closing]);
    expect(woken).toEqual(['never due']);
  });

  test('gives back exactly the events whose facts the bus did not take for a passing reason', async () => {
    const publish: FeederPorts['facts']['publish'] = async () => [
      { index: 0, error: 'ThrottlingException', retryable: true },
      { index: 2, error: 'EntryTooLarge', retryable: false },
    ];
    const { feed, letters } = feeding([], { facts: { publish } });
    const { failed } = await feed(orderHistory('o-1', 3));
    expect(failures(failed)).toEqual(['order#o-1@1: ThrottlingException']);
    expect(letters).toEqual([{ stream: 'order#o-1', version: 3, error: 'EntryTooLarge' }]);
  });

  test('gives back the events whose dead letters could not be queued', async () => {
    const { feed } = feeding([], {
      feed: { put: async (rows) => rows.slice(1).map((row) => ({ row, error: 'key too long' })) },
      deadLetters: { send: () => Promise.reject(new Error('no queue')) },
    });
    expect(failures((await feed(orderHistory('o-1', 2))).failed)).toEqual(['order#o-1@2: Error: no queue']);
  });

  test('gives back the whole batch when the feed cannot be written', async () => {
    const { feed, facts } = feeding([], { feed: { put: () => Promise.reject(new Error('throttled')) } });
    const { failed } = await feed(orderHistory('o-1', 2));
    expect(failures(failed)).toEqual(['order#o-1@1: Error: throttled', 'order#o-1@2: Error: throttled']);
    expect(facts).toHaveLength(2);
  });

  test('gives back only the streams whose Inbox could not be read', async () => {
    const parked = async (stream: string) => {
      if (stream === 'order#o-1') throw new Error('throttled');
      return [waiting('order#o-2', 'due', 1)];
    };
    const { feed, woken } = feeding([], { inbox: { parked } });
    const { failed } = await feed([...orderHistory('o-1', 1), ...orderHistory('o-2', 1)]);
    expect(failures(failed)).toEqual(['order#o-1@1: Error: throttled']);
    expect(woken).toEqual(['due']);
  });

  test('gives back only the streams with something due when it cannot be redelivered', async () => {
    const { feed } = feeding([waiting('order#o-2', 'due', 1)], {
      redelivery: { redeliver: () => Promise.reject(new Error('no queue')) },
    });
    const { failed } = await feed([...orderHistory('o-1', 1), ...orderHistory('o-2', 1)]);
    expect(failures(failed)).toEqual(['order#o-2@1: Error: no queue']);
  });
});
