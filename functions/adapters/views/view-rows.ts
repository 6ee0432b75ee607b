import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Effects } from '../../application/ports';
import type { PlacedRow, PutOutcome, RowPlace, RowRefused, ViewRows } from '../../application/read-models/ports';
import type { ViewRow } from '../../application/read-models/rows';
import { batchGet } from '../batch-get';
import { fromItem, keyOf, toItem } from './item';
import { unchangedSince } from './row-conditions';

class Refused extends Error implements RowRefused {
  readonly code = 'row-refused';
  constructor(stream: string, cause: Error) {
    super(`the row of ${stream} cannot be written: ${cause.message}`, { cause });
    this.name = 'RowRefused';
  }
}

/** Rows of the Views table by their stream and generation: PK `pk` = the stream, SK `sk` = `summary@<generation>`. */
export class DynamoDbViewRows implements ViewRows {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  async getMany(places: readonly RowPlace[]): Promise<readonly PlacedRow[]> {
    return (await batchGet(this.client, this.table, places.map(keyOf), this.effects)).map(fromItem);
  }

  async put(generation: number, row: ViewRow, before: ViewRow | undefined): Promise<PutOutcome> {
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: toItem(generation, row),
          ...unchangedSince(before),
          // The row that stands in the way comes with the refusal: no second read.
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { written: true };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return { written: false, current: error.Item && fromItem(error.Item).row };
      }
      // DynamoDB calls everything that an item can be too large or too odd for a ValidationException.
      if (error instanceof Error && error.name === 'ValidationException') throw new Refused(row.stream, error);
      throw error;
    }
  }
}
