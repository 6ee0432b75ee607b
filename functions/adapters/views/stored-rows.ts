import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Effects } from '../../application/ports';
import type { PlacedRow, RowPage, RowPlace, StoredRows } from '../../application/read-models/ports';
import { batchWrite, WRITES_PER_CALL } from '../batch-write';
import { keyInText, textOfKey } from '../scan-position';
import { fromItem, keyOf, SUMMARY } from './item';

/** All rows that streams feed, by parallel scans; the feed's rows and the pointers, which are in the same table, are passed over. */
export class DynamoDbStoredRows implements StoredRows {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  async *segment(segment: number, of: number): AsyncGenerator<readonly PlacedRow[]> {
    let from: string | undefined;
    do {
      const page: RowPage = await this.page({ segment, of }, from);
      yield page.rows;
      from = page.next;
    } while (from !== undefined);
  }

  async page({ segment, of }: { readonly segment: number; readonly of: number }, from?: string): Promise<RowPage> {
    const page = await this.client.send(
      new ScanCommand({
        TableName: this.table,
        Segment: segment,
        TotalSegments: of,
        FilterExpression: 'begins_with(sk, :summary)',
        ExpressionAttributeValues: { ':summary': { S: SUMMARY } },
        ...(from !== undefined && { ExclusiveStartKey: keyInText(from) }),
      }),
    );
    return {
      rows: (page.Items ?? []).map(fromItem),
      read: page.ScannedCount ?? 0,
      ...(page.LastEvaluatedKey && { next: textOfKey(page.LastEvaluatedKey) }),
    };
  }

  async remove(places: readonly RowPlace[]): Promise<void> {
    for (let from = 0; from < places.length; from += WRITES_PER_CALL) {
      const requests = places
        .slice(from, from + WRITES_PER_CALL)
        .map((place) => ({ DeleteRequest: { Key: keyOf(place) } }));
      await batchWrite(this.client, this.table, requests, this.effects);
    }
  }
}
