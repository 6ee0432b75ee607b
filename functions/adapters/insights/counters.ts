import {
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { inOrder, summed } from '../../application/insights/counter-sums';
import type {
  Counter,
  CounterRange,
  CounterReader,
  CounterWriter,
  Increment,
  RankingReader,
} from '../../application/insights/ports';
import type { Effects } from '../../application/ports';
import { bounded } from '../../application/read-models/bounded';
import { shards } from '../../application/read-models/shard';
import { counterOf, type Item, isExpired, partitionOf, rankingOf, shardFor, updateOf } from './counter-item';

/** Rows written at a time. */
const width = 8;

/** Counters in the Insights table, each in as many shards as there are. */
export class DynamoDbCounters implements CounterReader, CounterWriter, RankingReader {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'now' | 'random'>,
  ) {}

  async read(generation: number, range: CounterRange): Promise<readonly Counter[]> {
    const rows = await Promise.all(
      shards.map((shard) => this.query(keyCondition(partitionOf(generation, range.series, shard), range))),
    );
    return summed(rows.flat().map(counterOf));
  }

  async top(generation: number, series: string, ranking: string, limit: number): Promise<readonly Counter[]> {
    const rows = await Promise.all(
      shards.map((shard) => this.best(rankingOf(generation, series, ranking, shard), limit)),
    );
    return inOrder(rows.flat().map(counterOf)).slice(0, limit);
  }

  async add(generation: number, increments: readonly Increment[]): Promise<void> {
    await bounded(width, increments, async (increment) => {
      const shard = shardFor(increment, this.effects.random());
      await this.client.send(new UpdateItemCommand(updateOf(this.table, generation, increment, shard)));
    });
  }

  private async query(condition: Partial<QueryCommandInput>): Promise<readonly Item[]> {
    const items: Item[] = [];
    let from: QueryCommandOutput['LastEvaluatedKey'];
    do {
      const page: QueryCommandOutput = await this.client.send(
        new QueryCommand({
          TableName: this.table,
          ConsistentRead: true,
          ...condition,
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from);
    const now = this.effects.now();
    return items.filter((item) => !isExpired(item, now));
  }

  /** Ranked rows do not expire: as many are read as are asked for. */
  private async best(ranking: string, limit: number): Promise<readonly Item[]> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: 'top',
        KeyConditionExpression: 'topOf = :topOf',
        ExpressionAttributeValues: { ':topOf': { S: ranking } },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return Items;
  }
}

function keyCondition(partition: string, { from, to }: CounterRange): Partial<QueryCommandInput> {
  const bounds = [from !== undefined && 'sk >= :from', to !== undefined && 'sk <= :to'].filter((bound) => bound);
  // DynamoDB takes one condition on the sort key.
  const onKey = bounds.length === 2 ? 'sk BETWEEN :from AND :to' : bounds[0];
  // Of a range the wrong way round DynamoDB makes an error.
  if (from !== undefined && to !== undefined && from > to) throw new RangeError(`from ${from} is behind to ${to}`);
  return {
    KeyConditionExpression: onKey ? `pk = :pk AND ${onKey}` : 'pk = :pk',
    ExpressionAttributeValues: {
      ':pk': { S: partition },
      ...(from !== undefined && { ':from': { S: from } }),
      ...(to !== undefined && { ':to': { S: to } }),
    },
  };
}
