import { summed } from '../../functions/application/insights/counter-sums';
import type { CommitOutcome, Count, Ledger, Mark, MarkChange } from '../../functions/application/insights/ledger';
import type { Counter, CounterRange, CounterReader, RankingReader } from '../../functions/application/insights/ports';

/** Marks and counters in memory, under the conditions of the Insights table. */
export class MemoryLedger implements Ledger, CounterReader, RankingReader {
  readonly commits: { readonly changes: readonly MarkChange[]; readonly counts: readonly Count[] }[] = [];
  /** Runs before a commit looks at the marks: a place for a delay, or for a crash. */
  beforeCommit: (counts: readonly Count[]) => unknown = () => {};
  /** Runs when a commit has been done: a place for an answer that is lost. */
  afterCommit: () => void = () => {};
  /** What can never be written. */
  refuses: (counts: readonly Count[]) => boolean = () => false;
  private readonly marks = new Map<string, Mark>();
  private readonly rows: (Counter & { readonly place: string; readonly ranking: string | undefined })[] = [];

  async read(generation: number, streams: readonly string[]): Promise<ReadonlyMap<string, Mark>>;
  async read(generation: number, range: CounterRange): Promise<readonly Counter[]>;
  async read(generation: number, asked: readonly string[] | CounterRange): Promise<never> {
    const answer = 'series' in asked ? this.counters(generation, asked) : this.marksOf(generation, asked);
    return answer as never;
  }

  async commit(generation: number, changes: readonly MarkChange[], counts: readonly Count[]): Promise<CommitOutcome> {
    await this.beforeCommit(counts);
    this.commits.push({ changes, counts });
    if (this.refuses(counts)) return { kind: 'refused', error: new Error('refused') };
    const moved = changes.some(
      ({ before, after }) => this.marks.get(`${generation}#${after.stream}`)?.revision !== before?.revision,
    );
    if (moved) return { kind: 'conflict' };
    for (const { after } of changes) this.marks.set(`${generation}#${after.stream}`, after);
    for (const { generation: of, increment } of counts) {
      const { key, add, ranking } = increment;
      this.rows.push({ place: `${of}#${increment.series}`, key, values: add, ranking });
    }
    this.afterCommit();
    return { kind: 'committed' };
  }

  async top(generation: number, series: string, ranking: string, limit: number): Promise<readonly Counter[]> {
    const rows = this.rows.filter((row) => row.place === `${generation}#${series}` && row.ranking === ranking);
    return summed(rows)
      .toSorted((one, other) => other.values.quantity! - one.values.quantity!)
      .slice(0, limit);
  }

  private marksOf(generation: number, streams: readonly string[]): ReadonlyMap<string, Mark> {
    if (new Set(streams).size < streams.length) throw new Error('a stream may be named once only');
    return new Map(
      streams.flatMap((stream) => {
        const mark = this.marks.get(`${generation}#${stream}`);
        return mark ? [[stream, mark] as const] : [];
      }),
    );
  }

  private counters(generation: number, { series, from = '', to }: CounterRange): readonly Counter[] {
    return summed(
      this.rows.filter(
        ({ place, key }) => place === `${generation}#${series}` && key >= from && (to === undefined || key <= to),
      ),
    );
  }
}
