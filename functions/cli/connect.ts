import { DynamoDbFeedReader } from '../adapters/feed/feed-reader';
import { hashOfContent } from '../adapters/hash-chain';
import { DynamoDbInboxSearch } from '../adapters/inbox-search';
import { LocalCloudGrants } from '../adapters/local-cloud-grants';
import { LambdaFunctions } from '../adapters/monitor/deployed-functions';
import { SealedInboxSearch } from '../adapters/personal/sealed-inbox-search';
import { stackOutputs } from '../adapters/stack-outputs';
import { DynamoDbStoredEvents } from '../adapters/stored-events';
import { systemEffects } from '../adapters/system-effects';
import { ViewWitnesses } from '../adapters/views/view-witnesses';
import { knownGenerations } from '../application/read-models/known-generations';
import { liveRows } from '../application/read-models/live-rows';
import {
  cloudFormation,
  cloudWatchLogs,
  dynamoDb,
  environment,
  eventBus,
  eventStore,
  generationStore,
  inbox,
  lambda,
  retries,
  sqs,
  vault,
  viewRows,
} from '../composition';
import { projections } from '../projections/projections';
import { Refusal } from './command';
import { faultPorts } from './faults';
import { letterPorts, replayPorts } from './letters';
import type { Operations } from './operations';
import { rebuilds } from './rebuilds';
import type { Target } from './settings';
import { projectionPorts } from './verification';

/** Outputs of the data stack, by the name under which composition.ts looks for each. */
const OUTPUTS = {
  EVENTS_TABLE: 'EventsTableName',
  INBOX_TABLE: 'InboxTableName',
  VIEWS_TABLE: 'ViewsTableName',
  KEYS_TABLE: 'KeysTableName',
  ORDER_BUS: 'OrderBusName',
  ORDERS_REDELIVERY_QUEUE_URL: 'OrdersRedeliveryQueueUrl',
  INVENTORY_REDELIVERY_QUEUE_URL: 'InventoryRedeliveryQueueUrl',
  USERS_REDELIVERY_QUEUE_URL: 'UsersRedeliveryQueueUrl',
  INSIGHTS_TABLE: 'InsightsTableName',
  INSIGHTS_QUEUE_URL: 'InsightsQueueUrl',
  INSIGHTS_DLQ_URL: 'InsightsDlqUrl',
  REBUILD_QUEUE_URL: 'RebuildQueueUrl',
  REBUILD_DLQ_URL: 'RebuildDlqUrl',
  VIEWS_REDRIVE_QUEUE_URL: 'ViewsRedriveQueueUrl',
  FEED_REDRIVE_QUEUE_URL: 'FeedRedriveQueueUrl',
  INGEST_DLQ_URL: 'IngestDlqUrl',
  PROJECTION_DLQ_URL: 'ProjectionDlqUrl',
  FEED_DLQ_URL: 'FeedDlqUrl',
  UNROUTED_QUEUE_URL: 'UnroutedQueueUrl',
} as const;

/** Finds the deployment by the outputs of its data stack, and sets this process's environment to that of its functions. */
export async function connect({ stage, environment: settings, where }: Target): Promise<Operations> {
  setEnvironment(settings);
  const stack = `Orders-${stage}-Data`;
  const outputs = await stackOutputs(cloudFormation(), stack);
  if (!outputs)
    throw new Refusal(
      stage === 'local'
        ? `there is no stack ${stack} at ${where}: npm start deploys it`
        : `there is no stack ${stack} at ${where}: is it the right account, region (--region) and stage (--stage)? npx cdk deploy --all -c stage=${stage} deploys it`,
    );
  const missing = Object.values(OUTPUTS).filter((name) => !outputs[name]);
  if (missing.length > 0)
    throw new Refusal(
      `the stack ${stack} at ${where} is of another version: it has no output ${missing.join(', ')}. Deploy it again, or use the orderstream of its version`,
    );
  setEnvironment(Object.fromEntries(Object.entries(OUTPUTS).map(([name, output]) => [name, outputs[output]])));
  setEnvironment({ STAGE: stage });
  return operations();
}

function operations(): Operations {
  const views = environment.viewsTable();
  const generations = knownGenerations(generationStore(), projections, systemEffects);
  const rows = liveRows(viewRows(), generations, projections);
  return {
    events: eventStore(),
    feed: new DynamoDbFeedReader(dynamoDb(), views, systemEffects),
    bus: eventBus(),
    inbox: inbox(),
    search: new SealedInboxSearch(new DynamoDbInboxSearch(dynamoDb(), environment.inboxTable()), vault()),
    retries: retries(),
    letters: letterPorts(),
    replay: replayPorts(),
    verify: {
      stored: new DynamoDbStoredEvents(dynamoDb(), environment.eventsTable(), systemEffects),
      witnesses: new ViewWitnesses(dynamoDb(), views, rows),
      hashOf: hashOfContent,
      effects: systemEffects,
    },
    verifyProjections: projectionPorts(),
    faults: faultPorts(),
    rebuilds: rebuilds(),
    functions: new LambdaFunctions({ lambda: lambda(), logs: cloudWatchLogs(), sqs: sqs() }, systemEffects),
    grants: new LocalCloudGrants(lambda(), process.env.AWS_ENDPOINT_URL),
    stage: environment.stage(),
    effects: systemEffects,
  };
}

function setEnvironment(values: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
