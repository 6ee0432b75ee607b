import type { ViewLists } from '../../read-models/ports';
import { orderStatuses } from '../../read-models/rows';
import { terminalStatuses } from '../series';
import { lifecycleReport } from './lifecycle';
import type { ReportSource, TimeRange } from './source';

/** A p95 of fewer than these says little: one in twenty is above it. */
export const FEWEST_LEFT = 20;

export type StuckOrders = {
  readonly factor: number;
  /** What is too long, by status; `left`: how many have been seen to leave it, which decides what is known of it. */
  readonly statuses: readonly {
    readonly status: string;
    readonly left: number;
    readonly p95Ms?: number;
    /** `factor` times p95. Left out: fewer than 20 have left it. */
    readonly tooLongMs?: number;
  }[];
  /** Those furthest beyond their p95 first. */
  readonly items: readonly {
    readonly orderId: string;
    readonly status: string;
    readonly since: string;
    readonly forMs: number;
    /** How many times p95 that is. */
    readonly timesP95: number;
  }[];
};

export type StuckPorts = ReportSource & {
  readonly lists: Pick<ViewLists, 'longestInStatus'>;
  /** The live generation of the orders' rows. */
  readonly ordersGeneration: number;
  readonly now: Date;
};

/** Orders that have been in a status for far longer than those that left it in the range. */
export async function stuckOrders(
  ports: StuckPorts,
  { factor, limit, ...range }: TimeRange & { readonly factor: number; readonly limit: number },
): Promise<StuckOrders> {
  const { states } = await lifecycleReport(ports, range);
  const now = ports.now.getTime();
  const statuses = orderStatuses
    .filter((status) => !terminalStatuses.includes(status))
    .map((status) => {
      const { left = 0, dwell } = states.find(({ state }) => state === status) ?? {};
      const p95Ms = dwell?.p95Ms;
      const known = p95Ms !== undefined && left >= FEWEST_LEFT;
      return { status, left, ...(p95Ms !== undefined && { p95Ms }), ...(known && { tooLongMs: factor * p95Ms }) };
    });
  const found = await Promise.all(
    statuses.map(async ({ status, p95Ms = 0, tooLongMs }) => {
      if (tooLongMs === undefined) return [];
      // Far in the past nobody has orders, and no calendar goes on for ever.
      const before = new Date(Math.max(0, now - tooLongMs)).toISOString();
      const orders = await ports.lists.longestInStatus(ports.ordersGeneration, status, before, limit);
      return orders.map(({ orderId, updatedAt }) => {
        const forMs = now - Date.parse(updatedAt);
        return { orderId, status, since: updatedAt, forMs, timesP95: forMs / Math.max(1, p95Ms) };
      });
    }),
  );
  const items = found.flat().sort((one, other) => other.timesP95 - one.timesP95);
  return { factor, statuses, items: items.slice(0, limit) };
}
