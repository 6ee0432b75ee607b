import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Effects } from '../../application/ports';
import type { FeedRow } from '../../application/read-models/feed-row';
import type { Page, PageRequest } from '../../application/read-models/page';
import type { FeedReader } from '../../application/read-models/ports';
import { shards } from '../../application/read-models/shard';
import { batchGet } from '../batch-get';
import { queryIndex } from '../views/index-query';
import { mergedPage, type ShardReader } from '../views/merged-page';
import { fromItem, keysOf, partitionOf, recordedKey, timeShard, typeShard } from './item';

/** Producers that used one id; more than these are not told apart. */
const sameIdLimit = 100;

/** The feed: places of events, by time, type, correlation and id. */
export class DynamoDbFeedReader implements FeedReader {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  newest(page: PageRequest): Promise<Page<FeedRow>> {
    const readers = shards.map((shard) =>
      this.reader('events-by-time', { name: 'timeShard', value: timeShard(shard) }),
    );
    return mergedPage(readers, recordedKey, page);
  }

  byType(type: string, page: PageRequest): Promise<Page<FeedRow>> {
    const readers = shards.map((shard) =>
      this.reader('events-by-type', { name: 'typeShard', value: typeShard(type, shard) }),
    );
    return mergedPage(readers, recordedKey, page);
  }

  async byCorrelation(correlationId: string, { limit, after }: PageRequest): Promise<Page<FeedRow>> {
    const { items, more } = await queryIndex(this.client, this.table, {
      index: 'events-by-correlation',
      partition: { name: 'correlationId', value: correlationId },
      sort: 'recordedKey',
      newestFirst: false,
      limit,
      ...(after === undefined ? {} : { after }),
    });
    const rows = items.map(fromItem);
    const last = rows.at(-1);
    return more && last ? { items: rows, next: recordedKey(last) } : { items: rows };
  }

  async byId(id: string): Promise<readonly FeedRow[]> {
    const answer = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: partitionOf(id) } },
        ConsistentRead: true,
        Limit: sameIdLimit,
      }),
    );
    return (answer.Items ?? []).map(fromItem);
  }

  async present(rows: readonly FeedRow[]): Promise<readonly FeedRow[]> {
    const keys = rows.map(keysOf).map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } }));
    const items = await batchGet(this.client, this.table, keys, this.effects);
    return items.map(fromItem);
  }

  private reader(index: string, partition: { readonly name: string; readonly value: string }): ShardReader<FeedRow> {
    return async (after, limit) => {
      const sort = 'recordedKey';
      const range = { index, partition, sort, newestFirst: true, limit, ...(after === undefined ? {} : { after }) };
      const { items, more } = await queryIndex(this.client, this.table, range);
      return { items: items.map(fromItem), more };
    };
  }
}
