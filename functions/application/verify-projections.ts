import type { EventStore } from './ports';
import { bounded } from './read-models/bounded';
import type { EventPages } from './read-models/event-pages';
import { type Generation, type Generations, generationOf } from './read-models/generations';
import type { PlacedRow } from './read-models/ports';
import type { Projection } from './read-models/projection';
import type { RecordedEvent } from './recorded-event';
import { differences } from './verify/differences';
import type { ProjectionFinding } from './verify/findings';
import { FEED, type FeedPorts, judgeFeed, orphansOf } from './verify/judge-feed';
import { type Copy, judgeRows, type RowPorts } from './verify/judge-rows';
import { RowFold } from './verify/row-fold';
import type { StoredRow, StoredViews } from './verify/stored-views';

export type VerifyProjectionsPorts = Omit<FeedPorts & RowPorts, 'events' | 'views'> & {
  /** As stored: what is personal is sealed, as it is in the rows. */
  readonly events: Pick<EventStore, 'readRange' | 'readMany'>;
  readonly pages: EventPages;
  readonly views: StoredViews;
  readonly projections: readonly Projection[];
  /** The fold that makes a generation; throws where this release does not have it. */
  readonly foldOf: (projection: string, generation: Generation) => Projection;
  readonly generations: () => Promise<ReadonlyMap<string, Generations>>;
};

export type VerifyAsked = {
  /** Names of projections, `feed`; all if it is left out. */
  readonly names?: readonly string[];
  /** Only this one. What belongs to no event of it is found only where everything is asked for. */
  readonly stream?: string;
  /** Another generation than the live one. */
  readonly generation?: number;
};

export type VerifiedProjections = {
  readonly streams: number;
  readonly events: number;
  /** Of read models and of the feed. */
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

const SEGMENTS = 8;
const ROWS_A_CALL = 100;
/** Calls of one part under way at a time. */
const WIDTH = 4;
/** Who has found so many knows what to do. */
const MOST_FINDINGS = 1_000;

/** The names that can be asked for. */
export const verifiable = (projections: readonly Projection[]): readonly string[] => [
  ...new Set(projections.map(({ name }) => name)),
  FEED,
];

/**
 * Compares every row with the fold of the event table, in memory that does not grow with the table. The whole tables are
 * read in parallel parts, and only suspect, since events come in meanwhile and a projector may be a moment behind. What is
 * suspected is read by itself, consistently, a few times, and that judges.
 */
export async function verifyProjections(
  ports: VerifyProjectionsPorts,
  asked: VerifyAsked,
  onProgress: (progress: VerifyProjectionsProgress) => void,
): Promise<VerifiedProjections> {
  const names = asked.names ?? verifiable(ports.projections);
  const copies = copiesOf(ports, await ports.generations(), names, asked.generation);
  const check = new Check(ports, copies, names.includes(FEED), onProgress);
  if (asked.stream !== undefined) await check.stream(asked.stream);
  else await check.all();
  assertStillThere(copies, await ports.generations());
  return check.result();
}

function copiesOf(
  ports: VerifyProjectionsPorts,
  pointers: ReadonlyMap<string, Generations>,
  names: readonly string[],
  number: number | undefined,
): readonly Copy[] {
  return names.flatMap((name) => {
    const pointer = pointers.get(name);
    if (!pointer) return [];
    const generation = generationOf(pointer, number ?? pointer.live);
    const there = pointer.all.map((one) => one.number).join(', ');
    if (!generation) throw new Error(`${name} has no generation ${number}; it has ${there}`);
    if (!generation.complete) throw new Error(`generation ${number} of ${name} is still being built`);
    return [{ projection: ports.foldOf(name, generation), generation }];
  });
}

/** Rows that are taken away while they are compared prove nothing. */
function assertStillThere(copies: readonly Copy[], pointers: ReadonlyMap<string, Generations>): void {
  for (const { projection, generation } of copies) {
    const pointer = pointers.get(projection.name);
    if (!pointer || !generationOf(pointer, generation.number))
      throw new Error(`generation ${generation.number} of ${projection.name} was retired meanwhile: verify it again`);
  }
}

/** A stream of which a part of the table has shown something. */
type Open = { readonly stream: string; readonly copy: Copy; readonly fold: RowFold; isSuspect: boolean };

class Check {
  #streams = 0;
  #events = 0;
  #rows = 0;
  #of = 0;
  readonly #findings = new Map<string, ProjectionFinding>();

  constructor(
    private readonly ports: VerifyProjectionsPorts,
    private readonly copies: readonly Copy[],
    private readonly feed: boolean,
    private readonly onProgress: (progress: VerifyProjectionsProgress) => void,
  ) {}

  async all(): Promise<void> {
    this.#of = await this.ports.pages.size();
    await eachSegment((segment) => this.#foldPart(segment));
    await eachSegment((segment) => this.#lookForOrphans(segment));
  }

  async stream(stream: string): Promise<void> {
    const copy = this.#copyOf(stream);
    if (copy) this.#add(await judgeRows(this.ports, copy, [stream]));
    for (let after = 0; ; after += ROWS_A_CALL) {
      const events = await this.ports.events.readRange(stream, after, after + ROWS_A_CALL);
      this.#events += events.length;
      if (this.feed) await this.#checkFeed(events);
      if (events.length < ROWS_A_CALL) break;
    }
    this.#streams = this.#events > 0 ? 1 : 0;
    this.#rows += copy ? 1 : 0;
  }

  result(): VerifiedProjections {
    const placeOf = ({ projection, stream, version }: ProjectionFinding) =>
      `${projection} ${stream} ${`${version}`.padStart(12, '0')}`;
    const findings = [...this.#findings.values()].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    return { ...this.#counts, findings, stopped: this.#isEnough };
  }

  get #counts() {
    return { streams: this.#streams, events: this.#events, rows: this.#rows };
  }

  get #isEnough(): boolean {
    return this.#findings.size >= MOST_FINDINGS;
  }

  #say(doing: VerifyProjectionsProgress['doing']): void {
    this.onProgress({ doing, ...this.#counts, findings: this.#findings.size, of: this.#of });
  }

  #add(findings: readonly ProjectionFinding[]): void {
    for (const finding of findings) {
      const { projection, stream, id = '' } = finding;
      const name = JSON.stringify([projection, stream, id]);
      // The first says most: a row whose place is wrong as well is also met as one without an event.
      if (!this.#findings.has(name)) this.#findings.set(name, finding);
    }
  }

  #copyOf(stream: string): Copy | undefined {
    return this.copies.find(({ projection }) => stream.startsWith(projection.prefix));
  }

  /** Events of a stream come together and in order, but where a page ends; if they do not, the stream is judged by itself. */
  async #foldPart(segment: number): Promise<void> {
    const whole = new Map<string, Open>();
    let open: Open | undefined;
    for await (const events of this.#pages(segment)) {
      for (const event of events) {
        if (event.stream !== open?.stream) {
          if (whole.size >= ROWS_A_CALL) await this.#compare(whole);
          open = this.#open(event.stream);
          if (open) whole.set(event.stream, open);
        }
        if (open && !open.fold.next(event)) open.isSuspect = true;
        if (event.version === 1) this.#streams += 1;
      }
      this.#events += events.length;
      if (this.feed) await this.#checkFeed(events);
      this.#say('folding the events');
      if (this.#isEnough) return;
    }
    await this.#compare(whole);
  }

  async *#pages(segment: number): AsyncGenerator<readonly RecordedEvent[]> {
    const [only] = this.copies;
    const prefix = !this.feed && this.copies.length === 1 ? only?.projection.prefix : undefined;
    let from: string | undefined;
    do {
      const part = { segment, of: SEGMENTS, ...(prefix !== undefined && { prefix }) };
      const page = await this.ports.pages.page(part, from);
      yield page.events;
      from = page.next;
    } while (from !== undefined);
  }

  #open(stream: string): Open | undefined {
    const copy = this.#copyOf(stream);
    return copy && { stream, copy, fold: new RowFold(copy.projection, copy.generation.asOf), isSuspect: false };
  }

  /** Empties `whole`. */
  async #compare(whole: Map<string, Open>): Promise<void> {
    const streams = [...whole.values()];
    whole.clear();
    const places = streams.map(({ stream, copy }) => ({ stream, generation: copy.generation.number }));
    const stored = places.length > 0 ? await this.ports.views.rows(places) : [];
    this.#rows += stored.length;
    const rows = new Map(stored.map((row) => [row.stream, row]));
    await this.#judge(streams.filter((one) => one.isSuspect || !isAsFolded(one, rows.get(one.stream))));
  }

  async #judge(suspects: readonly Pick<Open, 'stream' | 'copy'>[]): Promise<void> {
    for (const copy of new Set(suspects.map((one) => one.copy))) {
      const streams = suspects.filter((one) => one.copy === copy).map(({ stream }) => stream);
      this.#add(await judgeRows(this.ports, copy, streams));
    }
  }

  async #checkFeed(events: readonly RecordedEvent[]): Promise<void> {
    const found = await bounded(WIDTH, batchesOf(events), (batch) => judgeFeed(this.ports, batch));
    this.#rows += events.length;
    this.#add(found.flat());
  }

  async #lookForOrphans(segment: number): Promise<void> {
    for await (const { rows, feed } of this.ports.views.segment(segment, SEGMENTS)) {
      if (this.#isEnough) return;
      for (const batch of batchesOf(rows.filter((row) => this.#isChecked(row))))
        await this.#judge(await this.#vacant(batch));
      if (this.feed) for (const batch of batchesOf(feed)) this.#add(await orphansOf(this.ports, batch));
      this.#say('looking for rows without events');
    }
  }

  #isChecked({ stream, generation }: PlacedRow): boolean {
    return this.#copyOf(stream)?.generation.number === generation;
  }

  /** Rows that have seen an event which is not there. */
  async #vacant(rows: readonly PlacedRow[]): Promise<readonly Pick<Open, 'stream' | 'copy'>[]> {
    const places = rows.map(({ stream, row }) => ({ stream, version: Math.max(1, row.version) }));
    const there = new Set((await this.ports.events.readMany(places)).map(({ stream }) => stream));
    return rows.flatMap(({ stream }) => {
      const copy = this.#copyOf(stream);
      return copy && !there.has(stream) ? [{ stream, copy }] : [];
    });
  }
}

/** By what one look at the whole table shows; whatever is not plainly right is looked at again. */
function isAsFolded({ fold }: Open, stored: StoredRow | undefined): boolean {
  if (!stored) return fold.version === 0;
  return !fold.fault && !stored.astray && differences(fold.row ?? {}, stored.row).length === 0;
}

const batchesOf = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / ROWS_A_CALL) }, (_, i) =>
    items.slice(i * ROWS_A_CALL, (i + 1) * ROWS_A_CALL),
  );

const eachSegment = (work: (segment: number) => Promise<void>): Promise<unknown> =>
  Promise.all(Array.from({ length: SEGMENTS }, (_, segment) => work(segment)));
