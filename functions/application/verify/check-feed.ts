import type { Effects, EventStore } from '../ports';
import { bounded } from '../read-models/bounded';
import type { FeedRow } from '../read-models/feed-row';
import type { RecordedEvent } from '../recorded-event';
import { wrongFields } from './differences';
import { batchesOf, type EventCheck, type PartCheck } from './event-check';
import type { ProjectionFinding } from './findings';
import { judged } from './patience';
import type { StoredFeedRow, StoredViews } from './stored-views';
import type { Tally } from './tally';

export const FEED = 'feed';

export type FeedPorts = {
  readonly events: Pick<EventStore, 'readMany'>;
  readonly views: Pick<StoredViews, 'feedRows'>;
  /** What the feed keeps of an event. */
  readonly feedRowOf: (event: RecordedEvent) => FeedRow;
  readonly effects: Pick<Effects, 'random' | 'sleep'>;
};

/** Calls of one part under way at a time. */
const WIDTH = 4;

/** The feed, by the events: each has its row there, and there is no other. */
export class FeedCheck implements EventCheck {
  constructor(
    private readonly ports: FeedPorts,
    private readonly tally: Tally,
  ) {}

  part(): PartCheck {
    return { take: (events) => this.#take(events), end: async () => {} };
  }

  /** Of rows as they lie in the table: those whose event is not there. How they look has been judged by their events. */
  async orphans(stored: readonly FeedRow[]): Promise<void> {
    for (const rows of batchesOf(stored)) {
      const events = await this.ports.events.readMany(rows);
      const found = new Map(events.map((event) => [nameOf(event), event]));
      this.tally.add(rows.flatMap((row) => orphan(row, found.get(nameOf(row)))));
    }
  }

  async #take(events: readonly RecordedEvent[]): Promise<void> {
    const found = await bounded(WIDTH, batchesOf(events), (batch) => judgeFeed(this.ports, batch));
    this.tally.rows += events.length;
    this.tally.add(found.flat());
  }
}

/** The events whose row in the feed is not there, or another. One whose row is only late is given time. */
function judgeFeed(
  { views, feedRowOf, effects }: FeedPorts,
  events: readonly RecordedEvent[],
): Promise<readonly ProjectionFinding[]> {
  return judged(
    events.map(feedRowOf),
    async (expected) => {
      const stored = await views.feedRows(expected);
      return expected.map((row, i) => {
        const finding = wrongRow(row, stored[i]);
        return { mayPass: finding?.kind === 'missing', ...(finding && { finding }) };
      });
    },
    effects,
  );
}

function orphan({ stream, version, id, source }: FeedRow, event: RecordedEvent | undefined): ProjectionFinding[] {
  if (event?.id === id && event.source === source) return [];
  return [{ projection: FEED, stream, kind: 'orphan', version, newest: event?.version ?? 0, id }];
}

function wrongRow(expected: FeedRow, stored: StoredFeedRow | undefined): ProjectionFinding | undefined {
  const { stream, version, id, recordedAt } = expected;
  const about = { projection: FEED, stream, version, newest: version, id };
  if (!stored) return { ...about, kind: 'missing', since: recordedAt };
  const fields = wrongFields(expected, stored.row, stored.astray);
  return fields.length > 0 ? { ...about, kind: 'differs', fields, since: recordedAt } : undefined;
}

const nameOf = ({ stream, version }: { readonly stream: string; readonly version: number }) => `${version}@${stream}`;
