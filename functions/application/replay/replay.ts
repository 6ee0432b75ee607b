import { canonicalType, type EventType } from '../catalogue';
import type { EventStore, Fact } from '../ports';
import { bounded } from '../read-models/bounded';
import type { EventPages } from '../read-models/event-pages';
import type { RecordedEvent } from '../recorded-event';
import { type Subscriber, subscribers } from './subscribers';

/** Which facts, of those that the subscriber subscribes to. Times are those of recording; RFC 3339 in UTC with milliseconds. */
export type ReplayChoice = {
  readonly type?: EventType;
  readonly stream?: string;
  readonly since?: string;
  readonly until?: string;
};

/** The queue of one subscriber, as its rule sends to it; nobody else hears of it. */
export interface ReplayQueues {
  /** In this order, marked as of the replay `name`. Throws when they could not all be queued. */
  send(to: Subscriber, name: string, facts: readonly Fact[]): Promise<void>;
}

export type ReplayPorts = {
  readonly pages: EventPages;
  /** As stored: what is personal is sealed, as it is in facts. */
  readonly events: Pick<EventStore, 'readRange'>;
  readonly factOf: (event: RecordedEvent) => Fact;
  readonly queues: ReplayQueues;
};

export type Replayed = {
  readonly read: number;
  /** Chosen, by type. */
  readonly facts: Readonly<Partial<Record<string, number>>>;
  readonly chosen: number;
  /** 0 in a dry run. */
  readonly sent: number;
};

/** Parts of the table that are read side by side. */
const PARTS = 8;
/** Messages that one call takes. */
const PER_CALL = 10;

/** Sends facts once more, to one subscriber; those of a stream in its order. Nothing goes on the bus. */
export async function replay(
  { pages, events, factOf, queues }: ReplayPorts,
  choice: ReplayChoice,
  { to, name, dryRun }: { readonly to: Subscriber; readonly name: string; readonly dryRun: boolean },
  onProgress: (far: Replayed & { readonly about: number | undefined }) => void,
): Promise<Replayed> {
  const facts: Record<string, number> = {};
  const far = { read: 0, facts, chosen: 0, sent: 0 };
  let about: number | undefined;
  const { streams } = subscribers[to];
  const take = async (page: readonly RecordedEvent[]) => {
    const chosen = page.filter((event) => event.stream.startsWith(streams) && isChosen(event, choice)).map(factOf);
    for (const { type } of chosen) facts[type] = (facts[type] ?? 0) + 1;
    far.chosen += chosen.length;
    if (!dryRun) {
      for (let from = 0; from < chosen.length; from += PER_CALL) {
        const batch = chosen.slice(from, from + PER_CALL);
        await queues.send(to, name, batch);
        far.sent += batch.length;
      }
    }
    onProgress({ ...far, about });
  };

  if (choice.stream !== undefined) {
    const all = await events.readRange(choice.stream, 0);
    far.read = all.length;
    await take(all);
    return far;
  }
  about = await pages.size();
  const since = choice.since === undefined ? {} : { since: choice.since };
  await bounded(PARTS, [...Array(PARTS).keys()], async (segment) => {
    let from: string | undefined;
    do {
      const page = await pages.page({ segment, of: PARTS, prefix: streams, ...since }, from);
      far.read += page.read;
      await take(page.events);
      from = page.next;
    } while (from !== undefined);
  });
  return far;
}

const isChosen = (event: RecordedEvent, { type, since, until }: ReplayChoice): boolean =>
  (type === undefined || canonicalType(event.type) === type) &&
  (since === undefined || event.recordedAt >= since) &&
  (until === undefined || event.recordedAt <= until);
