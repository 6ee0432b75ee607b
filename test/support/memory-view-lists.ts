import type { PageRequest } from '../../functions/application/read-models/page';
import type { ViewLists } from '../../functions/application/read-models/ports';
import type { OrderSummary } from '../../functions/application/read-models/rows';
import { pageOf } from './memory-page';
import type { MemoryViewRows } from './memory-views';

/** The indexes over rows in memory; never behind them. */
export class MemoryViewLists implements ViewLists {
  constructor(private readonly views: MemoryViewRows) {}

  async ordersByStatus(statuses: readonly string[], page: PageRequest) {
    const orders = this.orders().filter(({ status }) => statuses.includes(status));
    return pageOf(orders, (order) => `${order.updatedAt}#${order.orderId}`, page, 'down');
  }

  async ordersByUser(userId: string, page: PageRequest) {
    const orders = this.orders().filter((order) => order.userId === userId);
    return pageOf(orders, (order) => `${order.createdAt}#${order.orderId}`, page, 'down');
  }

  async faulted(limit: number) {
    return [...this.views.rows.values()].filter(({ fault }) => fault).slice(0, limit);
  }

  private orders(): OrderSummary[] {
    const rows = [...this.views.rows.values()] as OrderSummary[];
    return rows.filter(({ stream, version }) => stream.startsWith('order#') && version > 0);
  }
}
