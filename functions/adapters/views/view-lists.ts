import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Page, PageRequest } from '../../application/read-models/page';
import type { PlacedRow, ViewLists } from '../../application/read-models/ports';
import type { OrderSummary } from '../../application/read-models/rows';
import { shards } from '../../application/read-models/shard';
import type { OrderStatus } from '../../domain/order';
import { queryIndex } from './index-query';
import { createdKey, faultShard, fromItem, statusShard, updatedKey, userKey } from './item';
import { mergedPage, type ShardReader } from './merged-page';

const faultsPerCall = 100;

/** The sparse indexes over the rows of the Views table. */
export class DynamoDbViewLists implements ViewLists {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async ordersByStatus(
    generation: number,
    statuses: readonly OrderStatus[],
    page: PageRequest,
  ): Promise<Page<OrderSummary>> {
    const partitions = statuses.flatMap((status) => shards.map((shard) => statusShard(generation, status, shard)));
    const readers = partitions.map((value) =>
      this.orders('orders-by-status', { name: 'statusShard', value }, 'updatedKey'),
    );
    const { items, ...rest } = await mergedPage(readers, updatedKey, page);
    // One that was updated between two of these reads may have been met in its old place and in its new one: that is the first.
    const seen = new Set<string>();
    return { items: items.filter(({ stream }) => !seen.has(stream) && seen.add(stream)), ...rest };
  }

  async ordersByUser(generation: number, userId: string, page: PageRequest): Promise<Page<OrderSummary>> {
    const value = userKey(generation, userId);
    const reader = this.orders('orders-by-user', { name: 'userKey', value }, 'createdKey');
    return mergedPage([reader], createdKey, page);
  }

  async longestInStatus(
    generation: number,
    status: OrderStatus,
    before: string,
    limit: number,
  ): Promise<readonly OrderSummary[]> {
    const found = await Promise.all(
      shards.map((shard) =>
        queryIndex(this.client, this.table, {
          index: 'orders-by-status',
          partition: { name: 'statusShard', value: statusShard(generation, status, shard) },
          sort: 'updatedKey',
          newestFirst: false,
          before,
          limit,
        }),
      ),
    );
    const orders = found.flatMap(({ items }) => items.map((item) => fromItem(item).row as OrderSummary));
    return orders.sort((one, other) => (updatedKey(one) < updatedKey(other) ? -1 : 1)).slice(0, limit);
  }

  async faulted(limit: number): Promise<readonly PlacedRow[]> {
    const found = await Promise.all(
      shards.map((shard) =>
        queryIndex(this.client, this.table, {
          index: 'faults',
          partition: { name: 'faultShard', value: faultShard(shard) },
          sort: 'pk',
          newestFirst: false,
          limit,
        }),
      ),
    );
    return found.flatMap(({ items }) => items.map(fromItem)).slice(0, limit);
  }

  async *faultedStreams(): AsyncGenerator<string> {
    const range = { index: 'faults', sort: 'pk', newestFirst: false, limit: faultsPerCall } as const;
    for (const shard of shards) {
      const partition = { name: 'faultShard', value: faultShard(shard) };
      let after: string | undefined;
      for (let more = true; more; ) {
        const page = await queryIndex(this.client, this.table, {
          ...range,
          partition,
          ...(after !== undefined && { after }),
        });
        // A page may end between two rows of one stream: the next begins behind the stream, which has been named.
        for (const stream of new Set(page.items.map((item) => fromItem(item).stream))) {
          yield stream;
          after = stream;
        }
        more = page.more && page.items.length > 0;
      }
    }
  }

  private orders(
    index: string,
    partition: { readonly name: string; readonly value: string },
    sort: string,
  ): ShardReader<OrderSummary> {
    return async (after, limit) => {
      const range = { index, partition, sort, newestFirst: true, limit, ...(after === undefined ? {} : { after }) };
      const { items, more } = await queryIndex(this.client, this.table, range);
      return { items: items.map((item) => fromItem(item).row as OrderSummary), more };
    };
  }
}
