import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { EventBridgeEventBus } from './adapters/event-bus';
import { DynamoDbEventStore } from './adapters/event-store';
import { EventBridgeFactPublisher } from './adapters/fact-publisher';
import { DynamoDbInbox } from './adapters/inbox';
import { DynamoDbCounters } from './adapters/insights/counters';
import { DynamoDbLine } from './adapters/line';
import { DynamoDbErrorNotes } from './adapters/monitor/error-notes';
import { DynamoDbPublishedFacts } from './adapters/monitor/published-facts';
import { SqsQueueLengths } from './adapters/monitor/queue-lengths';
import { HmacNameKeeper } from './adapters/personal/name-keeper';
import { makeOpenDelivery } from './adapters/personal/open-delivery';
import { SealedEventStore } from './adapters/personal/sealed-event-store';
import { SealedInbox } from './adapters/personal/sealed-inbox';
import { SealedRetries } from './adapters/personal/sealed-retries';
import { DynamoDbVault } from './adapters/personal/vault';
import { type RedeliveryQueues, SqsRedelivery } from './adapters/redelivery';
import { SqsRetries } from './adapters/retries';
import { systemEffects } from './adapters/system-effects';
import { powertoolsTelemetry } from './adapters/telemetry';
import { DynamoDbGenerationStore } from './adapters/views/generation-store';
import { DynamoDbViewRows } from './adapters/views/view-rows';
import type { EventBus } from './application/event-bus';
import { notingErrors } from './application/monitor/noted-errors';
import type { PublishedFacts, QueueLengths } from './application/monitor/ports';
import type { OpenDelivery } from './application/open-delivery';
import { Planner } from './application/planner';
import type { EventStore, FactPublisher, Inbox, Line, Redelivery, Vault } from './application/ports';
import type { GenerationStore } from './application/read-models/generations';
import type { ViewRows } from './application/read-models/ports';
import { reducerHashes } from './application/reducer-hashes';
import type { Retries } from './application/retry-rejected';
import type { Telemetry } from './application/telemetry';

/**
 * Reads the environment and makes the clients: once each, when first asked for. Every maker is an export of its own, so
 * that a function's bundle holds only what it uses.
 */

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}

function numberIn(name: string, otherwise: number): number {
  const text = process.env[name];
  const value = text ? Number(text) : otherwise;
  if (!(value > 0)) throw new Error(`the environment variable ${name} is ${text}; expected a number above 0`);
  return value;
}

const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

export const environment = {
  eventsTable: () => variable('EVENTS_TABLE'),
  inboxTable: () => variable('INBOX_TABLE'),
  viewsTable: () => variable('VIEWS_TABLE'),
  keysTable: () => variable('KEYS_TABLE'),
  insightsTable: () => variable('INSIGHTS_TABLE'),
  orderBus: () => variable('ORDER_BUS'),
  stage: () => variable('STAGE'),
  ordersRedeliveryQueueUrl: () => variable('ORDERS_REDELIVERY_QUEUE_URL'),
  inventoryRedeliveryQueueUrl: () => variable('INVENTORY_REDELIVERY_QUEUE_URL'),
  usersRedeliveryQueueUrl: () => variable('USERS_REDELIVERY_QUEUE_URL'),
  projectionDlqUrl: () => variable('PROJECTION_DLQ_URL'),
  feedDlqUrl: () => variable('FEED_DLQ_URL'),
  ingestDlqUrl: () => variable('INGEST_DLQ_URL'),
  unroutedQueueUrl: () => variable('UNROUTED_QUEUE_URL'),
  insightsQueueUrl: () => variable('INSIGHTS_QUEUE_URL'),
  insightsDlqUrl: () => variable('INSIGHTS_DLQ_URL'),
  rebuildQueueUrl: () => variable('REBUILD_QUEUE_URL'),
  rebuildDlqUrl: () => variable('REBUILD_DLQ_URL'),
  viewsRedriveQueueUrl: () => variable('VIEWS_REDRIVE_QUEUE_URL'),
  feedRedriveQueueUrl: () => variable('FEED_REDRIVE_QUEUE_URL'),
  parkForDays: () => numberIn('PARK_FOR_DAYS', 14),
  rebuildWorkSeconds: () => numberIn('REBUILD_WORK_SECONDS', 40),
  linePatienceSeconds: () => numberIn('LINE_PATIENCE_SECONDS', 10),
} as const;

/** Asked for when they are needed: who only reads has no use for all of them. */
const appendTables = {
  get events() {
    return environment.eventsTable();
  },
  get inbox() {
    return environment.inboxTable();
  },
  get keys() {
    return environment.keysTable();
  },
};

/**
 * Four tries cover a passing fault within a function's timeout; what lasts longer is the caller's retry. Connections are
 * kept alive (the SDK's default). `AWS_ENDPOINT_URL` is the SDK's own affair.
 */
const clientSettings = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  // To a logger that has `info`, even its own that does nothing, the SDK describes each call: an eighth of the CPU that a
  // call takes (docs/costs.md).
  logger: { debug() {}, info: undefined as never, warn() {}, error() {} },
};

/** All calls go to one endpoint, so the SDK need not build its chain of middleware for each of them anew. */
export const dynamoDbSettings = { ...clientSettings, cacheMiddleware: true };

export const dynamoDb = /* @__PURE__ */ once(() => new DynamoDBClient(dynamoDbSettings));
export const dynamoDbStreams = /* @__PURE__ */ once(() => new DynamoDBStreamsClient(clientSettings));
export const eventBridge = /* @__PURE__ */ once(() => new EventBridgeClient(clientSettings));
export const sqs = /* @__PURE__ */ once(() => new SQSClient(clientSettings));
export const lambda = /* @__PURE__ */ once(() => new LambdaClient(clientSettings));
export const cloudWatchLogs = /* @__PURE__ */ once(() => new CloudWatchLogsClient(clientSettings));
export const cloudFormation = /* @__PURE__ */ once(() => new CloudFormationClient(clientSettings));

/** As it is stored: personal data are sealed in it. */
export const storedEvents: () => EventStore = /* @__PURE__ */ once(
  () => new DynamoDbEventStore(dynamoDb(), appendTables, reducerHashes, systemEffects),
);

/** With personal data open, for who may use the keys. */
export const eventStore: () => EventStore = /* @__PURE__ */ once(() => new SealedEventStore(storedEvents(), vault()));

export const vault: () => Vault = /* @__PURE__ */ once(
  () => new DynamoDbVault(dynamoDb(), environment.keysTable(), systemEffects),
);

export const planner: () => Planner = /* @__PURE__ */ once(
  () => new Planner({ events: eventStore(), names: new HmacNameKeeper(vault()) }),
);

/** As it is stored, and passed on to be decided again. */
export const storedInbox: () => Inbox = /* @__PURE__ */ once(
  () => new DynamoDbInbox(dynamoDb(), environment.inboxTable()),
);

/** With personal data open. */
export const inbox: () => Inbox = /* @__PURE__ */ once(() => new SealedInbox(storedInbox(), vault()));

export const openDelivery: () => OpenDelivery = /* @__PURE__ */ once(() => makeOpenDelivery(vault()));

export const line: () => Line = /* @__PURE__ */ once(
  () =>
    new DynamoDbLine(dynamoDb(), environment.inboxTable(), systemEffects, {
      patienceMs: environment.linePatienceSeconds() * 1_000,
    }),
);

export const factPublisher: () => FactPublisher = /* @__PURE__ */ once(
  () => new EventBridgeFactPublisher(eventBridge(), environment.orderBus(), systemEffects),
);

export const eventBus: () => EventBus = /* @__PURE__ */ once(
  () => new EventBridgeEventBus(eventBridge(), environment.orderBus(), systemEffects),
);

export const redeliveryQueues: () => RedeliveryQueues = /* @__PURE__ */ once(() => ({
  order: environment.ordersRedeliveryQueueUrl(),
  inventory: environment.inventoryRedeliveryQueueUrl(),
  user: environment.usersRedeliveryQueueUrl(),
}));

export const redelivery: () => Redelivery = /* @__PURE__ */ once(
  () => new SqsRedelivery(sqs(), redeliveryQueues, systemEffects),
);

export const retries: () => Retries = /* @__PURE__ */ once(
  () => new SealedRetries(new SqsRetries(sqs(), redeliveryQueues), vault()),
);

export const viewRows: () => ViewRows = /* @__PURE__ */ once(
  () => new DynamoDbViewRows(dynamoDb(), environment.viewsTable(), systemEffects),
);

export const generationStore: () => GenerationStore = /* @__PURE__ */ once(
  () => new DynamoDbGenerationStore(dynamoDb(), environment.viewsTable(), systemEffects),
);

/** One for each function, named like it. */
export const telemetry = (service: string): Telemetry =>
  notingErrors(powertoolsTelemetry(service, environment.stage()), service, {
    counters: counters(),
    notes: errorNotes(),
    now: systemEffects.now,
  });

export const counters: () => DynamoDbCounters = /* @__PURE__ */ once(
  () => new DynamoDbCounters(dynamoDb(), environment.insightsTable(), systemEffects),
);

export const errorNotes: () => DynamoDbErrorNotes = /* @__PURE__ */ once(
  () => new DynamoDbErrorNotes(dynamoDb(), environment.insightsTable(), systemEffects),
);

export const publishedFacts: () => PublishedFacts = /* @__PURE__ */ once(
  () => new DynamoDbPublishedFacts(dynamoDb(), environment.insightsTable(), systemEffects),
);

export const queueLengths: () => QueueLengths = /* @__PURE__ */ once(
  () =>
    new SqsQueueLengths(sqs(), () => ({
      'orders-redelivery': environment.ordersRedeliveryQueueUrl(),
      'inventory-redelivery': environment.inventoryRedeliveryQueueUrl(),
      'users-redelivery': environment.usersRedeliveryQueueUrl(),
      'views-redrive': environment.viewsRedriveQueueUrl(),
      'feed-redrive': environment.feedRedriveQueueUrl(),
      rebuild: environment.rebuildQueueUrl(),
      insights: environment.insightsQueueUrl(),
      'ingest-dlq': environment.ingestDlqUrl(),
      'views-dlq': environment.projectionDlqUrl(),
      'feed-dlq': environment.feedDlqUrl(),
      'rebuild-dlq': environment.rebuildDlqUrl(),
      'insights-dlq': environment.insightsDlqUrl(),
      unrouted: environment.unroutedQueueUrl(),
    })),
);
