import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Inbox, InboxItem, InboxState } from '../application/ports';
import { shardOf, shards } from '../application/read-models/shard';
import { unstorable } from '../application/storable';
import { sha256 } from './hash-chain';

type Item = Record<string, AttributeValue>;
type Key = Pick<InboxItem, 'stream' | 'state' | 'source' | 'id'>;

/** Limits of DynamoDB keys in bytes (service limits), with room for what stands before the text. */
const LONGEST_STREAM = 2048;
const LONGEST_ENTRY = 1024;
/**
 * An item has room for 400 KB. As a map, numbers and empty maps take more of it than in JSON; as text, what came over the
 * bus (256 KB) always fits.
 */
const LARGEST_MAP = 200 * 1024;
const LARGEST_TEXT = 360 * 1024;

/**
 * The Inbox table: PK `stream`, SK `entry` = `<state>#<source>#<id>`; index `by-state`: PK `stateShard` = `<state>#<0..7>`,
 * SK `at`, which for a parked item is when its time is up.
 */
export class DynamoDbInbox implements Inbox {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async put(item: InboxItem): Promise<void> {
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: toItem(item),
          ConditionExpression: 'attribute_not_exists(#stream)',
          ExpressionAttributeNames: { '#stream': 'stream' },
        }),
      );
    } catch (error) {
      const isThere = error instanceof Error && error.name === 'ConditionalCheckFailedException';
      if (!isThere) throw error;
    }
  }

  async remove(item: Key): Promise<void> {
    await this.client.send(new DeleteItemCommand({ TableName: this.table, Key: keyOf(item) }));
  }

  parked(stream: string): Promise<readonly InboxItem[]> {
    return this.query({
      ConsistentRead: true,
      KeyConditionExpression: '#stream = :stream AND begins_with(#entry, :parked)',
      ExpressionAttributeNames: { '#stream': 'stream', '#entry': 'entry' },
      ExpressionAttributeValues: { ':stream': { S: keyText(stream, LONGEST_STREAM) }, ':parked': { S: 'parked#' } },
    });
  }

  async expired(now: Date, limit: number): Promise<readonly InboxItem[]> {
    const found = await Promise.all(
      shards.map((shard) =>
        this.query(
          {
            IndexName: 'by-state',
            KeyConditionExpression: '#stateShard = :stateShard AND #at <= :now',
            ExpressionAttributeNames: { '#stateShard': 'stateShard', '#at': 'at' },
            ExpressionAttributeValues: {
              ':stateShard': { S: stateShard('parked', shard) },
              ':now': { S: now.toISOString() },
            },
          },
          limit,
        ),
      ),
    );
    const until = (item: InboxItem) => item.parkedUntil ?? '';
    return found
      .flat()
      .sort((a, b) => (until(a) < until(b) ? -1 : until(a) > until(b) ? 1 : 0))
      .slice(0, limit);
  }

  private async query(query: Omit<QueryCommandInput, 'TableName'>, most = Number.POSITIVE_INFINITY) {
    const items: InboxItem[] = [];
    let from: Item | undefined;
    do {
      const page = await this.client.send(
        new QueryCommand({
          ...query,
          TableName: this.table,
          ...(Number.isFinite(most) && { Limit: most - items.length }),
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      for (const item of page.Items ?? []) items.push(fromItem(item));
      from = page.LastEvaluatedKey;
    } while (from && items.length < most);
    return items;
  }
}

const stateShard = (state: InboxState, shard: number): string => `${state}#${shard}`;

/** A source may hold a `#` (it is a URI reference): escaped, so that no two pairs of source and id share an entry. */
function entryOf({ state, source, id }: Omit<Key, 'stream'>): string {
  const rest = `${source.replace(/[%#]/g, (char) => (char === '%' ? '%25' : '%23'))}#${id}`;
  return `${state}#${keyText(rest, LONGEST_ENTRY - 16)}`;
}

/** What is too long for a key is named by its hash: what cannot be valid may have any length. */
const keyText = (text: string, most: number): string =>
  Buffer.byteLength(text) <= most ? text : `sha256#${sha256(text)}`;

const keyOf = (item: Key): Item => ({
  stream: { S: keyText(item.stream, LONGEST_STREAM) },
  entry: { S: entryOf(item) },
});

/** The event as it came, as a map; what a table cannot keep as a map it keeps as JSON text, in `eventText`. */
function toItem({ event, at, problems, ...item }: InboxItem): Item {
  const eventText = JSON.stringify(event ?? null);
  const asMap = Buffer.byteLength(eventText) <= LARGEST_MAP && unstorable(event) === undefined;
  const keepable = problems?.map((one) => (unstorable(one.value) ? { ...one, value: JSON.stringify(one.value) } : one));
  return {
    ...marshall(
      {
        ...item,
        ...(keepable && { problems: keepable }),
        ...(asMap ? { event } : { eventText: cutTo(LARGEST_TEXT, eventText) }),
        stateShard: stateShard(item.state, shardOf(item.stream)),
        at: item.parkedUntil ?? at,
        putAt: at,
      },
      { removeUndefinedValues: true },
    ),
    ...keyOf(item),
  };
}

function fromItem(row: Item): InboxItem {
  const { entry: _entry, stateShard: _shard, putAt, eventText, ...item } = unmarshall(row);
  return { ...item, at: putAt, ...(eventText !== undefined && { event: parsed(eventText) }) } as InboxItem;
}

const cutTo = (bytes: number, text: string): string =>
  Buffer.byteLength(text) <= bytes ? text : Buffer.from(text).subarray(0, bytes).toString('utf8');

/** The event again, or as much of its text as there was room for. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
