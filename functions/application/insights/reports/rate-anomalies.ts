import { deviationsOf, type MovingMean } from '../moving-mean';
import { series } from '../series';
import { type Window, windowOf, windows, windowsBetween } from '../windows';
import { keysOf, partsOf, type ReportSource, type TimeRange } from './source';

/** What can be counted in a window: numbers of the sales, of all currencies together. */
export const rates = ['orders', 'paid', 'cancelled'] as const;

export type Rate = (typeof rates)[number];

export type RateAnomalies = {
  readonly window: Window;
  readonly rate: Rate;
  readonly k: number;
  readonly history: number;
  /** Windows of the range that were compared with those before them, and those that had too few before them. */
  readonly judged: number;
  readonly tooLittleHistory: number;
  readonly items: readonly {
    readonly start: string;
    readonly value: number;
    readonly mean: number;
    readonly deviation: number;
    readonly deviations: number;
  }[];
};

export type RateQuery = TimeRange & MovingMean & { readonly window: Window; readonly rate: Rate };

/**
 * Windows of the range with far more or fewer of something than the windows before them. What is known begins with the first
 * window that has a count, in the range or as far before it as is looked; from there on a window without a count is a zero.
 */
export async function rateAnomalies({ counters, generation }: ReportSource, query: RateQuery): Promise<RateAnomalies> {
  const { window, rate, from, to, history, k } = query;
  const lookedAt = { from: from - history * windows[window].ms, to };
  const counted = new Map<string, number>();
  for (const { key, values } of await counters.read(generation, keysOf(series.sales(window), window, lookedAt))) {
    const name = partsOf(key).window;
    counted.set(name, (counted.get(name) ?? 0) + (values[rate] ?? 0));
  }
  const all = windowsBetween(window, lookedAt.from, to).map((start) => ({ start, name: windowOf(window, start) }));
  const first = all.findIndex(({ name }) => counted.has(name));
  const known = first < 0 ? [] : all.slice(first);
  const asked = windowsBetween(window, from, to).length;
  const judged = Math.min(asked, Math.max(0, known.length - history));
  const deviations = deviationsOf(
    known.map(({ name }) => counted.get(name) ?? 0),
    { history, k },
  );
  return {
    window,
    rate,
    k,
    history,
    judged,
    tooLittleHistory: asked - judged,
    items: deviations.map(({ index, ...deviation }) => ({
      start: new Date(known[index]?.start ?? 0).toISOString(),
      ...deviation,
    })),
  };
}
