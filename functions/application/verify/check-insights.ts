import type { Counter, CounterReader } from '../insights/ports';
import { insightsProjection, series } from '../insights/series';
import { windowNames } from '../insights/windows';
import type { Effects, EventStore } from '../ports';
import { bounded } from '../read-models/bounded';
import type { Generation } from '../read-models/generations';
import type { RecordedEvent } from '../recorded-event';
import type { EventCheck, PartCheck } from './event-check';
import type { Difference, ProjectionFinding } from './findings';
import { judged } from './patience';
import type { Tally } from './tally';

/** Counters by their series. */
export type Counters = ReadonlyMap<string, readonly Counter[]>;

export type InsightsPorts = {
  readonly counters: Pick<CounterReader, 'read'>;
  /**
   * What these events, whole streams, come to by a revision of the fold, but what is not kept any more at `now`. Events that
   * cannot be counted do not count.
   */
  readonly expected: (events: readonly RecordedEvent[], now: Date, revision: number) => Counters;
  readonly sum: (one: Counters, other: Counters) => Counters;
};

type Ports = {
  readonly insights: InsightsPorts;
  readonly events: Pick<EventStore, 'readRange'>;
  readonly effects: Pick<Effects, 'now' | 'random' | 'sleep'>;
};

const PREFIX = 'order#';
/** Events of whole streams that are folded together. */
const TOGETHER = 2_000;
/** Series read at a time. */
const WIDTH = 4;
/** What is about to go is not asked for: a long check may outlast it. */
const LASTING_MS = 24 * 3_600_000;

const allSeries: readonly string[] = [
  ...windowNames.map(series.sales),
  ...[series.funnel, series.topSkus, series.cancellations, series.lifecycle],
];

/**
 * The counters, by the events. Counts go on while the events are read, and a counter says not which it has counted; but
 * counters only grow. So what was counted before the events are read must not be more than they come to, and what is counted
 * afterwards not less. While nothing comes in, that is: equal.
 */
export class InsightsCheck implements EventCheck {
  #kept: Counters = new Map();
  #lasting: Counters = new Map();
  readonly #readAgain = new Set<string>();

  private constructor(
    private readonly ports: Ports,
    private readonly generation: Generation,
    private readonly tally: Tally,
    private readonly begun: Date,
    private readonly before: Counters,
  ) {}

  /** Before the first event is read. */
  static async begin(ports: Ports, generation: Generation, tally: Tally): Promise<InsightsCheck> {
    const begun = ports.effects.now();
    const before = await countersOf(ports, generation, allSeries);
    for (const rows of before.values()) tally.rows += rows.length;
    return new InsightsCheck(ports, generation, tally, begun, before);
  }

  part(): PartCheck {
    let whole: RecordedEvent[] = [];
    let open: RecordedEvent[] = [];
    const close = async () => {
      whole.push(...(await this.#wholeStream(open)));
      open = [];
    };
    const fold = () => {
      this.#fold(whole);
      whole = [];
    };
    return {
      take: async (events) => {
        for (const event of events) {
          if (!event.stream.startsWith(PREFIX)) continue;
          if (event.stream !== open[0]?.stream) await close();
          if (whole.length >= TOGETHER) fold();
          open.push(event);
        }
      },
      end: async () => {
        await close();
        fold();
      },
    };
  }

  /** When all of the events have been read. */
  async end(): Promise<void> {
    for (const [name, rows] of this.before) {
      const expected = byKey(this.#kept.get(name));
      this.tally.add(rows.flatMap((row) => this.#finding('ahead', name, expected.get(row.key), row)));
    }
    const wanted = [...this.#lasting].flatMap(([name, rows]) => rows.map((row) => ({ name, row })));
    this.tally.add(
      await judged(
        wanted,
        async (suspects) => {
          const found = await countersOf(this.ports, this.generation, [...new Set(suspects.map(({ name }) => name))]);
          const rows = new Map([...found].map(([name, counters]) => [name, byKey(counters)]));
          return suspects.map(({ name, row }) => {
            const [finding] = this.#finding('behind', name, row, rows.get(name)?.get(row.key));
            return { mayPass: true, ...(finding && { finding }) };
          });
        },
        this.ports.effects,
      ),
    );
  }

  /** A stream whose events stand apart in the table is read by itself, once. */
  async #wholeStream(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> {
    const stream = events[0]?.stream;
    if (stream === undefined || this.#readAgain.has(stream)) return [];
    if (events.every(({ version }, i) => version === i + 1)) return this.#known(events);
    this.#readAgain.add(stream);
    return this.#known(await this.ports.events.readRange(stream, 0));
  }

  #known(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const { asOf } = this.generation;
    const cut = asOf === undefined ? -1 : events.findIndex(({ recordedAt }) => recordedAt > asOf);
    return cut < 0 ? events : events.slice(0, cut);
  }

  #fold(events: readonly RecordedEvent[]): void {
    const { expected, sum } = this.ports.insights;
    const { revision } = this.generation;
    const later = new Date(this.begun.getTime() + LASTING_MS);
    this.#kept = sum(this.#kept, expected(events, this.begun, revision));
    this.#lasting = sum(this.#lasting, expected(events, later, revision));
  }

  #finding(
    kind: 'ahead' | 'behind',
    name: string,
    expected: Counter | undefined,
    found: Counter | undefined,
  ): readonly ProjectionFinding[] {
    const fields = numbersThat(kind === 'ahead' ? (e, f) => f > e : (e, f) => f < e, expected, found);
    if (fields.length === 0) return [];
    const { number: generation } = this.generation;
    const stream = `${name} ${(expected ?? found)?.key}`;
    return [{ projection: insightsProjection.name, generation, stream, kind, version: 0, newest: 0, fields }];
  }
}

async function countersOf({ insights }: Ports, generation: Generation, names: readonly string[]): Promise<Counters> {
  const rows = await bounded(WIDTH, names, (one) => insights.counters.read(generation.number, { series: one }));
  return new Map(names.map((name, i) => [name, rows[i] ?? []]));
}

const byKey = (rows: readonly Counter[] = []) => new Map(rows.map((row) => [row.key, row]));

function numbersThat(
  isWrong: (expected: number, found: number) => boolean,
  expected: Counter | undefined,
  found: Counter | undefined,
): readonly Difference[] {
  const names = new Set([...Object.keys(expected?.values ?? {}), ...Object.keys(found?.values ?? {})]);
  return [...names].sort().flatMap((field) => {
    const numbers = { expected: expected?.values[field] ?? 0, found: found?.values[field] ?? 0 };
    return isWrong(numbers.expected, numbers.found) ? [{ field, ...numbers }] : [];
  });
}
