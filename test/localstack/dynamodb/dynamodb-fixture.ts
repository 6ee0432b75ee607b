import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Activity } from '../../../localstack/cloud/core/activity';
import { Clock } from '../../../localstack/cloud/core/clock';
import { Faults } from '../../../localstack/cloud/core/faults';
import type { StreamSource } from '../../../localstack/cloud/core/peers';
import { asAwsError, Registry } from '../../../localstack/cloud/core/registry';
import { type Call, type CloudContext, RawJson, type Service } from '../../../localstack/cloud/core/service';
import { Store } from '../../../localstack/cloud/core/store';
import { Trace } from '../../../localstack/cloud/core/trace';
import { createDynamoDb, type DynamoDbOptions } from '../../../localstack/cloud/services/dynamodb';

export const START = Date.UTC(2026, 0, 1);

export const call: Call = {
  requestId: 'request',
  account: '000000000000',
  region: 'us-east-1',
  principal: { kind: 'root', arn: 'arn:aws:iam::000000000000:root' },
  endpoint: 'http://127.0.0.1:4566',
};

// biome-ignore lint/suspicious/noExplicitAny: shapes are those of the API reference.
type Json = any;

/** The service without HTTP, on a clock that stands still, in a directory of its own. */
export class DynamoDbFixture {
  clock = new Clock({ manual: true, startAt: START });
  service!: Service;
  streams!: Service;
  peer!: StreamSource;
  store!: Store;
  readonly faults = new Faults();
  trace!: Trace;
  readonly #dir = mkdtempSync(join(tmpdir(), 'dynamodb-'));
  readonly #options: DynamoDbOptions;

  constructor(options: DynamoDbOptions = {}) {
    this.#options = options;
    this.#open();
  }

  /** The answer of an operation of DynamoDB or of its streams, as a client would read it. */
  async run(operation: string, input: object = {}, as: Call = call): Promise<Json> {
    const run = this.service.operations[operation] ?? this.streams.operations[operation];
    if (!run) throw new Error(`no operation ${operation}`);
    // As the front door does it, which also names the call's hop.
    const answer = await this.trace.within(as.hop, () => run(JSON.parse(JSON.stringify(input)), as));
    return answer instanceof RawJson ? JSON.parse(answer.text) : JSON.parse(JSON.stringify(answer ?? {}));
  }

  /** `Code: message` of the error that an operation answers. */
  async error(operation: string, input: object = {}): Promise<string> {
    const error = await this.failure(operation, input);
    return `${error.code}: ${error.message}`;
  }

  async failure(operation: string, input: object = {}) {
    try {
      await this.run(operation, input);
    } catch (error) {
      return asAwsError(error);
    }
    throw new Error(`${operation} was expected to fail`);
  }

  /** Stops and starts again on the same directory. */
  async restart(): Promise<void> {
    this.clock.stop();
    await this.store.close();
    this.clock = new Clock({ manual: true, startAt: this.clock.now() });
    this.#open();
    await this.service.start?.();
  }

  /** As `reset` does it: what the tables hold is gone, and the services are made anew. */
  async reset(): Promise<void> {
    for (const service of [this.service, this.streams]) await service.stop?.();
    const left = this.clock.pending().map(({ label }) => label);
    if (left.length > 0) throw new Error(`still to come after the stop: ${left.join(', ')}`);
    await this.store.empty([this.service, this.streams].flatMap(({ dataSpaces = [] }) => dataSpaces));
    await this.restart();
  }

  async close(): Promise<void> {
    this.clock.stop();
    await this.store.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #open(): void {
    this.store = new Store({ dir: this.#dir, sync: false });
    this.trace = new Trace(this.clock);
    const context: CloudContext = {
      clock: this.clock,
      store: this.store,
      registry: new Registry(),
      activity: new Activity(),
      faults: this.faults,
      trace: this.trace,
      endpoint: () => call.endpoint,
      account: call.account,
      region: call.region,
      dir: this.#dir,
    };
    const made = createDynamoDb(context, this.#options);
    this.service = made.service;
    this.streams = made.streams;
    this.peer = made.peer;
  }
}

const key = (name: string, KeyType: string) => ({ AttributeName: name, KeyType });
const attribute = (AttributeName: string, AttributeType: string) => ({ AttributeName, AttributeType });

/** The table that most tests use: `pk` (S) and `sk` (N), with an index by `kind` (S) and `moment` (S). */
export const eventsTable = {
  TableName: 'events',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
  AttributeDefinitions: [attribute('pk', 'S'), attribute('sk', 'N'), attribute('kind', 'S'), attribute('moment', 'S')],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-kind',
      KeySchema: [key('kind', 'HASH'), key('moment', 'RANGE')],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
};

/** A table with a partition key `id` alone. */
export const plainTable = {
  TableName: 'plain',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [key('id', 'HASH')],
  AttributeDefinitions: [attribute('id', 'S')],
};
