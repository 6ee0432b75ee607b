import { randomUUID } from 'node:crypto';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand, type PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { readOutputs } from '../../demo/outputs';
import { type Cloud, startCloud } from '../../localstack/cloud/cloud';
import type { IdleState } from '../../localstack/cloud/idle';
import { deployAssembly } from '../../localstack/deploy';
import { localAssembly } from './local-assembly';

// biome-ignore lint/suspicious/noExplicitAny: whatever the API answers; the tests say what that is.
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: any };

export type Entry = {
  readonly source?: string;
  readonly type: string;
  readonly detail: object | string;
  readonly time?: Date;
};

/**
 * The deployed system under test. By default the synthesised template on a local cloud of its own; with
 * `E2E_OUTPUTS=<outputs file>` (and `E2E_ENDPOINT`, unless it is AWS) whatever is deployed there.
 */
export class System {
  readonly endpoint: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  /** The cloud in this process; undefined when the system runs elsewhere. */
  readonly cloud: Cloud | undefined;
  readonly bus: EventBridgeClient;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;

  private constructor(endpoint: string | undefined, outputs: Readonly<Record<string, string>>, cloud?: Cloud) {
    this.endpoint = endpoint;
    this.outputs = outputs;
    this.cloud = cloud;
    const settings = endpoint
      ? { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
      : {};
    this.bus = new EventBridgeClient(settings);
    this.dynamodb = new DynamoDBClient(settings);
    this.sqs = new SQSClient(settings);
  }

  static async start(options: { dir?: string; environments?: number } = {}): Promise<System> {
    const file = process.env.E2E_OUTPUTS;
    if (file) return new System(process.env.E2E_ENDPOINT, readOutputs(file));
    const cloud = await startCloud({ port: 0, ...options });
    const { outputs } = await deployAssembly({
      assemblyDir: localAssembly(),
      registry: cloud.registry,
      call: cloud.rootCall(),
      onProgress: () => {},
    });
    return new System(cloud.endpoint, Object.assign({}, ...Object.values(outputs)), cloud);
  }

  async stop(): Promise<void> {
    for (const client of [this.bus, this.dynamodb, this.sqs]) client.destroy();
    await this.cloud?.stop();
  }

  /** An id that no other run has used. */
  newId(prefix: string): string {
    return `${prefix}-${randomUUID()}`;
  }

  async put(...entries: Entry[]): Promise<PutEventsResultEntry[]> {
    const answer = await this.bus.send(
      new PutEventsCommand({
        Entries: entries.map(({ source, type, detail, time }) => ({
          EventBusName: this.outputs.OrderBusName,
          Source: source ?? 'shop',
          DetailType: type,
          Detail: typeof detail === 'string' ? detail : JSON.stringify(detail),
          ...(time ? { Time: time } : {}),
        })),
      }),
    );
    return answer.Entries ?? [];
  }

  /**
   * Runs `check` when everything put so far has had its effects. A local cloud says when it is idle; elsewhere there is
   * nobody to ask: the check is made after a while, and again until it passes or a minute is over.
   */
  async settled<T>(check: () => Promise<T>): Promise<T> {
    const idle = await this.#idle();
    if (idle) {
      if (!idle.idle) throw new Error(`the cloud did not come to rest: ${idle.running.join(', ')}`);
      return check();
    }
    const deadline = Date.now() + 60_000;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      try {
        return await check();
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  async #idle(): Promise<IdleState | undefined> {
    if (this.cloud) return this.cloud.idle(20_000);
    if (!this.endpoint) return undefined;
    const answer = await fetch(`${this.endpoint}/_cloud/idle?timeout=20000`);
    return answer.status === 200 || answer.status === 408 ? ((await answer.json()) as IdleState) : undefined;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(`${this.outputs.QueryUrl}${path.replace(/^\//, '')}`, { headers });
    return { status: answer.status, headers: answer.headers, body: await json(answer) };
  }

  async command(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(`${this.outputs.CommandUrl}${path.replace(/^\//, '')}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, body: await json(answer) };
  }

  /** The events of a stream as they stand in the Events table. */
  // biome-ignore lint/suspicious/noExplicitAny: items as they are.
  async stream(stream: string): Promise<Record<string, any>[]> {
    return this.#query(this.outputs.EventsTableName!, stream);
  }

  /** What the Inbox table holds for a stream. */
  // biome-ignore lint/suspicious/noExplicitAny: items as they are.
  async inbox(stream: string): Promise<Record<string, any>[]> {
    return this.#query(this.outputs.InboxTableName!, stream);
  }

  async #query(table: string, stream: string) {
    const { Items } = await this.dynamodb.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: '#stream = :stream',
        ExpressionAttributeNames: { '#stream': 'stream' },
        ExpressionAttributeValues: { ':stream': { S: stream } },
      }),
    );
    return (Items ?? []).map((item) => unmarshall(item));
  }
}

async function json(answer: Response): Promise<unknown> {
  const text = await answer.text();
  if (!text) return undefined;
  // What a function URL answers for a function that has died is said to be JSON, and is not.
  return text === 'Internal Server Error' ? text : (JSON.parse(text) as unknown);
}
