import { DynamoDbEventPages } from '../adapters/event-pages';
import { DynamoDbFeedWriter } from '../adapters/feed/feed-writer';
import { DynamoDbLedger } from '../adapters/insights/ledger';
import { DynamoDbStoredCounters } from '../adapters/insights/stored-counters';
import { SqsProjectionDeadLetters } from '../adapters/projection-dead-letters';
import { DynamoDbRebuildProgress } from '../adapters/rebuild/progress';
import { SqsRebuildQueue } from '../adapters/rebuild/queue';
import { systemEffects } from '../adapters/system-effects';
import { DynamoDbStoredRows } from '../adapters/views/stored-rows';
import { insightsProjection } from '../application/insights/series';
import { makeRebuildWorker } from '../application/rebuild/worker';
import { FEED } from '../application/verify/check-feed';
import { dynamoDb, environment, generationStore, sqs, storedEvents, telemetry, viewRows } from '../composition';
import { makeCountFacts } from '../projections/insights/count-facts';
import { projections } from '../projections/projections';
import { observed } from './middleware';
import { feedTarget } from './rebuild/feed-target';
import { insightsTarget } from './rebuild/insights-target';
import { makeRebuildBatch } from './rebuild/rebuild-batch';
import { rowTargets } from './rebuild/row-target';

const log = telemetry('rebuild');
const views = environment.viewsTable();
const feed = feedTarget({
  feed: new DynamoDbFeedWriter(dynamoDb(), views, systemEffects),
  deadLetters: new SqsProjectionDeadLetters(sqs(), environment.feedDlqUrl),
});
const rows = rowTargets(projections, {
  rows: viewRows(),
  stored: new DynamoDbStoredRows(dynamoDb(), views, systemEffects),
  events: storedEvents(),
  deadLetters: new SqsProjectionDeadLetters(sqs(), environment.projectionDlqUrl),
  now: systemEffects.now,
});
const ledger = new DynamoDbLedger(dynamoDb(), environment.insightsTable(), systemEffects);
const insights = insightsTarget({
  count: makeCountFacts({ ledger, effects: systemEffects }),
  ledger,
  stored: new DynamoDbStoredCounters(dynamoDb(), environment.insightsTable(), systemEffects),
  events: storedEvents(),
});

/** Builds generations of the read models from the Events table, part by part, and removes retired ones. */
export const handler = observed(
  log,
  makeRebuildBatch({
    work: makeRebuildWorker({
      targets: new Map([...rows, [FEED, feed], [insightsProjection.name, insights]]),
      generations: generationStore(),
      progress: new DynamoDbRebuildProgress(dynamoDb(), views, systemEffects),
      pages: new DynamoDbEventPages(dynamoDb(), environment.eventsTable()),
      queue: new SqsRebuildQueue(sqs(), environment.rebuildQueueUrl, systemEffects),
      effects: systemEffects,
      workMs: environment.rebuildWorkSeconds() * 1_000,
    }),
    telemetry: log,
  }),
);
