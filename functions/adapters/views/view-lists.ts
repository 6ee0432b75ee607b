import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Page, PageRequest } from '../../application/read-models/page';
import type { ViewLists } from '../../application/read-models/ports';
import type { OrderSummary, ViewRow } from '../../application/read-models/rows';
import { shards } from '../../application/read-models/shard';
import type { OrderStatus } from '../../domain/order';
import { queryIndex } from './index-query';
import { createdKey, faultShard, fromItem, statusShard, updatedKey } from './item';
import { mergedPage, type ShardReader } from './merged-page';

/** The sparse indexes over the rows of the Views table. */
export class DynamoDbViewLists implements ViewLists {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async ordersByStatus(statuses: readonly OrderStatus[], page: PageRequest): Promise<Page<OrderSummary>> {
    const partitions = statuses.flatMap((status) => shards.map((shard) => statusShard(status, shard)));
    const readers = partitions.map((value) =>
      this.orders('orders-by-status', { name: 'statusShard', value }, 'updatedKey'),
    );
    return mergedPage(readers, updatedKey, page);
  }

  async ordersByUser(userId: string, page: PageRequest): Promise<Page<OrderSummary>> {
    const reader = this.orders('orders-by-user', { name: 'userId', value: userId }, 'createdKey');
    return mergedPage([reader], createdKey, page);
  }

  async faulted(limit: number): Promise<readonly ViewRow[]> {
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

  private orders(
    index: string,
    partition: { readonly name: string; readonly value: string },
    sort: string,
  ): ShardReader<OrderSummary> {
    return async (after, limit) => {
      const range = { index, partition, sort, newestFirst: true, limit, ...(after === undefined ? {} : { after }) };
      const { items, more } = await queryIndex(this.client, this.table, range);
      return { items: items.map((item) => fromItem(item) as OrderSummary), more };
    };
  }
}
