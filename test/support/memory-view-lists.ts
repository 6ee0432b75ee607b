import type { PageRequest } from '../../functions/application/read-models/page';
import type { ViewLists } from '../../functions/application/read-models/ports';
import type { OrderSummary } from '../../functions/application/read-models/rows';
import { pageOf } from './memory-page';
import type { MemoryViewRows } from './memory-views';

const updatedKey = (order: OrderSummary) => `${order.updatedAt}#${order.orderId}`;

/** The indexes over rows in memory; never behind them. */
export class MemoryViewLists implements ViewLists {
  constructor(private readonly views: MemoryViewRows) {}

  async ordersByStatus(generation: number, statuses: readonly string[], page: PageRequest) {
    const orders = this.orders(generation).filter(({ status }) => statuses.includes(status));
    return pageOf(orders, updatedKey, page, 'down');
  }

  async ordersByUser(generation: number, userId: string, page: PageRequest) {
    const orders = this.orders(generation).filter((order) => order.userId === userId);
    return pageOf(orders, (order) => `${order.createdAt}#${order.orderId}`, page, 'down');
  }

  async longestInStatus(generation: number, status: string, before: string, limit: number) {
    return this.orders(generation)
      .filter((order) => order.status === status && updatedKey(order) < before)
      .sort((one, other) => (updatedKey(one) < updatedKey(other) ? -1 : 1))
      .slice(0, limit);
  }

  async faulted(limit: number) {
    return this.views.generations
      .flatMap((generation) =>
        [...this.views.copy(generation).values()].map((row) => ({ stream: row.stream, generation, row })),
      )
      .filter(({ row }) => row.fault)
      .slice(0, limit);
  }

  async *faultedStreams() {
    for (const { stream } of await this.faulted(Number.POSITIVE_INFINITY)) yield stream;
  }

  private orders(generation: number): OrderSummary[] {
    const rows = [...this.views.copy(generation).values()] as OrderSummary[];
    return rows.filter(({ stream, version }) => stream.startsWith('order#') && version > 0);
  }
}
