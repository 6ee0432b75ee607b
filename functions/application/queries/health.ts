import type { EventStore } from '../ports';
import { bounded } from '../read-models/bounded';
import type { FeedRow } from '../read-models/feed-row';
import type { Generations } from '../read-models/generations';
import type { KnownGenerations } from '../read-models/known-generations';
import type { FeedReader, LiveRows, PlacedRow, ViewLists } from '../read-models/ports';
import type { Projection } from '../read-models/projection';
import type { Fault, ViewRow } from '../read-models/rows';
import type { RecordedEvent } from '../recorded-event';

export type HealthPorts = {
  readonly projections: readonly Pick<Projection, 'name' | 'prefix'>[];
  readonly rows: LiveRows;
  readonly generations: Pick<KnownGenerations, 'all'>;
  readonly lists: Pick<ViewLists, 'ordersByStatus' | 'faulted'>;
  readonly feed: Pick<FeedReader, 'newest' | 'present'>;
  readonly events: Pick<EventStore, 'readRange'>;
  readonly now: () => Date;
};

export type ProjectionHealth = {
  /** How long the oldest event of the sample that is not projected yet has waited, in milliseconds; 0: none. */
  readonly lagMs: number;
  /** Events of the sample that are not projected yet. */
  readonly behind: number;
  /** Rows that a fault holds up; of the feed, which keeps no row per stream, always 0: see its dead-letter queue. */
  readonly faults: number;
};

/** A fault, where it stands: in the rows that readers are shown, or in a generation that is not live. */
export type FaultFound = Fault & {
  readonly projection: string;
  readonly stream: string;
  readonly generation: number;
  readonly live: boolean;
};

export type Health = {
  readonly status: 'ok' | 'lagging' | 'faulted';
  readonly projections: Readonly<Record<string, ProjectionHealth>>;
  readonly faults: readonly FaultFound[];
  /** There are more faults than are listed and counted. */
  readonly moreFaults: boolean;
  /** What the lag was measured on. */
  readonly sample: { readonly streams: number; readonly newestRecordedAt: string | null };
};

/** Streams looked at from either side. */
const sampleSize = 8;
/** Events of one stream looked at. */
const tailSize = 20;
const faultLimit = 100;
/** A projection is usually some hundred milliseconds behind. */
const laggingMs = 10_000;
const feedName = 'feed';
const ordersName = 'order-summary';

/**
 * The Events table has no index to ask for its newest events, so the lag is measured on a sample: the streams that
 * the feed saw last, and the orders that the views saw created last. Each projection is held against the event table
 * there, so either may stand still and be found out by the other. When both stand still, only further events of
 * the sample show it: the iterator age of the functions is the alarm for that.
 */
export async function health(ports: HealthPorts): Promise<Health> {
  const generations = await ports.generations.all();
  const orders = generations.get(ordersName)?.live ?? 1;
  const [newest, created, faulted] = await Promise.all([
    ports.feed.newest({ limit: sampleSize }),
    ports.lists.ordersByStatus(orders, ['created'], { limit: sampleSize }),
    ports.lists.faulted(faultLimit + 1),
  ]);
  const streams = [...new Set([...newest.items, ...created.items].map(({ stream }) => stream))];
  const rows = streams.length === 0 ? new Map<string, ViewRow>() : await ports.rows.getMany(streams);
  const tails = await bounded(sampleSize, streams, (stream) => tailOf(ports, stream, rows, newest.items));
  const unprojected = tails.flat().filter((event) => !isProjected(event, rows));
  const fed = new Set((await fedOf(ports, tails.flat())).map(placeOf));
  const unfed = tails.flat().filter((event) => !fed.has(placeOf(event)));
  const shown = faultsFound(faulted.slice(0, faultLimit), ports.projections, generations);
  const live = shown.filter((fault) => fault.live);
  const projections = Object.fromEntries([
    ...ports.projections.map(({ name, prefix }) => [
      name,
      healthOf(
        ports,
        unprojected.filter(({ stream }) => stream.startsWith(prefix)),
        live.filter(({ projection }) => projection === name).length,
      ),
    ]),
    [feedName, healthOf(ports, unfed, 0)],
  ]) as Record<string, ProjectionHealth>;
  const lagging = Object.values(projections).some(({ lagMs }) => lagMs > laggingMs);
  return {
    status: live.length > 0 ? 'faulted' : lagging ? 'lagging' : 'ok',
    projections,
    faults: shown,
    moreFaults: faulted.length > faultLimit,
    sample: { streams: streams.length, newestRecordedAt: newest.items[0]?.recordedAt ?? null },
  };
}

/** The faults of these rows, with what they are of. */
export function faultsFound(
  rows: readonly PlacedRow[],
  projections: readonly Pick<Projection, 'name' | 'prefix'>[],
  generations: ReadonlyMap<string, Generations>,
): readonly FaultFound[] {
  return rows.flatMap(({ stream, generation, row: { fault } }) => {
    const projection = projections.find(({ prefix }) => stream.startsWith(prefix))?.name;
    if (fault === undefined || projection === undefined) return [];
    return [{ projection, stream, generation, live: generations.get(projection)?.live === generation, ...fault }];
  });
}

/** The events of a stream from the oldest that one of the projections may lack, and the last that the views have. */
function tailOf(
  ports: HealthPorts,
  stream: string,
  rows: ReadonlyMap<string, ViewRow>,
  fed: readonly FeedRow[],
): Promise<readonly RecordedEvent[]> {
  const viewed = rows.get(stream)?.version ?? 0;
  const last = Math.max(0, ...fed.filter((row) => row.stream === stream).map(({ version }) => version));
  const after = Math.max(0, last === 0 ? viewed - 1 : Math.min(viewed, last));
  return ports.events.readRange(stream, after, after + tailSize);
}

/** A fault is counted as such, not as lag. */
function isProjected({ stream, version }: RecordedEvent, rows: ReadonlyMap<string, ViewRow>): boolean {
  const row = rows.get(stream);
  return row !== undefined && (row.fault !== undefined || row.version >= version);
}

async function fedOf(ports: HealthPorts, events: readonly RecordedEvent[]): Promise<readonly FeedRow[]> {
  return events.length === 0 ? [] : ports.feed.present(events);
}

function healthOf(ports: HealthPorts, pending: readonly RecordedEvent[], faults: number): ProjectionHealth {
  const oldest = Math.min(...pending.map(({ recordedAt }) => Date.parse(recordedAt)));
  const lagMs = pending.length === 0 ? 0 : Math.max(0, ports.now().getTime() - oldest);
  return { lagMs, behind: pending.length, faults };
}

function placeOf({ stream, version }: { readonly stream: string; readonly version: number }): string {
  return `${stream}@${version}`;
}
