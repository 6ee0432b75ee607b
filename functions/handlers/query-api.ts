import type { LambdaEvent } from 'hono/aws-lambda';
import { handle } from 'hono/aws-lambda';
import { DynamoDbFeedReader } from '../adapters/feed/feed-reader';
import { systemEffects } from '../adapters/system-effects';
import { DynamoDbViewLists } from '../adapters/views/view-lists';
import { insightsProjection } from '../application/insights/series';
import { knownGenerations } from '../application/read-models/known-generations';
import { liveRows } from '../application/read-models/live-rows';
import {
  counters,
  dynamoDb,
  environment,
  errorNotes,
  eventStore,
  generationStore,
  publishedFacts,
  queueLengths,
  telemetry,
  vault,
  viewRows,
} from '../composition';
import { inventoryLevel } from '../projections/inventory-level';
import { orderSummary } from '../projections/order-summary';
import { projections } from '../projections/projections';
import { userProfile } from '../projections/user-profile';
import { observed } from './middleware';
import { queryApp } from './query/app';

const log = telemetry('query-api');
const views = environment.viewsTable();
const generations = knownGenerations(generationStore(), [...projections, insightsProjection], systemEffects);

const app = queryApp({
  rows: liveRows(viewRows(), generations, projections),
  copies: viewRows(),
  generations,
  lists: new DynamoDbViewLists(dynamoDb(), views),
  feed: new DynamoDbFeedReader(dynamoDb(), views, systemEffects),
  events: eventStore(),
  vault: vault(),
  projections,
  orders: orderSummary,
  users: userProfile,
  inventory: inventoryLevel,
  counters: counters(),
  monitor: { counters: counters(), published: publishedFacts(), errors: errorNotes(), queues: queueLengths() },
  telemetry: log,
  effects: systemEffects,
});
const respond = handle(app);

/** Function URL, payload 2.0: queries and `/health`. */
export const handler = observed(log, (event: LambdaEvent) => respond(event));
