import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Place } from '../../application/read-models/feed-row';
import type { LiveRows } from '../../application/read-models/ports';
import type { ViewRow } from '../../application/read-models/rows';
import type { Witnesses } from '../../application/verify-streams';
import { scanPages } from '../scan-pages';

type Item = Record<string, AttributeValue>;

/** What the Views table knows of the streams: its rows, and the feed, which has a row for every event. */
export class ViewWitnesses implements Witnesses {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly rows: LiveRows,
  ) {}

  async newest(stream: string): Promise<number> {
    const row = (await this.rows.getMany([stream])).get(stream);
    return row ? seenBy(row) : 0;
  }

  async *segment(segment: number, of: number): AsyncGenerator<readonly Place[]> {
    const places = {
      TableName: this.table,
      ProjectionExpression: '#stream, #version, #fault.#seen',
      ExpressionAttributeNames: { '#stream': 'stream', '#version': 'version', '#fault': 'fault', '#seen': 'seen' },
    };
    for await (const items of scanPages(this.client, places, segment, of)) yield items.flatMap(placeIn);
  }
}

/** A fault keeps a row back, but not from hearing of later versions. */
const seenBy = ({ version, fault }: Pick<ViewRow, 'version'> & { readonly fault?: { readonly seen: number } }) =>
  Math.max(version, fault?.seen ?? 0);

function placeIn({ stream, version, fault }: Item): Place[] {
  if (stream?.S === undefined || version?.N === undefined) return [];
  const seen = fault?.M?.seen?.N;
  const newest = seenBy({ version: Number(version.N), ...(seen !== undefined && { fault: { seen: Number(seen) } }) });
  return newest > 0 ? [{ stream: stream.S, version: newest }] : [];
}
