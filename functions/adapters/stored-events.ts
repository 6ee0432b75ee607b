import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { StoredEvent } from '../application/chain';
import type { Effects } from '../application/ports';
import type { Place } from '../application/read-models/feed-row';
import type { StoredEvents } from '../application/verify-streams';
import { exactValue, ForeignValue } from './exact-value';

type Item = Record<string, AttributeValue>;
type Page = { readonly Items?: Item[]; readonly LastEvaluatedKey?: Item };

/** BatchGetItem takes no more keys (API reference). */
const KEYS_PER_CALL = 100;
const TRIES = 10;

/** The Events table attribute by attribute, as nobody but a checker wants to see it. */
export class DynamoDbStoredEvents implements StoredEvents {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  stream(stream: string): AsyncIterable<readonly StoredEvent[]> {
    return eventPages((from) =>
      this.client.send(
        new QueryCommand({
          TableName: this.table,
          ConsistentRead: true,
          KeyConditionExpression: '#stream = :stream',
          ExpressionAttributeNames: { '#stream': 'stream' },
          ExpressionAttributeValues: { ':stream': { S: stream } },
          ...(from && { ExclusiveStartKey: from }),
        }),
      ),
    );
  }

  segment(segment: number, of: number): AsyncIterable<readonly StoredEvent[]> {
    return eventPages((from) =>
      this.client.send(
        new ScanCommand({
          TableName: this.table,
          Segment: segment,
          TotalSegments: of,
          ...(from && { ExclusiveStartKey: from }),
        }),
      ),
    );
  }

  async vacant(places: readonly Place[]): Promise<readonly Place[]> {
    const vacant: Place[] = [];
    for (let i = 0; i < places.length; i += KEYS_PER_CALL) {
      const call = places.slice(i, i + KEYS_PER_CALL);
      const there = await this.present(call);
      vacant.push(...call.filter((place) => !there.has(nameOf(place))));
    }
    return vacant;
  }

  private async present(places: readonly Place[]): Promise<ReadonlySet<string>> {
    const there = new Set<string>();
    let pending: Item[] = places.map(({ stream, version }) => ({
      stream: { S: stream },
      version: { N: `${version}` },
    }));
    for (let attempt = 0; pending.length > 0; attempt++) {
      if (attempt > 0) await this.effects.sleep(Math.min(1000, 25 * 2 ** attempt) * this.effects.random());
      if (attempt > TRIES) throw new Error(`${this.table} left ${pending.length} keys unread`);
      const answer: BatchGetItemCommandOutput = await this.client.send(
        new BatchGetItemCommand({
          RequestItems: {
            [this.table]: {
              Keys: pending,
              ProjectionExpression: '#stream, #version',
              ExpressionAttributeNames: { '#stream': 'stream', '#version': 'version' },
            },
          },
        }),
      );
      for (const item of answer.Responses?.[this.table] ?? []) there.add(nameOf(placeOf(item)));
      pending = answer.UnprocessedKeys?.[this.table]?.Keys ?? [];
    }
    return there;
  }
}

async function* eventPages(read: (from: Item | undefined) => Promise<Page>): AsyncGenerator<readonly StoredEvent[]> {
  let from: Item | undefined;
  do {
    const page: Page = await read(from);
    yield (page.Items ?? []).map(storedEvent);
    from = page.LastEvaluatedKey;
  } while (from);
}

function storedEvent(item: Item): StoredEvent {
  const place = placeOf(item);
  try {
    return { ...place, attributes: exactValue({ M: item }) as Readonly<Record<string, unknown>> };
  } catch (error) {
    if (error instanceof ForeignValue) return { ...place, foreign: error.message };
    throw error;
  }
}

const placeOf = (item: Item): Place => ({ stream: item.stream?.S ?? '', version: Number(item.version?.N) });
const nameOf = ({ stream, version }: Place): string => `${version}@${stream}`;
