import { gzipSync } from 'node:zlib';
import { AwsError } from '../../core/aws-error';
import type { CloudContext, Principal } from '../../core/service';
import { compileFilter, type LogFilter } from './filter-pattern';
import { eventsOf, type LogEvent, type WrittenEvents } from './log-events';
import type { LogGroup } from './log-groups';

export type SubscriptionFilter = {
  readonly name: string;
  readonly pattern: string;
  readonly functionArn: string;
  /** Milliseconds since 1970. */
  readonly creationTime: number;
};

/** CloudWatch Logs itself, as the policies of functions know it. */
export const CLOUDWATCH_LOGS: Principal = {
  kind: 'service',
  service: 'logs.amazonaws.com',
  arn: 'logs.amazonaws.com',
};

/** Characters of messages in one invocation: with all that is around them they fit into an asynchronous one. */
const MAX_BATCH = 131_072;

/** As functions' permissions name it: all streams of the group. */
export const sourceArnOf = (group: LogGroup): string => `${group.arn}:*`;

/** Sends what is written to a log group to the functions that have subscribed to it, as far as their filters match. */
export class Subscriptions {
  readonly #context: CloudContext;
  readonly #filters = new Map<string, LogFilter>();

  constructor(context: CloudContext) {
    this.#context = context;
  }

  forward(group: LogGroup, stream: string, written: WrittenEvents): void {
    for (const subscription of group.subscriptions ?? []) {
      const matches = this.#filter(subscription.pattern);
      const events = eventsOf(written).filter(({ message }) => matches(message));
      for (const batch of batchesOf(events)) this.#send(group, stream, subscription, batch);
    }
  }

  #send(group: LogGroup, stream: string, { name, functionArn }: SubscriptionFilter, events: readonly LogEvent[]): void {
    const { registry, trace } = this.#context;
    const source = sourceArnOf(group);
    const about = events.map(({ message }) => message);
    const hop = trace.begin({ service: 'logs', operation: 'Subscription', target: functionArn, by: group.arn, about });
    try {
      const payload = envelope(this.#context.account, group, stream, name, events);
      trace.within(hop.id, () => registry.peer('lambda').enqueue(functionArn, payload, CLOUDWATCH_LOGS, source));
      hop.end();
    } catch (error) {
      // Nobody is told at AWS either: it shows as an error of delivery in the group's metrics.
      if (!(error instanceof AwsError)) throw error;
      hop.end(error.code, error.message);
    }
  }

  #filter(pattern: string): LogFilter {
    let filter = this.#filters.get(pattern);
    if (!filter) {
      filter = compileFilter(pattern);
      this.#filters.set(pattern, filter);
    }
    return filter;
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample */
function envelope(owner: string, group: LogGroup, logStream: string, filter: string, events: readonly LogEvent[]) {
  const data = {
    messageType: 'DATA_MESSAGE',
    owner,
    logGroup: group.name,
    logStream,
    subscriptionFilters: [filter],
    logEvents: events.map(({ eventId: id, timestamp, message }) => ({ id, timestamp, message })),
  };
  return JSON.stringify({ awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } });
}

function* batchesOf(events: readonly LogEvent[]): Generator<LogEvent[]> {
  let batch: LogEvent[] = [];
  let size = 0;
  for (const event of events) {
    if (batch.length > 0 && size + event.message.length > MAX_BATCH) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(event);
    size += event.message.length;
  }
  if (batch.length > 0) yield batch;
}
