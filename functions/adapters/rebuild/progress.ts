import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Effects } from '../../application/ports';
import { bounded } from '../../application/read-models/bounded';
import type { Part, PartProgress, RebuildProgress } from '../../application/rebuild/ports';
import { batchGet } from '../batch-get';
import { batchWrite, WRITES_PER_CALL } from '../batch-write';

type Item = Record<string, AttributeValue>;

/** Parts written at a time. */
const WIDTH = 8;

/** Items in the Views table: PK `pk` = `rebuild#<projection>`, SK `sk` = `<generation>#<task>#<segment>`, both numbers padded. */
export class DynamoDbRebuildProgress implements RebuildProgress {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  async begin(parts: readonly PartProgress[]): Promise<void> {
    await bounded(WIDTH, parts, (part) => this.put(part, { ConditionExpression: 'attribute_not_exists(pk)' }));
  }

  async list(of: { readonly projection: string; readonly generation?: number }): Promise<readonly PartProgress[]> {
    const items: Item[] = [];
    let from: Item | undefined;
    do {
      const page: { Items?: Item[]; LastEvaluatedKey?: Item } = await this.client.send(
        new QueryCommand({
          TableName: this.table,
          ConsistentRead: true,
          KeyConditionExpression:
            of.generation === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :generation)',
          ExpressionAttributeValues: {
            ':pk': { S: partitionOf(of.projection) },
            ...(of.generation !== undefined && { ':generation': { S: `${padded(of.generation)}#` } }),
          },
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from);
    return items.map(fromItem);
  }

  async get(part: Part): Promise<PartProgress | undefined> {
    const [item] = await batchGet(this.client, this.table, [keyOf(part)], this.effects);
    return item && fromItem(item);
  }

  advance(next: PartProgress, before: PartProgress): Promise<boolean> {
    return this.put(next, {
      ConditionExpression: '#step = :step',
      ExpressionAttributeNames: { '#step': 'step' },
      ExpressionAttributeValues: { ':step': { N: String(before.step) } },
    });
  }

  async remove(parts: readonly Part[]): Promise<void> {
    for (let from = 0; from < parts.length; from += WRITES_PER_CALL) {
      const requests = parts
        .slice(from, from + WRITES_PER_CALL)
        .map((part) => ({ DeleteRequest: { Key: keyOf(part) } }));
      await batchWrite(this.client, this.table, requests, this.effects);
    }
  }

  private async put(
    part: PartProgress,
    condition: {
      readonly ConditionExpression: string;
      readonly ExpressionAttributeNames?: Record<string, string>;
      readonly ExpressionAttributeValues?: Item;
    },
  ): Promise<boolean> {
    try {
      const Item = { ...marshall(part, { removeUndefinedValues: true }), ...keyOf(part) };
      await this.client.send(new PutItemCommand({ TableName: this.table, Item, ...condition }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

const padded = (number: number): string => String(number).padStart(9, '0');
const partitionOf = (projection: string): string => `rebuild#${projection}`;

const keyOf = ({ projection, generation, task, segment }: Part): Item => ({
  pk: { S: partitionOf(projection) },
  sk: { S: `${padded(generation)}#${task}#${padded(segment)}` },
});

function fromItem(item: Item): PartProgress {
  const { pk, sk, ...part } = unmarshall(item) as PartProgress & { readonly pk: string; readonly sk: string };
  return part;
}
