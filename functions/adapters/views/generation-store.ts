import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Effects } from '../../application/ports';
import type { GenerationStore, Generations } from '../../application/read-models/generations';
import { batchGet } from '../batch-get';

/** Pointer items in the Views table: PK `pk` = `generations`, SK `sk` = the projection. */
export class DynamoDbGenerationStore implements GenerationStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  async getMany(projections: readonly string[]): Promise<ReadonlyMap<string, Generations>> {
    const items = await batchGet(this.client, this.table, projections.map(keyOf), this.effects);
    return new Map(items.map(fromItem).map((generations) => [generations.projection, generations]));
  }

  async put(next: Generations, before: Generations | undefined): Promise<boolean> {
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: { ...keyOf(next.projection), ...marshall(next, { removeUndefinedValues: true }) },
          ...(before === undefined
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : {
                ConditionExpression: '#sequence = :sequence',
                ExpressionAttributeNames: { '#sequence': 'sequence' },
                ExpressionAttributeValues: { ':sequence': { N: String(before.sequence) } },
              }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

const keyOf = (projection: string): Record<string, AttributeValue> => ({
  pk: { S: 'generations' },
  sk: { S: projection },
});

function fromItem(item: Record<string, AttributeValue>): Generations {
  const { pk, sk, ...generations } = unmarshall(item) as Generations & { readonly pk: string; readonly sk: string };
  return generations;
}
