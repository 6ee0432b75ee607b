import type { Hono } from 'hono';
import { orderStatuses } from '../../application/read-models/rows';
import { invalid } from '../http/problem';
import { refuseConsistency } from './consistency';
import { listAnswer } from './list-answer';
import { askedGeneration, pageOfGeneration } from './list-generation';
import { pageRequest, parameters, pathId } from './parameters';
import type { QueryPorts } from './ports';

const instead = 'lists are read from indexes, which follow the rows within moments; ask for one order';

/** Lists of orders: of one status or all, last updated first; of one user, last created first. */
export function listRoutes(app: Hono, { lists, generations, orders }: QueryPorts): void {
  app.get('/orders', async (context) => {
    refuseConsistency(context, instead);
    const given = parameters(context, 'status', 'generation', 'limit', 'cursor');
    const status = orderStatuses.find((one) => one === given.status);
    if (given.status !== undefined && status === undefined) {
      throw invalid({ field: 'status', value: given.status, expected: `one of ${orderStatuses.join(', ')}` });
    }
    const asked = await askedGeneration(generations, orders.name, given.generation);
    const list = listOf('orders', { ...(status && { status }), ...(asked && { generation: `${asked}` }) });
    const page = await pageOfGeneration(
      generations,
      orders.name,
      pageRequest(given, list),
      (generation, request) => lists.ordersByStatus(generation, status ? [status] : orderStatuses, request),
      asked,
    );
    return context.json(listAnswer(list, page));
  });

  app.get('/users/:userId/orders', async (context) => {
    refuseConsistency(context, instead);
    const userId = pathId(context, 'userId');
    const given = parameters(context, 'generation', 'limit', 'cursor');
    const asked = await askedGeneration(generations, orders.name, given.generation);
    const list = listOf(`users/${userId}/orders`, { ...(asked && { generation: `${asked}` }) });
    const page = await pageOfGeneration(
      generations,
      orders.name,
      pageRequest(given, list),
      (generation, request) => lists.ordersByUser(generation, userId, request),
      asked,
    );
    return context.json(listAnswer(list, page));
  });
}

/** A list with other filters is another list: its cursors fit no other. */
function listOf(path: string, filters: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(filters).toString();
  return query === '' ? path : `${path}?${query}`;
}
