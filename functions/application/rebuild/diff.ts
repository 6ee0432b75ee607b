import type { Effects } from '../ports';
import { bounded } from '../read-models/bounded';
import type { PlacedRow, StoredRows, ViewRows } from '../read-models/ports';
import type { ViewRow } from '../read-models/rows';
import { compareRows, type RowVerdict } from './compare-rows';

export type DiffPorts = {
  readonly stored: Pick<StoredRows, 'segment'>;
  readonly rows: Pick<ViewRows, 'getMany'>;
  readonly effects: Pick<Effects, 'sleep'>;
};

export type DiffRequest = {
  /** The streams of the projection begin so. */
  readonly prefix: string;
  readonly old: number;
  readonly new: number;
  /** The new one follows no events: rows that have seen different numbers of them are different, and stay so. */
  readonly frozen: boolean;
  /** Differences to keep as samples. */
  readonly limit: number;
};

export type Difference = {
  readonly stream: string;
  readonly verdict: RowVerdict;
  readonly fields: readonly string[];
  readonly old?: ViewRow;
  readonly new?: ViewRow;
};

export type Diff = {
  readonly counts: Readonly<Record<RowVerdict, number>>;
  /** Rows that differ in a field, by field. */
  readonly fields: Readonly<Record<string, number>>;
  readonly samples: readonly Difference[];
};

/** Parts of the table that are read side by side. */
const SEGMENTS = 4;
/** Streams that are looked at again in one go. */
const DOUBTFUL = 200;
const LOOKS = 5;
const BETWEEN_LOOKS_MS = 200;

type Pair = { readonly stream: string; readonly old: ViewRow | undefined; readonly fresh: ViewRow | undefined };

/**
 * Compares two generations row by row, in memory that does not grow with them. The scan is not consistent, and events come
 * in meanwhile: what it finds unequal is read again, consistently, until both rows have seen the same events, a few times.
 */
export async function diff(
  ports: DiffPorts,
  request: DiffRequest,
  onProgress: (rows: number) => void = () => {},
): Promise<Diff> {
  const tally = new Tally(request.limit);
  const doubtful = new Set<string>();
  const settle = async () => {
    const streams = [...doubtful].slice(0, DOUBTFUL);
    for (const stream of streams) doubtful.delete(stream);
    for (const found of await lookedAtAgain(ports, request, streams)) tally.add(found);
  };
  await bounded(
    SEGMENTS,
    Array.from({ length: SEGMENTS }, (_, segment) => segment),
    async (segment) => {
      for await (const pairs of pairsOf(ports, request, segment)) {
        for (const pair of pairs) {
          const difference = differenceOf(pair);
          if (difference.verdict === 'equal') tally.add(difference);
          else doubtful.add(pair.stream);
        }
        onProgress(tally.rows);
        while (doubtful.size >= DOUBTFUL) await settle();
      }
    },
  );
  while (doubtful.size > 0) await settle();
  return tally.result();
}

/** The rows of both generations, stream by stream. They stand together, but where a page ends. */
async function* pairsOf(
  { stored }: DiffPorts,
  { prefix, old, new: fresh }: DiffRequest,
  segment: number,
): AsyncGenerator<readonly Pair[]> {
  let open = new Map<string, PlacedRow[]>();
  const pairs = () =>
    [...open].map(([stream, rows]) => ({
      stream,
      old: rows.find(({ generation }) => generation === old)?.row,
      fresh: rows.find(({ generation }) => generation === fresh)?.row,
    }));
  for await (const page of stored.segment(segment, SEGMENTS)) {
    for (const row of page) {
      if (!row.stream.startsWith(prefix) || (row.generation !== old && row.generation !== fresh)) continue;
      open.set(row.stream, [...(open.get(row.stream) ?? []), row]);
    }
    const last = page.at(-1)?.stream;
    const held = last === undefined ? undefined : open.get(last);
    if (held && last !== undefined) open.delete(last);
    yield pairs();
    open = held && last !== undefined ? new Map([[last, held]]) : new Map();
  }
  yield pairs();
}

async function lookedAtAgain(
  { rows, effects }: DiffPorts,
  request: DiffRequest,
  streams: readonly string[],
): Promise<readonly Difference[]> {
  const found = new Map<string, Difference>();
  let open = streams;
  for (let look = 1; open.length > 0; look++) {
    if (look > 1) await effects.sleep(BETWEEN_LOOKS_MS * (look - 1));
    const places = open.flatMap((stream) => [
      { stream, generation: request.old },
      { stream, generation: request.new },
    ]);
    const placed = new Map((await rows.getMany(places)).map((one) => [`${one.generation}@${one.stream}`, one.row]));
    for (const stream of open) {
      const pair = {
        stream,
        old: placed.get(`${request.old}@${stream}`),
        fresh: placed.get(`${request.new}@${stream}`),
      };
      found.set(stream, differenceOf(pair));
    }
    if (request.frozen) break;
    open = open.filter((stream) => mayPass(found.get(stream), look));
  }
  const settled = [...found.values()];
  if (!request.frozen) return settled;
  return settled.map((one) => (one.verdict === 'apart' ? { ...one, verdict: 'different' } : one));
}

/** A projector writes one row, then the other: what it is at right now looks so for a moment. */
function mayPass(difference: Difference | undefined, look: number): boolean {
  switch (difference?.verdict) {
    case 'apart':
      return look < LOOKS;
    case 'only-in-old':
    case 'only-in-new':
      return look < 2;
    default:
      return false;
  }
}

function differenceOf({ stream, old, fresh }: Pair): Difference {
  return { stream, ...compareRows(old, fresh), ...(old && { old }), ...(fresh && { new: fresh }) };
}

class Tally {
  readonly #counts: Record<RowVerdict, number> = {
    ...{ equal: 0, different: 0, repaired: 0, faulted: 0, apart: 0 },
    ...{ 'only-in-old': 0, 'only-in-new': 0 },
  };
  readonly #fields = new Map<string, number>();
  readonly #samples: Difference[] = [];

  constructor(private readonly limit: number) {}

  get rows(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  add(difference: Difference): void {
    const { verdict, fields } = difference;
    this.#counts[verdict]++;
    if (verdict === 'equal') return;
    if (verdict === 'different')
      for (const field of fields) this.#fields.set(field, (this.#fields.get(field) ?? 0) + 1);
    if (this.#samples.length < this.limit) this.#samples.push(difference);
  }

  result(): Diff {
    const fields = Object.fromEntries([...this.#fields].sort(([, one], [, other]) => other - one));
    const samples = this.#samples.toSorted((one, other) => (one.stream < other.stream ? -1 : 1));
    return { counts: this.#counts, fields, samples };
  }
}

/** What would be worse for readers behind a switch; other fields are what a new fold is for. */
export function worse({ counts }: Diff): readonly string[] {
  const reasons: (readonly [RowVerdict, string])[] = [
    ['only-in-old', 'missing'],
    ['faulted', 'newly faulted'],
    ['apart', 'behind, or ahead of the old ones'],
  ];
  return reasons.flatMap(([verdict, what]) => (counts[verdict] > 0 ? [`${counts[verdict]} rows are ${what}`] : []));
}
