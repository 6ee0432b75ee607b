import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Effects } from '../../application/ports';
import type { RemovedPage } from '../../application/rebuild/ports';
import { batchWrite, WRITES_PER_CALL } from '../batch-write';
import { keyInText, textOfKey } from '../scan-position';

/** Everything that the Insights table has of a generation: marks and counters, whose partitions begin with its number. */
export class DynamoDbStoredCounters {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  /** Removes what one page of one part of the table has of the generation. */
  async remove(
    generation: number,
    { segment, of }: { readonly segment: number; readonly of: number },
    from?: string,
  ): Promise<RemovedPage> {
    const page = await this.client.send(
      new ScanCommand({
        TableName: this.table,
        Segment: segment,
        TotalSegments: of,
        ProjectionExpression: 'pk, sk',
        FilterExpression: 'begins_with(pk, :generation)',
        ExpressionAttributeValues: { ':generation': { S: `${generation}#` } },
        ...(from !== undefined && { ExclusiveStartKey: keyInText(from) }),
      }),
    );
    const requests = (page.Items ?? []).map((Key) => ({ DeleteRequest: { Key } }));
    for (let done = 0; done < requests.length; done += WRITES_PER_CALL)
      await batchWrite(this.client, this.table, requests.slice(done, done + WRITES_PER_CALL), this.effects);
    return {
      read: page.ScannedCount ?? 0,
      removed: requests.length,
      ...(page.LastEvaluatedKey && { next: textOfKey(page.LastEvaluatedKey) }),
    };
  }
}
