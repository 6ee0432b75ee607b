import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import {
  type EventSourceMappingConfiguration,
  type FunctionConfiguration,
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetPolicyCommand,
  type LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Effects } from '../../application/ports';
import type { DeployedFunction, FunctionQueue, Functions, Runs, Servers } from '../../application/queueing/ports';
import { queueLength } from './queue-lengths';
import { reportedRuns } from './run-reports';

/** The functions of a stage as Lambda, SQS and their logs tell of them: at AWS, LocalStack and the local cloud alike. */
export class LambdaFunctions implements Functions {
  constructor(
    private readonly clients: {
      readonly lambda: LambdaClient;
      readonly logs: CloudWatchLogsClient;
      readonly sqs: SQSClient;
    },
    private readonly effects: Pick<Effects, 'now'>,
  ) {}

  async all(stage: string): Promise<readonly DeployedFunction[]> {
    const prefix = `orders-${stage}-`;
    const { AccountLimit } = await this.clients.lambda.send(new GetAccountSettingsCommand({}));
    const unreserved = AccountLimit?.UnreservedConcurrentExecutions ?? 1;
    const found: FunctionConfiguration[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: this.clients.lambda }, {}))
      found.push(...Functions.filter(({ FunctionName = '' }) => FunctionName.startsWith(prefix)));
    return Promise.all(found.map((one) => this.describe(one, prefix, unreserved)));
  }

  runs(deployed: DeployedFunction, windowMs: number): Promise<Runs> {
    return reportedRuns(this.clients.logs, deployed, windowMs, this.effects.now().getTime());
  }

  private async describe(
    { FunctionName: name = '', LoggingConfig }: FunctionConfiguration,
    prefix: string,
    unreserved: number,
  ): Promise<DeployedFunction> {
    const { lambda } = this.clients;
    const mappings: EventSourceMappingConfiguration[] = [];
    for await (const page of paginateListEventSourceMappings({ client: lambda }, { FunctionName: name }))
      mappings.push(...(page.EventSourceMappings ?? []).filter(({ State }) => State !== 'Disabled'));
    const [{ ReservedConcurrentExecutions: reserved }, others, queues] = await Promise.all([
      lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: name })),
      this.othersMayRun(name),
      Promise.all(mappings.filter(isOfQueue).map((mapping) => this.queueOf(mapping))),
    ]);
    return {
      name: name.slice(prefix.length),
      servers: serversOf({ reserved, unreserved, mappings: others ? [] : mappings }),
      queues,
      logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      jsonLogs: LoggingConfig?.LogFormat === 'JSON',
    };
  }

  /** Rules and other services run it by its policy; mappings need none. */
  private async othersMayRun(name: string): Promise<boolean> {
    try {
      await this.clients.lambda.send(new GetPolicyCommand({ FunctionName: name }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return false;
      throw error;
    }
  }

  private async queueOf({ EventSourceArn = '', BatchSize = 10 }: EventSourceMappingConfiguration) {
    const [, , , , account, name = ''] = EventSourceArn.split(':');
    const { QueueUrl = '' } = await this.clients.sqs.send(
      new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account }),
    );
    const { visible, inFlight, delayed } = await queueLength(this.clients.sqs, QueueUrl);
    return { name, messages: visible + inFlight + delayed, batchSize: BatchSize } satisfies FunctionQueue;
  }
}

const isOfQueue = ({ EventSourceArn = '' }: EventSourceMappingConfiguration): boolean =>
  EventSourceArn.split(':')[2] === 'sqs';

/** A mapping of a stream runs so many batches of each shard at a time; one shard is reckoned with. */
function serversOf(about: {
  readonly reserved: number | undefined;
  readonly unreserved: number;
  readonly mappings: readonly EventSourceMappingConfiguration[];
}): Servers {
  const { reserved, unreserved, mappings } = about;
  const limits = mappings.map((mapping) =>
    isOfQueue(mapping)
      ? (mapping.ScalingConfig?.MaximumConcurrency ?? unreserved)
      : (mapping.ParallelizationFactor ?? 1),
  );
  const byMapping = limits.length === 0 ? unreserved : limits.reduce((sum, limit) => sum + limit, 0);
  // Reserved nothing, it cannot run at all; what the log tells is from before.
  if (reserved !== undefined && reserved <= byMapping) return { count: Math.max(1, reserved), by: 'reserved' };
  return byMapping < unreserved ? { count: byMapping, by: 'mapping' } : { count: unreserved, by: 'account' };
}
