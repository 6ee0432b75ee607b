import type { Hono } from 'hono';
import { orderStatuses } from '../../application/read-models/rows';
import { invalid } from '../http/problem';
import { refuseConsistency } from './consistency';
import { listAnswer } from './list-answer';
import { pageOfGeneration } from './list-generation';
import { pageRequest, parameters, pathId } from './parameters';
import type { QueryPorts } from './ports';

const instead = 'lists are read from indexes, which follow the rows within moments; ask for one order';

/** Lists of orders: of one status or all, last updated first; of one user, last created first. */
export function listRoutes(app: Hono, { lists, generations, orders }: QueryPorts): void {
  app.get('/orders', async (context) => {
    refuseConsistency(context, instead);
    const given = parameters(context, 'status', 'limit', 'cursor');
    const status = orderStatuses.find((one) => one === given.status);
    if (given.status !== undefined && status === undefined) {
      throw invalid({ field: 'status', value: given.status, expected: `one of ${orderStatuses.join(', ')}` });
    }
    const list = status === undefined ? 'orders' : `orders?status=${status}`;
    const page = await pageOfGeneration(generations, orders.name, pageRequest(given, list), (generation, request) =>
      lists.ordersByStatus(generation, status ? [status] : orderStatuses, request),
    );
    return context.json(listAnswer(list, page));
  });

  app.get('/users/:userId/orders', async (context) => {
    refuseConsistency(context, instead);
    const userId = pathId(context, 'userId');
    const list = `users/${userId}/orders`;
    const request = pageRequest(parameters(context, 'limit', 'cursor'), list);
    const page = await pageOfGeneration(generations, orders.name, request, (generation, part) =>
      lists.ordersByUser(generation, userId, part),
    );
    return context.json(listAnswer(list, page));
  });
}
