import type { Window } from './windows';

/** The generations of the counters are those of this projection. One revision more whenever other numbers come of the same facts. */
export const insightsProjection = { name: 'insights', revision: 1 } as const;

/** Where the counts of each insight stand. */
export const series = {
  /** Key `<window>#<currency>`. */
  sales: (window: Window): string => `sales-${window}`,
  /** Key `all`; numbers `reached.<status>` and `left.<status>`. */
  funnel: 'funnel',
  /** Key `<day>#<sku>`, ranked by day; numbers `quantity` and `revenue.<currency>`. */
  topSkus: 'top-skus',
  /** Key `<day>#<reason>`; numbers `orders` and `from.<status>`. */
  cancellations: 'cancellations',
  /** Key `<day>#<from>><to>`. */
  lifecycle: 'lifecycle',
} as const;

/** What of it was processed, not what of it happened: belongs to no generation (0). Keys `total` and `minute#<window>`. */
export const monitorSeries = 'monitor';

/** An order ends in one of these. */
export const terminalStatuses: readonly string[] = ['delivered', 'cancelled'];
