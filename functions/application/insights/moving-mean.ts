export type MovingMean = {
  /** How many windows before it a point is compared with; all of them must be there. At least 2. */
  readonly history: number;
  /** How many standard deviations from the mean are too many. */
  readonly k: number;
};

/** A point far from what came before it. */
export type Deviation = {
  readonly index: number;
  readonly value: number;
  readonly mean: number;
  /** Sample standard deviation, but at least 1. */
  readonly deviation: number;
  /** (value − mean) / deviation: below zero for too few. */
  readonly deviations: number;
};

/**
 * Points that are more than k standard deviations from the mean of the `history` points before them (themselves not in it): a
 * Shewhart chart with moving limits (W. A. Shewhart, "Economic Control of Quality of Manufactured Product", 1931; NIST/SEMATECH
 * e-Handbook of Statistical Methods, 6.3.1). Points with less before them are not judged.
 *
 * Values are counts: where they did not vary at all, or hardly, the deviation is taken for 1, one event, so that one event
 * after silence is nothing, and k + 1 are.
 */
export function deviationsOf(values: readonly number[], { history, k }: MovingMean): readonly Deviation[] {
  return values.flatMap((value, index) => {
    if (index < history) return [];
    const before = values.slice(index - history, index);
    const mean = before.reduce((sum, one) => sum + one, 0) / history;
    const variance = before.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (history - 1);
    const deviation = Math.max(1, Math.sqrt(variance));
    const deviations = (value - mean) / deviation;
    return Math.abs(deviations) > k ? [{ index, value, mean, deviation, deviations }] : [];
  });
}
