import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Effects } from '../../application/ports';
import type { FeedRow } from '../../application/read-models/feed-row';
import type { FeedWriter } from '../../application/read-models/ports';
import { batchWrite, WRITES_PER_CALL } from '../batch-write';
import { keysOf, toItem } from './item';

type Refusal = { readonly row: FeedRow; readonly error: string };

/** Feed rows: one per event, PK `event#<id>`. */
export class DynamoDbFeedWriter implements FeedWriter {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  async put(rows: readonly FeedRow[]): Promise<readonly Refusal[]> {
    // One call may not name a key twice, and a stream may deliver a record twice.
    const distinct = [...new Map(rows.map((row) => [JSON.stringify(keysOf(row)), row])).values()];
    const calls: FeedRow[][] = [];
    for (let from = 0; from < distinct.length; from += WRITES_PER_CALL)
      calls.push(distinct.slice(from, from + WRITES_PER_CALL));
    return (await Promise.all(calls.map((call) => this.putCall(call)))).flat();
  }

  private async putCall(rows: readonly FeedRow[]): Promise<readonly Refusal[]> {
    try {
      const requests = rows.map((row) => ({ PutRequest: { Item: toItem(row) } }));
      await batchWrite(this.client, this.table, requests, this.effects);
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
