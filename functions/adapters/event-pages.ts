import { DescribeTableCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { EventPage, EventPages, EventPart } from '../application/read-models/event-pages';
import type { RecordedEvent } from '../application/recorded-event';
import { keyInText, textOfKey } from './scan-position';

/** The Events table by parallel scans; the position of a page is DynamoDB's own (`scan-position.ts`). */
export class DynamoDbEventPages implements EventPages {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async page({ segment, of, prefix, since }: EventPart, from?: string): Promise<EventPage> {
    const conditions = [
      ...(prefix === undefined ? [] : ['begins_with(#stream, :prefix)']),
      ...(since === undefined ? [] : ['#recordedAt >= :since']),
    ];
    const answer = await this.client.send(
      new ScanCommand({
        TableName: this.table,
        ConsistentRead: true,
        Segment: segment,
        TotalSegments: of,
        ...(conditions.length > 0 && {
          FilterExpression: conditions.join(' AND '),
          ExpressionAttributeNames: {
            ...(prefix !== undefined && { '#stream': 'stream' }),
            ...(since !== undefined && { '#recordedAt': 'recordedAt' }),
          },
          ExpressionAttributeValues: {
            ...(prefix !== undefined && { ':prefix': { S: prefix } }),
            ...(since !== undefined && { ':since': { S: since } }),
          },
        }),
        ...(from !== undefined && { ExclusiveStartKey: keyInText(from) }),
      }),
    );
    return {
      events: (answer.Items ?? []).map((item) => unmarshall(item) as RecordedEvent),
      read: answer.ScannedCount ?? 0,
      ...(answer.LastEvaluatedKey && { next: textOfKey(answer.LastEvaluatedKey) }),
    };
  }

  async size(): Promise<number> {
    const { Table } = await this.client.send(new DescribeTableCommand({ TableName: this.table }));
    return Table?.ItemCount ?? 0;
  }
}
