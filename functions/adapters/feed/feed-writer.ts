import { type AttributeValue, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Effects } from '../../application/ports';
import type { FeedRow } from '../../application/read-models/feed-row';
import type { FeedWriter } from '../../application/read-models/ports';
import { batchWrite, type Rider, WRITES_PER_CALL } from '../batch-write';
import { keysOf, toItem } from './item';

/** Something small of another table that changes with each batch of rows. */
export interface FeedCompanion {
  readonly table: string;
  itemWith(rows: readonly FeedRow[]): Record<string, AttributeValue>;
}

type Refusal = { readonly row: FeedRow; readonly error: string };

/** Feed rows: one per event, PK `event#<id>`. */
export class DynamoDbFeedWriter implements FeedWriter {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
    /** What is to be written along with each batch of rows. Default: nothing. */
    private readonly beside?: FeedCompanion,
  ) {}

  async put(rows: readonly FeedRow[]): Promise<readonly Refusal[]> {
    // One call may not name a key twice, and a stream may deliver a record twice.
    const distinct = [...new Map(rows.map((row) => [JSON.stringify(keysOf(row)), row])).values()];
    const rider = this.beside && { table: this.beside.table, item: this.beside.itemWith(rows) };
    // The first call has one row less where something rides along.
    const first = WRITES_PER_CALL - (rider ? 1 : 0);
    const calls = [distinct.slice(0, first)];
    for (let from = first; from < distinct.length; from += WRITES_PER_CALL)
      calls.push(distinct.slice(from, from + WRITES_PER_CALL));
    return (await Promise.all(calls.map((call, index) => this.putCall(call, index === 0 ? rider : undefined)))).flat();
  }

  private async putCall(rows: readonly FeedRow[], rider?: Rider): Promise<readonly Refusal[]> {
    if (rows.length === 0) return [];
    try {
      const requests = rows.map((row) => ({ PutRequest: { Item: toItem(row) } }));
      await batchWrite(this.client, this.table, requests, this.effects, rider);
      return [];
    } catch (error) {
      if (!isValidation(error)) throw error;
      // One row that the table cannot hold turns down the whole call: find it, and let the others in.
      return (await Promise.all(rows.map((row) => this.putOne(row)))).flat();
    }
  }

  private async putOne(row: FeedRow): Promise<readonly Refusal[]> {
    try {
      await this.client.send(new PutItemCommand({ TableName: this.table, Item: toItem(row) }));
      return [];
    } catch (error) {
      if (!isValidation(error)) throw error;
      return [{ row, error: `${error.name}: ${error.message}` }];
    }
  }
}

function isValidation(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ValidationException';
}
