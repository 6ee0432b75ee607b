import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbEventStore } from '../../functions/adapters/event-store';
import { DynamoDbLine } from '../../functions/adapters/line';
import { systemEffects } from '../../functions/adapters/system-effects';
import { backoff, RACES } from '../../functions/application/backoff';
import { isAppendConflict, type Line, type NewEvent, type Turn } from '../../functions/application/ports';
import { reducerHashes } from '../../functions/application/reducer-hashes';

/** How writers go about a stream that all of them want: they try again ten times, or for as long as it takes, or stand in line. */
export type Strategy = 'optimistic' | 'dogged' | 'line';
export const STRATEGIES: readonly Strategy[] = ['optimistic', 'dogged', 'line'];

export type Contest = {
  readonly confirmed: number;
  readonly gaveUp: number;
  /** Appends that failed because somebody else was first. */
  readonly conflicts: number;
  /** Requests, with the SDK's own repetitions. */
  readonly calls: number;
  /** From the start of all until the last one has ended, and until each confirmation. */
  readonly ms: number;
  readonly latencies: readonly number[];
  /** By how many the events of the stream differ from the confirmations: stock given out twice, or lost. */
  readonly oversold: number;
};

/** What a request takes in a region, about: added to what the local cloud takes. */
const REGION_MS = { GetItem: 3, Query: 4, UpdateItem: 5, PutItem: 5, TransactWriteItems: 15 };

/** Many writers, one stream: each appends one event of its own and one of the stream, in one transaction. */
export class Contention {
  readonly #endpoint: string;
  readonly #client: DynamoDBClient;
  readonly #tables = { events: 'bench-events', inbox: 'bench-inbox', keys: 'bench-keys' };
  #calls = 0;
  #contests = 0;

  private constructor(endpoint: string) {
    this.#endpoint = endpoint;
    this.#client = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
      requestHandler: { httpAgent: { keepAlive: true, maxSockets: 200 } },
    });
    // Below the SDK's retries, so that each of them counts.
    this.#client.middlewareStack.add(
      (next) => (args) => {
        this.#calls++;
        return next(args);
      },
      { step: 'deserialize' },
    );
  }

  static async on(endpoint: string): Promise<Contention> {
    const contention = new Contention(endpoint);
    await contention.#createTable('bench-events', ['version', 'N']);
    await contention.#createTable('bench-inbox', ['entry', 'S']);
    return contention;
  }

  async contest(strategy: Strategy, writers: number): Promise<Contest> {
    await this.#latencies(REGION_MS);
    const stream = `inventory#hot-${++this.#contests}`;
    this.#calls = 0;
    const contest = { confirmed: 0, gaveUp: 0, conflicts: 0 };
    const latencies: number[] = [];
    const startedAt = performance.now();
    const confirm = async (n: number) => {
      const { confirmed, conflicts } = await this.#confirm(strategy, stream, n);
      contest.conflicts += conflicts;
      if (!confirmed) contest.gaveUp++;
      else {
        contest.confirmed++;
        latencies.push(performance.now() - startedAt);
      }
    };
    await Promise.all(Array.from({ length: writers }, (_, n) => confirm(n)));
    const ms = performance.now() - startedAt;
    const calls = this.#calls;
    await this.#latencies({});
    const { version: recorded } = await this.#store().load(stream);
    return { ...contest, calls, ms, latencies, oversold: Math.abs(recorded - contest.confirmed) };
  }

  close(): void {
    this.#client.destroy();
  }

  async #confirm(strategy: Strategy, stream: string, n: number): Promise<{ confirmed: boolean; conflicts: number }> {
    const store = this.#store();
    const line: Line = new DynamoDbLine(this.#client, this.#tables.inbox, systemEffects);
    const order = store.assumeEmpty(`order#${stream}-${n}`);
    let turn: Turn | undefined;
    let conflicts = 0;
    try {
      while (strategy === 'dogged' || conflicts < RACES) {
        const loaded = await store.load(stream);
        try {
          await store.append([
            { loaded: order, events: [event(`confirmed-${n}`)] },
            { loaded, events: [event(`reserved-${n}`)] },
          ]);
          return { confirmed: true, conflicts };
        } catch (error) {
          if (!isAppendConflict(error)) throw error;
          conflicts++;
          if (strategy === 'line') turn ??= await line.enter([stream]);
          else await systemEffects.sleep(backoff(conflicts, systemEffects.random()));
        }
      }
      return { confirmed: false, conflicts };
    } finally {
      await turn?.leave();
    }
  }

  #store(): DynamoDbEventStore {
    return new DynamoDbEventStore(this.#client, this.#tables, reducerHashes, systemEffects);
  }

  async #createTable(TableName: string, [sortKey, type]: readonly [string, 'S' | 'N']): Promise<void> {
    await this.#client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'stream', AttributeType: 'S' },
          { AttributeName: sortKey, AttributeType: type },
        ],
        KeySchema: [
          { AttributeName: 'stream', KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
      }),
    );
  }

  async #latencies(msOf: Readonly<Record<string, number>>): Promise<void> {
    const rules = Object.entries(msOf).map(([operation, ms]) => ({
      fault: 'latency',
      service: 'dynamodb',
      operation,
      ms,
    }));
    const answer = await fetch(`${this.#endpoint}/_cloud/faults`, { method: 'PUT', body: JSON.stringify({ rules }) });
    if (!answer.ok) throw new Error(`the latencies were refused: ${await answer.text()}`);
  }
}

const event = (id: string): NewEvent => ({
  id,
  source: 'bench',
  type: 'StockReserved',
  subject: 'hot',
  schemaVersion: 1,
  time: '2026-01-01T12:00:00.000Z',
  correlationId: id,
  causationId: id,
  data: { sku: 'hot', orderId: id, quantity: 1 },
  metadata: {},
});
