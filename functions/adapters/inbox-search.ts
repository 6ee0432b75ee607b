import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { InboxQuery, InboxSearch } from '../application/inbox-search';
import type { InboxItem, InboxState } from '../application/ports';
import { shards } from '../application/read-models/shard';
import { fromItem, type Item, partitionOf, stateShard } from './inbox-item';

type Search = Pick<QueryCommandInput, 'IndexName' | 'KeyConditionExpression' | 'FilterExpression'> & {
  readonly values: Readonly<Record<string, string>>;
};

/** The Inbox table for people: by state across streams (index `by-state`), or all of one stream. */
export class DynamoDbInboxSearch implements InboxSearch {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async list({ state, stream, since, limit }: InboxQuery): Promise<{ items: readonly InboxItem[]; more: boolean }> {
    // The sort key of parked items is when their time is up, not when they were put here.
    const filter = since === undefined ? {} : { FilterExpression: '#putAt >= :since' };
    const values: Readonly<Record<string, string>> = since === undefined ? {} : { since };
    const searches =
      stream === undefined
        ? shards.map((shard): Search => ({ ...inShard(state, shard, values), ...filter }))
        : [{ ...ofStream(state, stream, values), ...filter }];
    // Of one stream all: its order is by source and id.
    const most = stream === undefined ? limit + 1 : Number.POSITIVE_INFINITY;
    const found = await Promise.all(searches.map((search) => this.search(search, most)));
    const items = found.flat().sort((a, b) => compare(sortTime(b), sortTime(a)));
    return { items: items.slice(0, limit), more: items.length > limit };
  }

  async find(state: InboxState, id: string, stream?: string): Promise<readonly InboxItem[]> {
    const searches =
      stream === undefined ? shards.map((shard) => inShard(state, shard, { id })) : [ofStream(state, stream, { id })];
    const withId = searches.map((search) => ({ ...search, FilterExpression: '#id = :id' }));
    return (await Promise.all(withId.map((search) => this.search(search)))).flat();
  }

  private async search({ values, ...search }: Search, most = Number.POSITIVE_INFINITY): Promise<InboxItem[]> {
    const names = `${search.KeyConditionExpression} ${search.FilterExpression ?? ''}`.match(/#\w+/g) ?? [];
    const items: InboxItem[] = [];
    let from: Item | undefined;
    do {
      const page = await this.client.send(
        new QueryCommand({
          TableName: this.table,
          ...search,
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])),
          ExpressionAttributeValues: Object.fromEntries(
            Object.entries(values).map(([name, value]) => [`:${name}`, { S: value }]),
          ),
          ScanIndexForward: false,
          // A filter is applied behind the limit: pages of a filtered search are as large as they come.
          ...(Number.isFinite(most) && !search.FilterExpression && { Limit: most - items.length }),
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      for (const item of page.Items ?? []) items.push(fromItem(item));
      from = page.LastEvaluatedKey;
    } while (from && items.length < most);
    return items.slice(0, Math.min(most, items.length));
  }
}

function inShard(state: InboxState, shard: number, values: Readonly<Record<string, string>>): Search {
  return {
    IndexName: 'by-state',
    KeyConditionExpression: '#stateShard = :stateShard',
    values: { ...values, stateShard: stateShard(state, shard) },
  };
}

function ofStream(state: InboxState, stream: string, values: Readonly<Record<string, string>>): Search {
  return {
    KeyConditionExpression: '#stream = :stream AND begins_with(#entry, :prefix)',
    values: { ...values, stream: partitionOf(stream), prefix: `${state}#` },
  };
}

const sortTime = ({ parkedUntil, at }: InboxItem): string => parkedUntil ?? at;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
