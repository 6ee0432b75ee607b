import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AppendConflict, Effects, EventStore, LoadedStream, StreamWrite } from '../application/ports';
import type { RecordedEvent } from '../application/recorded-event';
import { seal } from './hash-chain';

type Item = Record<string, AttributeValue>;
type Place = { readonly stream: string; readonly version: number };

/** The append-only rule. IAM cannot say it (PutItem may overwrite), so this is the one place that puts. */
export const NOBODY_WAS_FIRST = 'attribute_not_exists(#stream)';

/** BatchGetItem takes no more keys (API reference). */
const GET_LIMIT = 100;
/** TransactWriteItems takes no more items (API reference). */
const TRANSACTION_LIMIT = 100;
/** A transaction becomes visible within milliseconds; a hole that stays is damage, not a race. */
const READS_OF_A_HOLE = 8;

class Conflict extends Error implements AppendConflict {
  readonly code = 'append-conflict';
  constructor(
    readonly streams: readonly string[],
    readonly existing: RecordedEvent | undefined,
    cause: unknown,
  ) {
    super(`somebody else appended to ${streams.join(', ')} first`, { cause });
    this.name = 'AppendConflict';
  }
}

/** The Events table: PK `stream`, SK `version`. */
export class DynamoDbEventStore implements EventStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'now' | 'random' | 'sleep'>,
  ) {}

  async load(stream: string): Promise<LoadedStream> {
    const events = await this.readRange(stream, 0);
    return { stream, events, version: events.length };
  }

  assumeEmpty(stream: string): LoadedStream {
    return { stream, events: [], version: 0 };
  }

  async append(writes: readonly StreamWrite[]): Promise<readonly RecordedEvent[]> {
    const recordedAt = this.effects.now().toISOString();
    const events = writes.flatMap((write) => chain(write, recordedAt));
    if (new Set(writes.map(({ loaded }) => loaded.stream)).size < writes.length)
      throw new Error('a stream may stand only once in an append');
    if (events.length === 0) return [];
    const [first] = events;
    return events.length === 1 && first ? [await this.putOne(first)] : this.putAll(events);
  }

  async readRange(stream: string, after: number, upTo?: number): Promise<readonly RecordedEvent[]> {
    for (let attempt = 1; ; attempt++) {
      const events = await this.query(stream, after, upTo);
      // A Query is only read-committed against a transaction: it may show version 3 without 2 (DynamoDB guide,
      // "Isolation levels for transactions").
      if (events.every((event, i) => event.version === after + 1 + i)) return events;
      if (attempt === READS_OF_A_HOLE)
        throw new Error(
          `${stream} has a hole: versions ${events.map((event) => event.version).join(', ')} after ${after}`,
        );
      await this.effects.sleep(2 ** attempt * (0.5 + this.effects.random() / 2));
    }
  }

  async readMany(places: readonly Place[]): Promise<readonly RecordedEvent[]> {
    const found = new Map<string, RecordedEvent>();
    const wanted = [...new Map(places.map((place) => [keyOf(place), place])).values()];
    for (let i = 0; i < wanted.length; i += GET_LIMIT) {
      const keys = wanted.slice(i, i + GET_LIMIT).map(({ stream, version }) => marshall({ stream, version }));
      for (const event of await this.batchGet(keys)) found.set(keyOf(event), event);
    }
    return places.flatMap((place) => found.get(keyOf(place)) ?? []);
  }

  private async query(stream: string, after: number, upTo?: number): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    let from: Item | undefined;
    do {
      const page = await this.client.send(
        new QueryCommand({
          TableName: this.table,
          ConsistentRead: true,
          KeyConditionExpression:
            upTo === undefined
              ? '#stream = :stream AND #version > :after'
              : '#stream = :stream AND #version BETWEEN :first AND :last',
          ExpressionAttributeNames: { '#stream': 'stream', '#version': 'version' },
          ExpressionAttributeValues:
            upTo === undefined
              ? { ':stream': { S: stream }, ':after': { N: String(after) } }
              : { ':stream': { S: stream }, ':first': { N: String(after + 1) }, ':last': { N: String(upTo) } },
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      for (const item of page.Items ?? []) events.push(fromItem(item));
      from = page.LastEvaluatedKey;
    } while (from);
    return events;
  }

  private async batchGet(keys: Item[]): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    let pending: Item[] | undefined = keys;
    for (let attempt = 0; pending?.length; attempt++) {
      if (attempt > 0) await this.effects.sleep(Math.min(1000, 25 * 2 ** attempt) * this.effects.random());
      if (attempt > 10) throw new Error(`${this.table} left ${pending.length} keys unread`);
      const answer: BatchGetItemCommandOutput = await this.readBatch(pending);
      for (const item of answer.Responses?.[this.table] ?? []) events.push(fromItem(item));
      pending = answer.UnprocessedKeys?.[this.table]?.Keys;
    }
    return events;
  }

  private readBatch(keys: Item[]) {
    return this.client.send(
      new BatchGetItemCommand({ RequestItems: { [this.table]: { Keys: keys, ConsistentRead: true } } }),
    );
  }

  private async putOne(event: RecordedEvent): Promise<RecordedEvent> {
    try {
      await this.client.send(
        new PutItemCommand({ ...this.conditionalPut(event), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      );
      return event;
    } catch (error) {
      if (isNamed(error, 'TransactionConflictException')) throw new Conflict([event.stream], undefined, error);
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      const old = (error as { Item?: Item }).Item;
      const existing = old && fromItem(old);
      // The answer to the first try was lost, and the SDK tried again: what stands there is this very event.
      if (existing?.hash === event.hash) return event;
      throw new Conflict([event.stream], existing, error);
    }
  }

  private async putAll(events: RecordedEvent[]): Promise<readonly RecordedEvent[]> {
    if (events.length > TRANSACTION_LIMIT)
      throw new Error(`${events.length} events in one append; DynamoDB takes ${TRANSACTION_LIMIT}`);
    try {
      // The SDK makes the ClientRequestToken, so its own retries are one transaction.
      await this.client.send(
        new TransactWriteItemsCommand({ TransactItems: events.map((event) => ({ Put: this.conditionalPut(event) })) }),
      );
      return events;
    } catch (error) {
      const reasons = (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? [];
      const lost = events.filter((_, i) => LOST_RACE.has(reasons[i]?.Code ?? ''));
      if (!isNamed(error, 'TransactionCanceledException') || lost.length === 0) throw error;
      throw new Conflict([...new Set(lost.map((event) => event.stream))], undefined, error);
    }
  }

  private conditionalPut(event: RecordedEvent) {
    return {
      TableName: this.table,
      Item: marshall(event, { removeUndefinedValues: true }),
      ConditionExpression: NOBODY_WAS_FIRST,
      ExpressionAttributeNames: { '#stream': 'stream' },
    };
  }
}

const LOST_RACE: ReadonlySet<string> = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/** Gives events their places behind what was loaded. */
export function chain({ loaded, events }: StreamWrite, recordedAt: string): RecordedEvent[] {
  let { version } = loaded;
  let prevHash = loaded.events.at(-1)?.hash ?? '';
  return events.map((event) => {
    version += 1;
    const sealed = seal({ ...event, stream: loaded.stream, version, recordedAt, prevHash });
    prevHash = sealed.hash;
    return sealed;
  });
}

const fromItem = (item: Item): RecordedEvent => unmarshall(item) as RecordedEvent;
const keyOf = ({ stream, version }: Place): string => `${version}@${stream}`;
const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
