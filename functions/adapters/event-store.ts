import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { aggregateOf } from '../application/catalogue';
import type {
  BrokenStream,
  Claim,
  Effects,
  EventStore,
  LoadedStream,
  Snapshot,
  StreamWrite,
} from '../application/ports';
import type { RecordedEvent } from '../application/recorded-event';
import type { reducerHashes } from '../application/reducer-hashes';
import { SNAPSHOT_EVERY } from '../application/snapshots';
import { type AppendTables, AppendTransaction, Conflict, conditionalPut } from './append-transaction';
import { batchGet } from './batch-get';
import { seal } from './hash-chain';
import { IdentityClaims } from './identity-claims';

type Item = Record<string, AttributeValue>;
type Range = Omit<QueryCommandInput, 'TableName'>;
type Place = { readonly stream: string; readonly version: number };

/** A transaction becomes visible within milliseconds; a hole that stays is damage, not a race. */
const READS_OF_A_HOLE = 8;
/** The SDK tries again when a call is throttled, but not when an item of a transaction is. */
const TRANSACTION_TRIES = 4;

/** The Events table: PK `stream`, SK `version`. */
export class DynamoDbEventStore implements EventStore {
  private readonly identities: IdentityClaims;

  /** `reducers`: whose snapshots are believed. */
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tables: AppendTables,
    private readonly reducers: typeof reducerHashes,
    private readonly effects: Pick<Effects, 'now' | 'random' | 'sleep'>,
  ) {
    this.identities = new IdentityClaims(client, tables.inbox, effects);
  }

  /** One Query, newest first, as far back as the last snapshot; a stream that has none is read whole. */
  async load(stream: string): Promise<LoadedStream> {
    const events = await this.unbroken(stream, async () => (await this.newestFirst(stream)).reverse());
    const [first] = events;
    const snapshot = first && first.version > 1 ? this.snapshotIn(first) : undefined;
    return { stream, events, version: events.at(-1)?.version ?? 0, ...(snapshot && { snapshot }) };
  }

  assumeEmpty(stream: string): LoadedStream {
    return { stream, events: [], version: 0 };
  }

  async append(writes: readonly StreamWrite[], claims: readonly Claim[] = []): Promise<readonly RecordedEvent[]> {
    const recordedAt = this.effects.now().toISOString();
    const events = writes.flatMap((write) => chain(write, recordedAt));
    if (new Set(writes.map(({ loaded }) => loaded.stream)).size < writes.length)
      throw new Error('a stream may stand only once in an append');
    const unmoved = writes.filter((write) => write.events.length === 0).map(({ loaded }) => loaded);
    if (events.length + claims.length === 0) return [];
    await this.identities.keep(writes.flatMap(({ loaded }) => hiddenBy(events, loaded)));
    const [first] = events;
    if (first && events.length === 1 && unmoved.length + claims.length === 0) return [await this.putOne(first)];
    await this.putAll(new AppendTransaction(this.tables, events, unmoved, claims, recordedAt));
    return events;
  }

  async placeOf({ stream, snapshot }: LoadedStream, event: { readonly source: string; readonly id: string }) {
    return snapshot && this.identities.find(stream, event);
  }

  /** Oldest first. A stream without events behind `after` is as unbroken as any. */
  readRange(stream: string, after: number, upTo?: number): Promise<readonly RecordedEvent[]> {
    return this.unbroken(stream, () => this.query(rangeOf(stream, after, upTo)), after);
  }

  async readMany(places: readonly Place[]): Promise<readonly RecordedEvent[]> {
    const wanted = [...new Map(places.map((place) => [keyOf(place), place])).values()];
    const keys = wanted.map(({ stream, version }) => marshall({ stream, version }));
    const events = (await batchGet(this.client, this.tables.events, keys, this.effects)).map(fromItem);
    const found = new Map(events.map((event) => [keyOf(event), event]));
    return places.flatMap((place) => found.get(keyOf(place)) ?? []);
  }

  /**
   * Reads until there is no hole. A Query is only read-committed against a transaction: it may show version 3 without 2
   * (DynamoDB guide, "Isolation levels for transactions"). Where `after` is not given, the first event must be version
   * 1 or carry a snapshot.
   */
  private async unbroken(stream: string, read: () => Promise<RecordedEvent[]>, after?: number) {
    for (let attempt = 1; ; attempt++) {
      const events = await read();
      const [first] = events;
      const start = after ?? (first && this.snapshotIn(first) ? first.version - 1 : 0);
      if (events.every((event, i) => event.version === start + 1 + i)) return events;
      if (attempt === READS_OF_A_HOLE)
        throw Object.assign(
          new Error(`${stream} has a hole: versions ${events.map((event) => event.version).join(', ')} after ${start}`),
          { code: 'broken-stream' } as const,
        ) satisfies BrokenStream;
      await this.effects.sleep(2 ** attempt * (0.5 + this.effects.random() / 2));
    }
  }

  private async newestFirst(stream: string): Promise<RecordedEvent[]> {
    const newest = { ...rangeOf(stream, 0), ScanIndexForward: false };
    const events: RecordedEvent[] = [];
    for await (const page of this.pages(newest, SNAPSHOT_EVERY)) {
      for (const event of page) {
        events.push(event);
        if (this.snapshotIn(event)) return events;
      }
    }
    return events;
  }

  private snapshotIn({ stream, metadata }: RecordedEvent): Snapshot | undefined {
    const aggregate = aggregateOf(stream);
    return aggregate && metadata.snapshot?.reducer === this.reducers[aggregate] ? metadata.snapshot : undefined;
  }

  private async query(query: Range): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const page of this.pages(query)) events.push(...page);
    return events;
  }

  /** `first`: how many events the first page is to have at most; the others have as many as fit. */
  private async *pages(query: Range, first?: number): AsyncGenerator<RecordedEvent[]> {
    let from: Item | undefined;
    let limit = first;
    do {
      const page = await this.client.send(
        new QueryCommand({
          ...query,
          TableName: this.tables.events,
          ConsistentRead: true,
          ...(limit && { Limit: limit }),
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      yield (page.Items ?? []).map(fromItem);
      from = page.LastEvaluatedKey;
      limit = undefined;
    } while (from);
  }

  private async putOne(event: RecordedEvent): Promise<RecordedEvent> {
    try {
      await this.client.send(
        new PutItemCommand({
          ...conditionalPut(this.tables.events, event),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
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

  private async putAll(transaction: AppendTransaction): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        // The SDK makes the ClientRequestToken, so its own retries are one transaction.
        await this.client.send(new TransactWriteItemsCommand({ TransactItems: [...transaction.items] }));
        return;
      } catch (error) {
        if (attempt === TRANSACTION_TRIES || !transaction.wasThrottled(error)) throw transaction.failure(error);
        await this.effects.sleep(25 * 2 ** attempt * this.effects.random());
      }
    }
  }
}

function rangeOf(stream: string, after: number, upTo?: number): Range {
  return {
    KeyConditionExpression:
      upTo === undefined
        ? '#stream = :stream AND #version > :after'
        : '#stream = :stream AND #version BETWEEN :first AND :last',
    ExpressionAttributeNames: { '#stream': 'stream', '#version': 'version' },
    ExpressionAttributeValues:
      upTo === undefined
        ? { ':stream': { S: stream }, ':after': { N: String(after) } }
        : { ':stream': { S: stream }, ':first': { N: String(after + 1) }, ':last': { N: String(upTo) } },
  };
}

/**
 * The loaded events that readers will no longer see, once what is appended carries a snapshot. What is before the last one,
 * of whatever reducer, has its claims from then.
 */
function hiddenBy(appended: readonly RecordedEvent[], { stream, events }: LoadedStream): readonly RecordedEvent[] {
  const hides = appended.some((event) => event.stream === stream && event.metadata.snapshot !== undefined);
  if (!hides) return [];
  const last = events.findLastIndex((event) => event.metadata.snapshot !== undefined);
  return events.slice(Math.max(0, last));
}

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
