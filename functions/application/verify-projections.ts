import { insightsProjection } from './insights/series';
import type { Effects, EventStore } from './ports';
import type { EventPages } from './read-models/event-pages';
import { type Generation, type Generations, generationOf } from './read-models/generations';
import type { Projection } from './read-models/projection';
import { FEED, FeedCheck, type FeedPorts } from './verify/check-feed';
import { InsightsCheck, type InsightsPorts } from './verify/check-insights';
import { RowCheck, type RowCheckPorts } from './verify/check-rows';
import type { EventCheck } from './verify/event-check';
import type { ProjectionFinding } from './verify/findings';
import type { StoredViews } from './verify/stored-views';
import { Tally } from './verify/tally';

export type VerifyProjectionsPorts = Omit<FeedPorts & RowCheckPorts, 'events' | 'views' | 'effects'> & {
  /** As stored: what is personal is sealed, as it is in the rows. */
  readonly events: Pick<EventStore, 'readRange' | 'readMany'>;
  readonly pages: EventPages;
  readonly views: StoredViews;
  readonly insights: InsightsPorts;
  readonly projections: readonly Projection[];
  /** The fold that makes a generation; throws where this release does not have it. */
  readonly foldOf: (projection: string, generation: Generation) => Projection;
  /** Of the projections and the insights. */
  readonly generations: () => Promise<ReadonlyMap<string, Generations>>;
  readonly effects: Pick<Effects, 'now' | 'random' | 'sleep'>;
};

export type VerifyAsked = {
  /** Names of projections, `feed`, `insights`; all if it is left out. */
  readonly names?: readonly string[];
  /**
   * Only the rows of this one. What belongs to no event of it, and what many streams make together, is found only where no
   * stream is named.
   */
  readonly stream?: string;
  /** Another generation than the live one. */
  readonly generation?: number;
};

export type VerifiedProjections = {
  readonly streams: number;
  readonly events: number;
  /** Of read models, feed and insights. */
  readonly rows: number;
  /** One for a row, by projection, stream and version. */
  readonly findings: readonly ProjectionFinding[];
  /** So much is wrong that it was not read to the end. */
  readonly stopped: boolean;
};

export type VerifyProjectionsProgress = Omit<VerifiedProjections, 'findings' | 'stopped'> & {
  readonly doing: 'folding the events' | 'looking for rows without events';
  readonly findings: number;
  /** About how many events there are in all. */
  readonly of: number;
};

type OnProgress = (progress: VerifyProjectionsProgress) => void;

const SEGMENTS = 8;
const EVENTS_A_CALL = 100;

/** The names that can be asked for. */
export const verifiable = (projections: readonly Projection[]): readonly string[] => [
  ...new Set(projections.map(({ name }) => name)),
  ...[FEED, insightsProjection.name],
];

/**
 * Compares every row with the fold of the event table, in memory that does not grow with the table. The whole tables are
 * read in parallel parts, and only suspect, since events come in meanwhile and a projector may be a moment behind. What is
 * suspected is read by itself, consistently, a few times, and that judges.
 */
export async function verifyProjections(
  ports: VerifyProjectionsPorts,
  asked: VerifyAsked,
  onProgress: OnProgress,
): Promise<VerifiedProjections> {
  const names = asked.names ?? verifiable(ports.projections);
  const before = await ports.generations();
  const chosen = new Map(
    names.flatMap((name) => {
      const pointer = before.get(name);
      return pointer ? [[name, chosenOf(pointer, asked.generation)] as const] : [];
    }),
  );
  const tally = new Tally();
  const copies = [...chosen].flatMap(([name, generation]) =>
    name === insightsProjection.name ? [] : [{ projection: ports.foldOf(name, generation), generation }],
  );
  const rows = new RowCheck(ports, copies, tally);
  const feed = names.includes(FEED) ? new FeedCheck(ports, tally) : undefined;
  if (asked.stream !== undefined) await verifyStream(ports, asked.stream, rows, feed, tally);
  else {
    const counted = chosen.get(insightsProjection.name);
    const insights = counted && (await InsightsCheck.begin(ports, counted, tally));
    const prefix = copies.length === 1 && names.length === 1 ? copies[0]?.projection.prefix : undefined;
    await readEvents(
      ports,
      [rows, feed, insights].filter((one) => one !== undefined),
      { prefix, tally, onProgress },
    );
    if (!tally.isEnough) await insights?.end();
    await lookForOrphans(ports, rows, feed, { tally, onProgress });
  }
  assertStillThere(chosen, await ports.generations());
  return { ...countsOf(tally), findings: tally.findings, stopped: tally.isEnough };
}

function chosenOf(pointer: Generations, number: number = pointer.live): Generation {
  const { projection, all } = pointer;
  const generation = generationOf(pointer, number);
  const there = all.map((one) => one.number).join(', ');
  if (!generation) throw new Error(`${projection} has no generation ${number}; it has ${there}`);
  if (!generation.complete) throw new Error(`generation ${number} of ${projection} is still being built`);
  return generation;
}

/** Rows that are taken away while they are compared prove nothing. */
function assertStillThere(chosen: ReadonlyMap<string, Generation>, now: ReadonlyMap<string, Generations>): void {
  for (const [name, { number }] of chosen) {
    const pointer = now.get(name);
    if (!pointer || !generationOf(pointer, number))
      throw new Error(`generation ${number} of ${name} was retired meanwhile: verify it again`);
  }
}

async function verifyStream(
  { events }: Pick<VerifyProjectionsPorts, 'events'>,
  stream: string,
  rows: RowCheck,
  feed: FeedCheck | undefined,
  tally: Tally,
): Promise<void> {
  await rows.stream(stream);
  const part = feed?.part();
  for (let after = 0; ; after += EVENTS_A_CALL) {
    const page = await events.readRange(stream, after, after + EVENTS_A_CALL);
    tally.events += page.length;
    await part?.take(page);
    if (page.length < EVENTS_A_CALL) break;
  }
  tally.streams = tally.events > 0 ? 1 : 0;
}

type Progress = { readonly tally: Tally; readonly onProgress: OnProgress };

async function readEvents(
  { pages }: Pick<VerifyProjectionsPorts, 'pages'>,
  checks: readonly EventCheck[],
  { prefix, tally, onProgress }: Progress & { readonly prefix: string | undefined },
): Promise<void> {
  const of = await pages.size();
  await eachSegment(async (segment) => {
    const parts = checks.map((check) => check.part());
    let from: string | undefined;
    do {
      const where = { segment, of: SEGMENTS, ...(prefix !== undefined && { prefix }) };
      const { events, next } = await pages.page(where, from);
      tally.events += events.length;
      tally.streams += events.filter(({ version }) => version === 1).length;
      for (const part of parts) await part.take(events);
      onProgress({ doing: 'folding the events', ...countsOf(tally), findings: tally.found, of });
      if (tally.isEnough) return;
      from = next;
    } while (from !== undefined);
    for (const part of parts) await part.end();
  });
}

async function lookForOrphans(
  { views }: Pick<VerifyProjectionsPorts, 'views'>,
  rows: RowCheck,
  feed: FeedCheck | undefined,
  { tally, onProgress }: Progress,
): Promise<void> {
  await eachSegment(async (segment) => {
    for await (const page of views.segment(segment, SEGMENTS)) {
      if (tally.isEnough) return;
      await rows.orphans(page.rows);
      await feed?.orphans(page.feed);
      const of = tally.events;
      onProgress({ doing: 'looking for rows without events', ...countsOf(tally), findings: tally.found, of });
    }
  });
}

const countsOf = ({ streams, events, rows }: Tally) => ({ streams, events, rows });

const eachSegment = (work: (segment: number) => Promise<void>): Promise<unknown> =>
  Promise.all(Array.from({ length: SEGMENTS }, (_, segment) => work(segment)));
