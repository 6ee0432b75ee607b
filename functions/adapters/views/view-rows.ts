import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Effects } from '../../application/ports';
import type { PutOutcome, RowRefused, ViewRows } from '../../application/read-models/ports';
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

/** Rows of the Views table by their stream: PK `pk` = the stream, SK `sk` = `summary`. */
export class DynamoDbViewRows implements ViewRows {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  async getMany(streams: readonly string[]): Promise<ReadonlyMap<string, ViewRow>> {
    const items = await batchGet(this.client, this.table, streams.map(keyOf), this.effects);
    return new Map(items.map(fromItem).map((row) => [row.stream, row]));
  }

  async put(row: ViewRow, before: ViewRow | undefined): Promise<PutOutcome> {
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: toItem(row),
          ...unchangedSince(before),
          // The row that stands in the way comes with the refusal: no second read.
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { written: true };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return { written: false, current: error.Item && fromItem(error.Item) };
      }
      // DynamoDB calls everything that an item can be too large or too odd for a ValidationException.
      if (error instanceof Error && error.name === 'ValidationException') throw new Refused(row.stream, error);
      throw error;
    }
  }
}
