import type { Effects, EventStore } from '../ports';
import type { FeedRow } from '../read-models/feed-row';
import type { RecordedEvent } from '../recorded-event';
import { wrongFields } from './differences';
import type { ProjectionFinding } from './findings';
import { judged } from './patience';
import type { StoredFeedRow, StoredViews } from './stored-views';

export const FEED = 'feed';

export type FeedPorts = {
  readonly events: Pick<EventStore, 'readMany'>;
  readonly views: Pick<StoredViews, 'feedRows'>;
  /** What the feed keeps of an event. */
  readonly feedRowOf: (event: RecordedEvent) => FeedRow;
  readonly effects: Pick<Effects, 'random' | 'sleep'>;
};

/** The events whose row in the feed is not there, or another. One whose row is only late is given time. */
export function judgeFeed(
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

/** Rows of the feed whose event is not there. Each is compared elsewhere: here only its identity counts. */
export async function orphansOf(
  { events }: FeedPorts,
  rows: readonly FeedRow[],
): Promise<readonly ProjectionFinding[]> {
  const found = new Map((await events.readMany(rows)).map((event) => [nameOf(event), event]));
  return rows.flatMap((row) => {
    const event = found.get(nameOf(row));
    const { stream, version, id } = row;
    if (event?.id === id && event.source === row.source) return [];
    return [{ projection: FEED, stream, kind: 'orphan', version, newest: event?.version ?? 0, id } as const];
  });
}

function wrongRow(expected: FeedRow, stored: StoredFeedRow | undefined): ProjectionFinding | undefined {
  const { stream, version, id, recordedAt } = expected;
  const about = { projection: FEED, stream, version, newest: version, id };
  if (!stored) return { ...about, kind: 'missing', since: recordedAt };
  const fields = wrongFields(expected, stored.row, stored.astray);
  return fields.length > 0 ? { ...about, kind: 'differs', fields, since: recordedAt } : undefined;
}

const nameOf = ({ stream, version }: { readonly stream: string; readonly version: number }) => `${version}@${stream}`;
