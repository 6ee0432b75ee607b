import { type AttributeValue, DescribeTableCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { EventPage, EventPages, EventPart } from '../application/read-models/event-pages';
import type { RecordedEvent } from '../application/recorded-event';

/** The Events table by parallel scans; the position of a page is DynamoDB's own `LastEvaluatedKey` in base64url. */
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
        ...(from !== undefined && { ExclusiveStartKey: keyIn(from) }),
      }),
    );
    return {
      events: (answer.Items ?? []).map((item) => unmarshall(item) as RecordedEvent),
      read: answer.ScannedCount ?? 0,
      ...(answer.LastEvaluatedKey && { next: textOf(answer.LastEvaluatedKey) }),
    };
  }

  async size(): Promise<number> {
    const { Table } = await this.client.send(new DescribeTableCommand({ TableName: this.table }));
    return Table?.ItemCount ?? 0;
  }
}

type Key = Record<string, AttributeValue>;

const textOf = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url');
const keyIn = (text: string): Key => JSON.parse(Buffer.from(text, 'base64url').toString()) as Key;
