import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { busEvents } from './aws-units';
import type { CloudProcess } from './cloud-process';
import type { Step } from './lifecycles';
import { Meter, type MeteredCall } from './meter';
import { RawClient } from './raw-client';
import { settingsFor } from './small-functions';

/** What CloudWatch counts for each line besides its message. */
const LINE_OVERHEAD = 26;

export type Invocations = {
  /** Of each invocation. */
  readonly billedMs: readonly number[];
  readonly logBytes: number;
};

/** The deployed system, with a meter between its functions and the cloud. */
export class MeteredStack {
  /** By the names in `MeteredCall.units`: `Events`, `Inbox`, `Views`, … */
  readonly #tables: ReadonlyMap<string, string>;
  readonly #cloud: CloudProcess;
  readonly #meter: Meter;
  readonly #client: RawClient;
  readonly #settings: ReturnType<typeof settingsFor>;

  private constructor(cloud: CloudProcess, meter: Meter) {
    this.#cloud = cloud;
    this.#meter = meter;
    this.#client = new RawClient(cloud.endpoint, 4);
    this.#settings = settingsFor(cloud.endpoint);
    this.#tables = new Map(
      Object.entries(cloud.outputs).flatMap(([output, value]) => {
        const name = /^(\w+)TableName$/.exec(output)?.[1];
        return name ? [[value, name]] : [];
      }),
    );
  }

  /** Points every function of the stack to the meter. */
  static async over(cloud: CloudProcess): Promise<MeteredStack> {
    const stack = new MeteredStack(cloud, await Meter.start(cloud.endpoint));
    const lambda = new LambdaClient(stack.#settings);
    for await (const page of paginateListFunctions({ client: lambda }, {})) {
      for (const { FunctionName } of page.Functions ?? []) {
        const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
        const Variables = { ...Environment?.Variables, AWS_ENDPOINT_URL: stack.#meter.endpointFor(FunctionName!) };
        await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
      }
    }
    lambda.destroy();
    await cloud.idle();
    return stack;
  }

  /** Puts events and waits until everything that follows from them is done; resolves with the events charged. */
  async put(steps: readonly Step[]): Promise<number> {
    const entries = steps.map(({ source, type, detail }) => ({
      EventBusName: this.#cloud.outputs.OrderBusName,
      Source: source,
      DetailType: type,
      Detail: JSON.stringify(detail),
    }));
    for (let n = 0; n < entries.length; n += 10) {
      const body = JSON.stringify({ Entries: entries.slice(n, n + 10) });
      const answer = await this.#client.call('events', 'AWSEvents.PutEvents', '1.1', body);
      const { FailedEntryCount } = JSON.parse(answer) as { FailedEntryCount: number };
      if (FailedEntryCount > 0) throw new Error(`PutEvents refused ${FailedEntryCount} entries: ${answer}`);
    }
    await this.#cloud.idle();
    return entries.reduce((sum, entry) => sum + busEvents(entry), 0);
  }

  /** The functions' calls since this was last asked; callers and tables by their short names. */
  takeCalls(): MeteredCall[] {
    return this.#meter.take().map((call) => ({
      ...call,
      caller: call.caller.replace(/^orders-local-/, ''),
      units: call.units.map((one) => ({ ...one, table: this.#tables.get(one.table) ?? one.table })),
    }));
  }

  /** Messages that functions sent to queues so far. */
  async messagesSent(): Promise<number> {
    const calls = await this.#cloud.calls();
    return (calls['sqs:SendMessage']?.functions ?? 0) + (calls['sqs:SendMessageBatch']?.functions ?? 0);
  }

  /** From the functions' logs since `from` (ms): what Lambda reported, and what was logged. */
  async invocationsSince(from: number): Promise<Invocations> {
    const client = new CloudWatchLogsClient(this.#settings);
    const billedMs: number[] = [];
    let logBytes = 0;
    for await (const groups of paginateDescribeLogGroups({ client }, {})) {
      for (const { logGroupName } of groups.logGroups ?? []) {
        for await (const page of paginateFilterLogEvents({ client }, { logGroupName, startTime: from })) {
          for (const { message = '' } of page.events ?? []) {
            logBytes += Buffer.byteLength(message) + LINE_OVERHEAD;
            const billed = /^REPORT .*Billed Duration: (\d+) ms/s.exec(message)?.[1];
            if (billed !== undefined) billedMs.push(Number(billed));
          }
        }
      }
    }
    client.destroy();
    return { billedMs, logBytes };
  }

  /** How much is in a table (`Events`, `Views`); without the copies in its indexes. */
  async contents(table: string): Promise<{ count: number; bytes: number }> {
    const client = new DynamoDBClient(this.#settings);
    const TableName = this.#cloud.outputs[`${table}TableName`];
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    client.destroy();
    return { count: Table?.ItemCount ?? 0, bytes: Table?.TableSizeBytes ?? 0 };
  }

  async stop(): Promise<void> {
    this.#client.close();
    await this.#meter.stop();
  }
}
