import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { type SyntheticEvent, seededRandom, syntheticOrder } from '../../demo/synthetic-orders';
import type { WorkStatus } from '../../functions/application/rebuild/status';
import type { CloudProcess } from './cloud-process';
import { writeOrders } from './order-events';
import { RawClient } from './raw-client';
import { settingsFor } from './small-functions';

export type Drained = { readonly eventsPerSecond: number; readonly calls: ReadonlyMap<string, number> };

/** The deployed system, as somebody sees it who waits for its read models. */
export class ProjectedStack {
  readonly #cloud: CloudProcess;
  readonly #client: RawClient;
  readonly #lambda: LambdaClient;
  readonly dynamodb: DynamoDBClient;

  constructor(cloud: CloudProcess) {
    this.#cloud = cloud;
    this.#client = new RawClient(cloud.endpoint, 32);
    this.#lambda = new LambdaClient(settingsFor(cloud.endpoint));
    this.dynamodb = new DynamoDBClient(settingsFor(cloud.endpoint));
  }

  /** Milliseconds from the recording of each event until its order's row had it; a new order every `5000 / rate` ms. */
  async lag(events: number, rate: number): Promise<number[]> {
    const random = seededRandom(11);
    const run = `lag-${rate}-${events}`;
    const startedAt = performance.now();
    const lags = await Promise.all(
      Array.from({ length: Math.ceil(events / 5) }, async (_, n) => {
        await pause(startedAt + (n * 5_000) / rate - performance.now());
        const seen: number[] = [];
        for (const [step, event] of syntheticOrder(`${run}-${n}`, random, 1).entries()) {
          await this.#put(event);
          seen.push(await this.#lagOf(event.orderId, step + 1));
        }
        return seen;
      }),
    );
    return lags.flat();
  }

  /** Events in the table that no projector has read; then project-views reads them, alone. The other reader stays away. */
  async drain(run: string, orders: number): Promise<Drained> {
    await this.#read('project-feed', false);
    await this.#read('project-views', false);
    const events = await writeOrders(this.dynamodb, this.#cloud.outputs.EventsTableName!, run, orders);
    const before = await this.#cloud.calls();
    const startedAt = performance.now();
    await this.#read('project-views', true);
    await this.#untilVersion(`${run}-${orders - 1}`, 5, 25);
    await this.#cloud.idle();
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = await this.#cloud.calls();
    const calls = Object.entries(after).map(
      ([name, { functions }]) => [name, (functions - (before[name]?.functions ?? 0)) / events] as const,
    );
    return { eventsPerSecond: events / seconds, calls: new Map(calls.filter(([, each]) => each > 0)) };
  }

  /** A generation of the orders by the workers, begun and waited for by the operator's command. */
  async rebuild(): Promise<WorkStatus> {
    await this.#orderstream('projection', 'rebuild', 'order-summary', '--segments', '4');
    const status = (await this.#orderstream('projection', 'status', 'order-summary')) as {
      readonly projections: readonly { readonly generations: readonly { readonly work?: WorkStatus }[] }[];
    };
    const work = status.projections[0]?.generations.find((generation) => generation.work)?.work;
    if (work === undefined) throw new Error(`the rebuild has left no trace: ${JSON.stringify(status)}`);
    return work;
  }

  stop(): void {
    this.#client.close();
    this.#lambda.destroy();
    this.dynamodb.destroy();
  }

  async #orderstream(...args: readonly string[]): Promise<unknown> {
    const given = ['scripts/orderstream.mjs', ...args, '--json', '--endpoint-url', this.#cloud.endpoint];
    const { stdout } = await promisify(execFile)(process.execPath, given);
    return JSON.parse(stdout) as unknown;
  }

  /** Whether a function reads the stream of the event table. */
  async #read(name: string, enabled: boolean): Promise<void> {
    const FunctionName = `orders-local-${name}`;
    const { EventSourceMappings } = await this.#lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
    const mapping = EventSourceMappings?.find(({ EventSourceArn }) => EventSourceArn?.includes(':dynamodb:'));
    if (!mapping) throw new Error(`${FunctionName} reads no stream`);
    await this.#lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping.UUID, Enabled: enabled }));
    if (!enabled) await this.#cloud.idle();
  }

  async #put({ source, detailType, detail }: SyntheticEvent): Promise<void> {
    const entry = { EventBusName: this.#cloud.outputs.OrderBusName, Source: source, DetailType: detailType };
    const body = JSON.stringify({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] });
    const answer = await this.#client.call('events', 'AWSEvents.PutEvents', '1.1', body);
    if ((JSON.parse(answer) as { FailedEntryCount: number }).FailedEntryCount > 0)
      throw new Error(`PutEvents refused it: ${answer}`);
  }

  async #lagOf(orderId: string, version: number): Promise<number> {
    const seenAt = await this.#untilVersion(orderId, version, 2);
    const key = { stream: { S: `order#${orderId}` }, version: { N: String(version) } };
    const { Item } = await this.dynamodb.send(
      new GetItemCommand({ TableName: this.#cloud.outputs.EventsTableName, Key: key }),
    );
    return Math.max(0, seenAt - Date.parse(Item?.recordedAt?.S ?? ''));
  }

  /** Resolves with the time at which the row was seen to have that version. */
  async #untilVersion(orderId: string, version: number, everyMs: number): Promise<number> {
    const body = JSON.stringify({
      TableName: this.#cloud.outputs.ViewsTableName,
      Key: { pk: { S: `order#${orderId}` }, sk: { S: 'summary@1' } },
      ConsistentRead: true,
      ProjectionExpression: '#v',
      ExpressionAttributeNames: { '#v': 'version' },
    });
    const deadline = performance.now() + 120_000;
    while (performance.now() < deadline) {
      const answer = await this.#client.call('dynamodb', 'DynamoDB_20120810.GetItem', '1.0', body);
      const { Item } = JSON.parse(answer) as { readonly Item?: { readonly version: { readonly N: string } } };
      if (Number(Item?.version.N ?? 0) >= version) return Date.now();
      await pause(everyMs);
    }
    throw new Error(`the row of order ${orderId} did not reach version ${version} in two minutes`);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
