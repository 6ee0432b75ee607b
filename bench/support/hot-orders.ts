import type { CloudProcess } from './cloud-process';
import { inParallel, RawClient } from './raw-client';

export type Way = 'HTTP' | 'bus';

export type Rush = {
  readonly confirmed: number;
  /** For want of stock. */
  readonly refused: number;
  /** Neither: others were faster each time. */
  readonly gaveUp: number;
  /** Transactions that were tried and not made. */
  readonly conflicts: number;
  /** Requests of all functions, those of the projections included. */
  readonly calls: number;
  /** Until each confirmation: its answer, or, over the bus, the time at which it was recorded. */
  readonly latencies: readonly number[];
  readonly ms: number;
  /** Pieces that orders hold beyond those that there are. */
  readonly oversold: number;
};

const ORDERS = 100;

/** A hundred orders of one piece of the same SKU, confirmed at the same time on the deployed stack. */
export class HotOrders {
  readonly #cloud: CloudProcess;
  readonly #client: RawClient;
  #rushes = 0;

  constructor(cloud: CloudProcess) {
    this.#cloud = cloud;
    this.#client = new RawClient(cloud.endpoint, ORDERS);
  }

  close(): void {
    this.#client.close();
  }

  /** Starts an environment for each confirmation, some at a time: on a few cores a hundred cold starts take too long. */
  async warmUp(): Promise<void> {
    for (let width = 10; width <= ORDERS; width += 10) {
      await Promise.all(Array.from({ length: width }, () => this.#command('orders/nobodys/confirm', {})));
      await this.#put(
        Array.from({ length: width }, () => ({ type: 'OrderConfirmed', detail: { orderId: 'nobodys' } })),
      );
      await this.#cloud.idle();
    }
  }

  async rush(way: Way, pieces: number): Promise<Rush> {
    const sku = `hot-${++this.#rushes}`;
    const orderIds = Array.from({ length: ORDERS }, (_, n) => `${sku}-${n}`);
    await this.#command(`inventory/${sku}/stock`, { quantity: pieces });
    const items = [{ sku, quantity: 1, unitPrice: 1 }];
    await inParallel(ORDERS, 10, (n) =>
      this.#command('orders', { orderId: orderIds[n], userId: 'u', currency: 'EUR', items }),
    );
    await this.#cloud.idle();
    const before = await this.#cloud.calls();
    const startedAt = Date.now();
    const answers = way === 'HTTP' ? await this.#overHttp(orderIds) : undefined;
    if (way === 'bus') await this.#put(orderIds.map((orderId) => ({ type: 'OrderConfirmed', detail: { orderId } })));
    await this.#cloud.idle();
    const made = difference(before, await this.#cloud.calls());

    const reserved = (await this.#stream(`inventory#${sku}`)).filter(({ type }) => type === 'StockReserved');
    const confirmed = reserved.length;
    const refused = await this.#turnedAway(orderIds);
    const recorded = reserved.map(({ recordedAt }) => Date.parse(recordedAt) - startedAt);
    const latencies = answers ?? recorded;
    return {
      confirmed,
      refused,
      gaveUp: ORDERS - confirmed - refused,
      conflicts: (made['dynamodb:TransactWriteItems'] ?? 0) - confirmed,
      calls: Object.values(made).reduce((sum, count) => sum + count, 0),
      latencies,
      ms: Math.max(...latencies),
      oversold: Math.max(0, confirmed - pieces),
    };
  }

  /** Ms until each confirmation was answered with 200. */
  async #overHttp(orderIds: readonly string[]): Promise<number[]> {
    const latencies: number[] = [];
    const startedAt = performance.now();
    const confirm = async (orderId: string) => {
      if ((await this.#command(`orders/${orderId}/confirm`, {})) < 300) latencies.push(performance.now() - startedAt);
    };
    await Promise.all(orderIds.map(confirm));
    return latencies;
  }

  async #put(events: readonly { readonly type: string; readonly detail: object }[]): Promise<void> {
    await inParallel(Math.ceil(events.length / 10), 10, (n) =>
      this.#client.call(
        'events',
        'AWSEvents.PutEvents',
        '1.1',
        JSON.stringify({
          Entries: events.slice(n * 10, n * 10 + 10).map(({ type, detail }) => ({
            EventBusName: this.#cloud.outputs.OrderBusName,
            Source: 'shop',
            DetailType: type,
            Detail: JSON.stringify(detail),
          })),
        }),
      ),
    );
  }

  /** How many of the orders have a confirmation in the Inbox that was refused or rejected. */
  async #turnedAway(orderIds: readonly string[]): Promise<number> {
    let count = 0;
    await inParallel(orderIds.length, 10, async (n) => {
      const items = await this.#query(this.#cloud.outputs.InboxTableName, `order#${orderIds[n]}`);
      if (items.some(({ reason }) => reason?.S?.includes('not enough stock'))) count++;
    });
    return count;
  }

  async #stream(stream: string): Promise<{ type: string; recordedAt: string }[]> {
    const items = await this.#query(this.#cloud.outputs.EventsTableName, stream);
    return items.map(({ type, recordedAt }) => ({ type: String(type?.S), recordedAt: String(recordedAt?.S) }));
  }

  async #query(TableName: string | undefined, stream: string): Promise<Record<string, { S?: string }>[]> {
    const input = {
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: '#stream = :stream',
      ExpressionAttributeNames: { '#stream': 'stream' },
      ExpressionAttributeValues: { ':stream': { S: stream } },
    };
    const text = await this.#client.call('dynamodb', 'DynamoDB_20120810.Query', '1.0', JSON.stringify(input));
    return (JSON.parse(text) as { Items: Record<string, { S?: string }>[] }).Items;
  }

  async #command(path: string, body: object): Promise<number> {
    const answer = await fetch(`${this.#cloud.outputs.CommandUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status >= 300 && ![404, 409].includes(answer.status))
      throw new Error(`POST ${path}: ${answer.status} ${text}`);
    return answer.status;
  }
}

type Calls = Awaited<ReturnType<CloudProcess['calls']>>;

/** What functions have asked for in between. */
const difference = (before: Calls, after: Calls): Record<string, number> =>
  Object.fromEntries(
    Object.entries(after).map(([name, { functions }]) => [name, functions - (before[name]?.functions ?? 0)]),
  );
