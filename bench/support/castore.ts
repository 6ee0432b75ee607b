import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBSingleTableEventStorageAdapter,
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore/event-storage-adapter-dynamodb';
import type { Contender, Occurrence, Place } from './contender';

/** TransactWriteItems takes no more. */
const GROUP_LIMIT = 100;

/**
 * castore's adapter on a table as its README says. What identifies an event stands in `metadata`, where castore keeps
 * what is not payload; it does not look for duplicates.
 */
export class Castore implements Contender {
  readonly name = 'castore';
  readonly #adapter: DynamoDBSingleTableEventStorageAdapter;

  constructor(
    client: DynamoDBClient,
    readonly table: string,
  ) {
    this.#adapter = new DynamoDBSingleTableEventStorageAdapter({ tableName: table, dynamoDBClient: client });
  }

  async begin(place: Place, event: Occurrence): Promise<void> {
    await this.#push(place, event, 1);
  }

  async loadAndAppend(place: Place, event: Occurrence): Promise<void> {
    await this.#push(place, event, (await this.load(place)) + 1);
  }

  async loadAndAppendGroup(parts: readonly (readonly [Place, Occurrence])[]): Promise<void> {
    const versions = await Promise.all(parts.map(([place]) => this.load(place)));
    await this.#pushGroup(parts.map(([place, event], n) => [place, event, versions[n]! + 1] as const));
  }

  async load({ kind, id }: Place): Promise<number> {
    const { events } = await this.#adapter.getEvents(id, { eventStoreId: kind });
    return events.at(-1)?.version ?? 0;
  }

  async fill(place: Place, events: readonly Occurrence[]): Promise<void> {
    for (let n = 0; n < events.length; n += GROUP_LIMIT) {
      const chunk = events.slice(n, n + GROUP_LIMIT);
      await this.#pushGroup(chunk.map((event, m) => [place, event, n + m + 1] as const));
    }
  }

  async #push(place: Place, event: Occurrence, version: number): Promise<void> {
    await this.#adapter.pushEvent(detailOf(place, event, version), { eventStoreId: place.kind });
  }

  async #pushGroup(parts: readonly (readonly [Place, Occurrence, number])[]): Promise<void> {
    const [first, ...rest] = parts.map(([place, event, version]) => {
      const grouped = this.#adapter.groupEvent(detailOf(place, event, version));
      grouped.context = { eventStoreId: place.kind };
      return grouped;
    });
    if (first) await this.#adapter.pushEventGroup({}, first, ...rest);
  }

  static async makeTable(client: DynamoDBClient, table: string): Promise<void> {
    await client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: EVENT_TABLE_PK, AttributeType: 'S' },
          { AttributeName: EVENT_TABLE_SK, AttributeType: 'N' },
          { AttributeName: EVENT_TABLE_EVENT_STORE_ID_KEY, AttributeType: 'S' },
          { AttributeName: EVENT_TABLE_TIMESTAMP_KEY, AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: EVENT_TABLE_PK, KeyType: 'HASH' },
          { AttributeName: EVENT_TABLE_SK, KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
            KeySchema: [
              { AttributeName: EVENT_TABLE_EVENT_STORE_ID_KEY, KeyType: 'HASH' },
              { AttributeName: EVENT_TABLE_TIMESTAMP_KEY, KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      }),
    );
  }
}

const detailOf = (place: Place, event: Occurrence, version: number) => {
  const { type, time, data, ...identity } = event;
  return { aggregateId: place.id, version, type, timestamp: time, payload: data, metadata: identity };
};
