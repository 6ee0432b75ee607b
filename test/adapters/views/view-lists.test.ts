import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../../demo/synthetic-orders';
import { DynamoDbViewLists } from '../../../functions/adapters/views/view-lists';
import { DynamoDbViewRows } from '../../../functions/adapters/views/view-rows';
import type { Page, PageRequest } from '../../../functions/application/read-models/page';
import { type OrderSummary, orderStatuses } from '../../../functions/application/read-models/rows';
import { type DynamoDbAtHand, dynamoDbAtHand } from '../../support/dynamodb-at-hand';
import { FixedEffects } from '../../support/fixed-effects';
import { createViewsTable } from '../../support/views-table';

let dynamodb: DynamoDbAtHand;
beforeAll(async () => {
  dynamodb = await dynamoDbAtHand();
}, 60_000);
afterAll(() => dynamodb?.stop());

const generation = 1;

/** Orders that are created, move on and are cancelled while somebody pages through their lists. */
class Shop {
  readonly orders = new Map<string, OrderSummary>();
  /** Orders that came or changed, by when. */
  readonly moved = new Map<string, number>();
  readonly lists: DynamoDbViewLists;
  private readonly rows: DynamoDbViewRows;
  private clock = Date.UTC(2026, 0, 1);
  private moves = 0;

  constructor(
    table: string,
    readonly random: () => number,
  ) {
    this.lists = new DynamoDbViewLists(dynamodb.client, table);
    this.rows = new DynamoDbViewRows(dynamodb.client, table, new FixedEffects());
  }

  async create(status: OrderSummary['status'] = 'created'): Promise<void> {
    const orderId = `o-${this.orders.size}`;
    const at = this.now();
    await this.put({
      stream: `order#${orderId}`,
      version: 1,
      orderId,
      userId: 'u-1',
      status,
      currency: 'EUR',
      total: 0,
      items: [],
      shippingFee: 0,
      createdAt: at,
      updatedAt: at,
    });
  }

  /** Something happens: mostly to an order that there is. */
  async move(): Promise<void> {
    if (this.random() < 0.2) return this.create();
    const order = this.any();
    const next = orderStatuses[orderStatuses.indexOf(order.status) + 1] ?? order.status;
    const status = this.random() < 0.3 ? 'cancelled' : next;
    // A producer whose clock is behind moves an order to another list without moving it up.
    const updatedAt = this.random() < 0.8 ? this.now() : order.updatedAt;
    await this.put({ ...order, status, version: order.version + 1, updatedAt }, order);
  }

  statusOf(orderId: string): string | undefined {
    return this.orders.get(`order#${orderId}`)?.status;
  }

  private async put(row: OrderSummary, before?: OrderSummary): Promise<void> {
    this.orders.set(row.stream, row);
    this.moved.set(row.orderId, ++this.moves);
    const outcome = await this.rows.put(generation, row, before);
    if (!outcome.written) throw new Error(`${row.stream} was written by nobody else`);
  }

  private any(): OrderSummary {
    return [...this.orders.values()][Math.floor(this.random() * this.orders.size)]!;
  }

  private now(): string {
    this.clock += 1 + Math.floor(this.random() * 3);
    return new Date(this.clock).toISOString();
  }
}

type List = (lists: DynamoDbViewLists, page: PageRequest) => Promise<Page<OrderSummary>>;

const lists: readonly (readonly [name: string, read: List, holds: (status: string) => boolean])[] = [
  ['all orders', (of, page) => of.ordersByStatus(generation, orderStatuses, page), () => true],
  ['the paid ones', (of, page) => of.ordersByStatus(generation, ['paid'], page), (status) => status === 'paid'],
  ['those of a user', (of, page) => of.ordersByUser(generation, 'u-1', page), () => true],
];

describe('paging through a list while orders come, move on and are cancelled', () => {
  const cases = lists.flatMap(([name, read, holds]) => [1, 2, 3].map((seed) => [name, seed, read, holds] as const));

  test.each(cases)('%s: what did not move is seen once (seed %d)', async (name, seed, read, holds) => {
    const table = `views-${name.replaceAll(' ', '-')}-${seed}`;
    await createViewsTable(dynamodb.client, table);
    const shop = new Shop(table, seededRandom(seed));
    for (let n = 0; n < 60; n++) await shop.create(orderStatuses[n % orderStatuses.length]);
    shop.moved.clear();
    const before = [...shop.orders.values()].filter(({ status }) => holds(status)).map(({ orderId }) => orderId);
    const seen: string[] = [];
    let after: string | undefined;
    let pages = 0;
    do {
      const limit = 1 + Math.floor(shop.random() * 7);
      const moving = async () => {
        for (let n = 0; n < 3; n++) await shop.move();
      };
      const [page] = await Promise.all([read(shop.lists, { limit, ...(after && { after }) }), moving()]);
      const ids = page.items.map(({ orderId }) => orderId);
      expect(new Set(ids).size).toBe(ids.length);
      seen.push(...ids);
      after = page.next;
      pages++;
    } while (after !== undefined && pages < 200);
    expect(pages).toBeLessThan(200);
    const times = (id: string) => seen.filter((one) => one === id).length;
    const still = before.filter((id) => !shop.moved.has(id));
    expect(still.length).toBeGreaterThan(0);
    expect(still.map((id) => [id, times(id)])).toEqual(still.map((id) => [id, 1]));
    for (const id of new Set(seen)) if (times(id) > 1) expect(shop.moved.has(id)).toBe(true);
    // The place in a user's list is the time of creation, which does not change.
    if (name === 'those of a user') for (const id of before) expect([id, times(id)]).toEqual([id, 1]);
  });
});
