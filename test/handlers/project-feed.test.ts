import { describe, expect, test } from '@jest/globals';
import type { ProjectionDeadLetter } from '../../functions/application/read-models/ports';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { makeProjectFeed } from '../../functions/handlers/stream/feed-batch';
import { makeFeeder } from '../../functions/projections/feeder';
import { HistoryReader } from '../support/history-reader';
import { MemoryFacts } from '../support/memory-facts';
import { MemoryFeed } from '../support/memory-feed';
import { MemoryInbox } from '../support/memory-inbox';
import { NotedTelemetry } from '../support/noted-telemetry';
import { queueEvent } from '../support/queue-event';
import { orderHistory } from '../support/recorded';
import { streamEvent } from '../support/stream-event';

function feeding(history: readonly RecordedEvent[] = []) {
  const feed = new MemoryFeed();
  const facts = new MemoryFacts();
  const inbox = new MemoryInbox();
  const telemetry = new NotedTelemetry();
  const letters: ProjectionDeadLetter[] = [];
  const woken: string[] = [];
  const deadLetters = { send: async (sent: readonly ProjectionDeadLetter[]) => void letters.push(...sent) };
  const redelivery = {
    redeliver: async (items: readonly { readonly id: string }[]) => void woken.push(...items.map(({ id }) => id)),
  };
  const handler = makeProjectFeed({
    feed: makeFeeder({ feed, facts, inbox, redelivery, deadLetters }),
    events: new HistoryReader(history),
    deadLetters,
    telemetry,
    now: () => new Date('2026-01-01T12:00:11.000Z'),
  });
  return { feed, facts, inbox, telemetry, letters, woken, handler };
}

describe('project-feed', () => {
  test('feeds the feed and the bus, wakes what has become due, and counts it', async () => {
    const { handler, feed, facts, inbox, telemetry, woken } = feeding();
    const parked = {
      stream: 'order#o-1',
      state: 'parked',
      id: 'shipment',
      source: 'shop',
      type: 'OrderShipped',
    } as const;
    await inbox.put({ ...parked, reason: 'early', event: {}, at: '2026-01-01T00:00:00.000Z', dueAtVersion: 3 });
    await expect(handler(streamEvent(orderHistory('o-1', 3)))).resolves.toEqual({ batchItemFailures: [] });
    expect((await feed.newest({ limit: 5 })).items).toHaveLength(3);
    expect(facts.published.map(({ type }) => type)).toEqual(['OrderCreated', 'OrderConfirmed', 'OrderPaid']);
    expect(woken).toEqual(['shipment']);
    expect(telemetry.counts).toEqual({ FactsPublished: 3, ParkedRedelivered: 1 });
  });

  test('asks again for exactly the record whose fact the bus did not take now', async () => {
    const { handler, facts } = feeding();
    facts.refuse = new Map([['OrderConfirmed', { error: 'ThrottlingException', retryable: true }]]);
    await expect(handler(streamEvent(orderHistory('o-1', 3)))).resolves.toEqual({
      batchItemFailures: [{ itemIdentifier: '2' }],
    });
  });

  test('queues what can never be passed by its place, and goes on', async () => {
    const { handler, facts, letters } = feeding();
    facts.refuse = new Map([['OrderConfirmed', { error: 'EntryTooLarge', retryable: false }]]);
    const batch = streamEvent(orderHistory('o-1', 3));
    Object.assign(batch.Records[2]?.dynamodb?.NewImage ?? {}, { data: { M: { total: { N: '9007199254740993' } } } });
    await expect(handler(batch)).resolves.toEqual({ batchItemFailures: [] });
    expect(letters).toEqual([
      { stream: 'order#o-1', version: 3, error: 'Error: 9007199254740993 cannot be read exactly' },
      { stream: 'order#o-1', version: 2, error: 'EntryTooLarge' },
    ]);
  });
});

describe('project-feed, asked to take up places again', () => {
  test('feeds their events on as if they had just been appended', async () => {
    const { handler, feed, facts, telemetry } = feeding(orderHistory('o-1', 3));
    const places = [3, 2, 2].map((version) => ({ stream: 'order#o-1', version }));
    await expect(handler(queueEvent(places))).resolves.toEqual({ batchItemFailures: [] });
    expect((await feed.newest({ limit: 5 })).items.map(({ version }) => version)).toEqual([3, 2]);
    expect(facts.published.map(({ type }) => type)).toEqual(['OrderConfirmed', 'OrderPaid']);
    expect(telemetry.counts).toEqual({ FactsPublished: 2, ParkedRedelivered: 0 });
  });

  test('gives back the messages of a stream whose facts the bus does not take now', async () => {
    const { handler, facts } = feeding([...orderHistory('o-1', 1), ...orderHistory('o-2', 2)]);
    facts.refuse = new Map([['OrderConfirmed', { error: 'ThrottlingException', retryable: true }]]);
    const places = [
      { stream: 'order#o-1', version: 1 },
      { stream: 'order#o-2', version: 2 },
    ];
    await expect(handler(queueEvent(places))).resolves.toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-2' }],
    });
  });

  test('puts what still cannot be passed among the dead letters again', async () => {
    const { handler, facts, letters } = feeding(orderHistory('o-1', 2));
    facts.refuse = new Map([['OrderConfirmed', { error: 'EntryTooLarge', retryable: false }]]);
    const place = { stream: 'order#o-1', version: 2 };
    await expect(handler(queueEvent([place]))).resolves.toEqual({ batchItemFailures: [] });
    expect(letters).toEqual([{ ...place, error: 'EntryTooLarge' }]);
  });
});
