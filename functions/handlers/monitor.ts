import { DynamoDbFeedReader } from '../adapters/feed/feed-reader';
import { DynamoDbLooks } from '../adapters/monitor/looks';
import { systemEffects } from '../adapters/system-effects';
import { DynamoDbViewLists } from '../adapters/views/view-lists';
import { emit } from '../application/monitor/emit';
import { monitor } from '../application/monitor/monitor';
import { watchDeadLetters } from '../application/monitor/watch-dead-letters';
import { health } from '../application/queries/health';
import { knownGenerations } from '../application/read-models/known-generations';
import { liveRows } from '../application/read-models/live-rows';
import {
  counters,
  dynamoDb,
  environment,
  errorNotes,
  factPublisher,
  generationStore,
  publishedFacts,
  queueLengths,
  storedEvents,
  telemetry,
  viewRows,
} from '../composition';
import { projections } from '../projections/projections';
import { observed } from './middleware';

const log = telemetry('monitor');
const views = environment.viewsTable();
const generations = knownGenerations(generationStore(), projections, systemEffects);
const healthPorts = {
  projections,
  rows: liveRows(viewRows(), generations, projections),
  generations,
  lists: new DynamoDbViewLists(dynamoDb(), views),
  feed: new DynamoDbFeedReader(dynamoDb(), views, systemEffects),
  events: storedEvents(),
  now: systemEffects.now,
};
const looks = new DynamoDbLooks(dynamoDb(), environment.insightsTable());

/** By the clock: the monitor's figures as metrics, and what has become a dead letter as a fact. */
export const handler = observed(log, async () => {
  const seen = await monitor({
    counters: counters(),
    published: publishedFacts(),
    errors: errorNotes(),
    queues: queueLengths(),
    projections: async () => (await health(healthPorts)).projections,
  });
  emit(log, seen);
  const risen = await watchDeadLetters({ looks, facts: factPublisher(), now: systemEffects.now }, seen.queues);
  await publishedFacts().tidy();
  if (risen.length > 0) log.warn('there are new dead letters', { queues: risen });
});
