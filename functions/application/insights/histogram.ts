/**
 * A histogram of durations with buckets that grow by a factor: a quantile read from it is off by at most `RELATIVE_ERROR`, and
 * two of them add up to that of both. The mapping is that of DDSketch, without its limit on the number of buckets.
 *
 * C. Masson, J. E. Rim, H. K. Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees",
 * PVLDB 12 (2019), section 2: https://arxiv.org/abs/1908.10693
 */
export const RELATIVE_ERROR = 0.05;

/** γ = (1 + α) / (1 − α). */
const growth = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const logGrowth = Math.log(growth);

/** Durations by bucket: how many. A year has about 240 buckets. */
export type Histogram = ReadonlyMap<number, number>;

/** Bucket 0 holds up to 1 ms; bucket i above it γ^(i−1) < ms ≤ γ^i. */
export function bucketOf(ms: number): number {
  return ms <= 1 ? 0 : Math.ceil(Math.log(ms) / logGrowth);
}

/** What stands for the durations of a bucket, in milliseconds: off by at most α for each of them (bucket 0: by 1 ms). */
export function durationOf(bucket: number): number {
  return bucket === 0 ? 0 : (2 * growth ** bucket) / (growth + 1);
}

/** The value of rank ⌊q·(n−1)⌋ among the n durations in their order; 0 ≤ q ≤ 1. Undefined: there are none. */
export function quantile(histogram: Histogram, q: number): number | undefined {
  const total = [...histogram.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = Math.floor(q * (total - 1));
  let seen = 0;
  for (const [bucket, count] of [...histogram].sort(([one], [other]) => one - other)) {
    seen += count;
    if (seen > rank) return durationOf(bucket);
  }
  return undefined;
}

export function mergedHistograms(histograms: readonly Histogram[]): Histogram {
  const merged = new Map<number, number>();
  for (const histogram of histograms)
    for (const [bucket, count] of histogram) merged.set(bucket, (merged.get(bucket) ?? 0) + count);
  return merged;
}
