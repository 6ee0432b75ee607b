import { canonicalType, catalogueEntry } from '../application/catalogue';
import type { FactPublisher, Inbox, InboxItem, Redelivery } from '../application/ports';
import { bounded } from '../application/read-models/bounded';
import { byStream } from '../application/read-models/by-stream';
import type { FeedWriter, ProjectionDeadLetter, ProjectionDeadLetters } from '../application/read-models/ports';
import type { RecordedEvent } from '../application/recorded-event';
import { reasonOf } from './advance';
import { factOf } from './fact';
import { feedRowOf } from './feed-row';

export type FeederPorts = {
  readonly feed: FeedWriter;
  readonly facts: FactPublisher;
  readonly inbox: Pick<Inbox, 'parked'>;
  readonly redelivery: Redelivery;
  readonly deadLetters: ProjectionDeadLetters;
};

export type FeedResult = {
  /** What must be delivered again, and why. */
  readonly failed: ReadonlyMap<RecordedEvent, string>;
  readonly deadLettered: readonly ProjectionDeadLetter[];
  /** Parked events sent to their ingest again. */
  readonly redelivered: number;
};

/** Streams whose Inbox is read at a time. */
const width = 16;

/**
 * Feeds a batch of appended events on: to the feed's index rows, to the bus as facts, and, for each stream of the
 * batch, the parked events whose turn has come to their ingest. The three do not wait for each other: each is
 * idempotent at its end, and what fails is tried again as a whole. Never throws.
 */
export function makeFeeder(ports: FeederPorts) {
  return async (batch: readonly RecordedEvent[]): Promise<FeedResult> => {
    const failed = new Map<RecordedEvent, string>();
    const fail = (events: readonly RecordedEvent[], error: unknown) => {
      for (const event of events) if (!failed.has(event)) failed.set(event, reasonOf(error));
    };
    const letters: ProjectionDeadLetter[] = [];
    let redelivered = 0;
    await Promise.all([
      feedRows(ports, batch, letters).catch((error) => fail(batch, error)),
      feedFacts(ports, batch, letters, fail).catch((error) => fail(batch, error)),
      wakeParked(ports, batch, fail).then((count) => {
        redelivered = count;
      }),
    ]);
    if (letters.length > 0) {
      try {
        await ports.deadLetters.send(letters);
      } catch (error) {
        const places = new Set(letters.map(({ stream, version }) => `${stream}@${version}`));
        fail(
          batch.filter(({ stream, version }) => places.has(`${stream}@${version}`)),
          error,
        );
      }
    }
    return { failed, deadLettered: letters, redelivered };
  };
}

async function feedRows(ports: FeederPorts, batch: readonly RecordedEvent[], letters: ProjectionDeadLetter[]) {
  const refused = await ports.feed.put(batch.map(feedRowOf));
  letters.push(...refused.map(({ row, error }) => ({ stream: row.stream, version: row.version, error })));
}

async function feedFacts(
  ports: FeederPorts,
  batch: readonly RecordedEvent[],
  letters: ProjectionDeadLetter[],
  fail: (events: readonly RecordedEvent[], error: unknown) => void,
) {
  for (const { index, error, retryable } of await ports.facts.publish(batch.map(factOf))) {
    const event = batch[index];
    if (!event) continue;
    if (retryable) fail([event], error);
    else letters.push({ stream: event.stream, version: event.version, error });
  }
}

/** Redelivers what the streams of the batch no longer keep waiting; resolves with their number. */
async function wakeParked(
  ports: FeederPorts,
  batch: readonly RecordedEvent[],
  fail: (events: readonly RecordedEvent[], error: unknown) => void,
): Promise<number> {
  const streams = byStream(batch);
  const due = await bounded(width, [...streams], async ([stream, events]): Promise<readonly InboxItem[]> => {
    try {
      const version = Math.max(...events.map((event) => event.version));
      const ended = events.some((event) => closesStream(event.type));
      const parked = await ports.inbox.parked(stream);
      return parked.filter((item) => ended || (item.dueAtVersion ?? 0) <= version);
    } catch (error) {
      fail(events, error);
      return [];
    }
  });
  const items = due.flat();
  if (items.length === 0) return 0;
  try {
    await ports.redelivery.redeliver(items);
    return items.length;
  } catch (error) {
    const waiting = new Set(items.map((item) => item.stream));
    fail(
      batch.filter((event) => waiting.has(event.stream)),
      error,
    );
    return 0;
  }
}

/** Nothing follows in the stream: what still waits there is decided now, not when its time is up. */
function closesStream(name: string): boolean {
  const type = canonicalType(name);
  return type !== undefined && catalogueEntry(type).closes === true;
}
