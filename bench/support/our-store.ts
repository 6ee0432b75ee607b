import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbEventStore } from '../../functions/adapters/event-store';
import { systemEffects } from '../../functions/adapters/system-effects';
import { inventory, type Step, stateOf, stepsOf } from '../../functions/application/aggregates';
import { newEvent } from '../../functions/application/new-event';
import type { LoadedStream, NewEvent } from '../../functions/application/ports';
import { reducerHashes } from '../../functions/application/reducer-hashes';
import { SNAPSHOT_EVERY } from '../../functions/application/snapshots';
import type { InventoryEvent } from '../../functions/domain/inventory';
import type { Contender, Occurrence, Place } from './contender';

type OurTables = ConstructorParameters<typeof DynamoDbEventStore>[1];

/** Our event store, with events as the use cases make them: facts, and snapshots where they are due. */
export class OurStore implements Contender {
  readonly name = 'orderstream';
  readonly table: string;
  readonly #store: DynamoDbEventStore;

  /** `reducers`: whose snapshots are believed. */
  constructor(client: DynamoDBClient, tables: OurTables, reducers = reducerHashes) {
    this.table = tables.events;
    this.#store = new DynamoDbEventStore(client, tables, reducers, systemEffects);
  }

  async begin(place: Place, event: Occurrence): Promise<void> {
    await this.#append(place, this.#store.assumeEmpty(streamOf(place)), [event]);
  }

  async loadAndAppend(place: Place, event: Occurrence): Promise<void> {
    await this.#append(place, await this.#store.load(streamOf(place)), [event]);
  }

  async loadAndAppendGroup(parts: readonly (readonly [Place, Occurrence])[]): Promise<void> {
    const loaded = await Promise.all(parts.map(([place]) => this.#store.load(streamOf(place))));
    await this.#store.append(
      parts.map(([place, event], n) => ({ loaded: loaded[n]!, events: made(place, loaded[n]!, [event]) })),
    );
  }

  async load(place: Place): Promise<number> {
    return (await this.#store.load(streamOf(place))).version;
  }

  /** As the ingest does it: looks for the identity in the stream, also where a snapshot hides it, and appends if it is new. */
  async appendUnlessThere(place: Place, event: Occurrence): Promise<'appended' | 'duplicate'> {
    const loaded = await this.#store.load(streamOf(place));
    const isThere = loaded.events.some(({ id, source }) => id === event.id && source === event.source);
    if (isThere || (await this.#store.placeOf(loaded, event)) !== undefined) return 'duplicate';
    await this.#append(place, loaded, [event]);
    return 'appended';
  }

  /** As many events in each append as lie between two snapshots. */
  async fill(place: Place, events: readonly Occurrence[]): Promise<void> {
    let loaded = await this.#store.load(streamOf(place));
    for (let n = 0; n < events.length; n = loaded.version) {
      const until = n === 0 ? SNAPSHOT_EVERY - 1 : n + SNAPSHOT_EVERY;
      const recorded = await this.#append(place, loaded, events.slice(n, until));
      const snapshot = recorded[0]?.metadata.snapshot;
      loaded = {
        stream: loaded.stream,
        events: recorded,
        version: recorded.at(-1)!.version,
        ...(snapshot && { snapshot }),
      };
    }
  }

  #append(place: Place, loaded: LoadedStream, events: readonly Occurrence[]) {
    return this.#store.append([{ loaded, events: made(place, loaded, events) }]);
  }

  static async makeTables(client: DynamoDBClient, { events, inbox }: OurTables): Promise<void> {
    for (const [TableName, key, type] of [
      [events, 'version', 'N'],
      [inbox, 'entry', 'S'],
    ] as const) {
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [
            { AttributeName: 'stream', AttributeType: 'S' },
            { AttributeName: key, AttributeType: type },
          ],
          KeySchema: [
            { AttributeName: 'stream', KeyType: 'HASH' },
            { AttributeName: key, KeyType: 'RANGE' },
          ],
        }),
      );
    }
  }
}

const streamOf = ({ kind, id }: Place): string => `${kind}#${id}`;

function made({ kind, id: subject }: Place, loaded: LoadedStream, events: readonly Occurrence[]): NewEvent[] {
  const steps =
    kind === 'inventory'
      ? stepsOf(inventory, stateOf(inventory, loaded), events as readonly unknown[] as readonly InventoryEvent[])
      : events.map((event) => ({ event, after: undefined, fact: ORDER_FACT }) as unknown as Step);
  return events.map(({ id, source, time, correlationId }, n) =>
    newEvent(
      loaded,
      { aggregate: kind, subject, id, source, schemaVersion: 1, time, correlationId, metadata: {} },
      steps[n]!,
      n,
    ),
  );
}

/** What a use case adds to an order's event, so that its fact is self-sufficient. */
const ORDER_FACT = {
  userId: 'user-4711',
  statusBefore: 'confirmed',
  statusAfter: 'paid',
  total: 15_190,
  currency: 'EUR',
};
