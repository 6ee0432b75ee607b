/**
 * List prices, US East (N. Virginia), USD, without free tiers and discounts. `source` is AWS's page, `asOf` the month of
 * the dated copy of it, or account of it, that the figure was compared with.
 */
export const PRICES = {
  /** Half of what it was until 31 October 2024. */
  writeUnits: {
    perMillion: 0.625,
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    asOf: '2025-07',
  },
  readUnits: {
    perMillion: 0.125,
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    asOf: '2025-07',
  },
  /** Entries put on a custom bus, for each 64 KB begun. Rules and deliveries within the account cost nothing. */
  busEvents: { perMillion: 1, source: 'https://aws.amazon.com/eventbridge/pricing/', asOf: '2026-03' },
  lambdaRequests: { perMillion: 0.2, source: 'https://aws.amazon.com/lambda/pricing/', asOf: '2026-05' },
  /** Arm, first tier. */
  lambdaGbSeconds: { perMillion: 13.3334, source: 'https://aws.amazon.com/lambda/pricing/', asOf: '2026-05' },
  /** Standard queues. */
  queueRequests: { perMillion: 0.4, source: 'https://aws.amazon.com/sqs/pricing/', asOf: '2026-03' },
  /** Logs of functions, standard class, first tier: $0.50 a GB taken in. */
  logMegabytes: { perMillion: 500, source: 'https://aws.amazon.com/cloudwatch/pricing/', asOf: '2026-06' },
} as const;

export type Billed = keyof typeof PRICES;

/** Dollars for so many units. */
export const dollars = (units: Partial<Readonly<Record<Billed, number>>>): number =>
  Object.entries(units).reduce((sum, [what, count]) => sum + (count * PRICES[what as Billed].perMillion) / 1e6, 0);
