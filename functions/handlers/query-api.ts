import type { LambdaEvent } from 'hono/aws-lambda';
import { handle } from 'hono/aws-lambda';
import { DynamoDbFeedReader } from '../adapters/feed/feed-reader';
import { systemEffects } from '../adapters/system-effects';
import { DynamoDbViewLists } from '../adapters/views/view-lists';
import { DynamoDbViewRows } from '../adapters/views/view-rows';
import { dynamoDb, environment, eventStore, telemetry, vault } from '../composition';
import { inventoryLevel } from '../projections/inventory-level';
import { orderSummary } from '../projections/order-summary';
import { projections } from '../projections/projections';
import { userProfile } from '../projections/user-profile';
import { observed } from './middleware';
import { queryApp } from './query/app';

const log = telemetry('query-api');
const views = environment.viewsTable();

const app = queryApp({
  rows: new DynamoDbViewRows(dynamoDb(), views, systemEffects),
  lists: new DynamoDbViewLists(dynamoDb(), views),
  feed: new DynamoDbFeedReader(dynamoDb(), views, systemEffects),
  events: eventStore(),
  vault: vault(),
  projections,
  orders: orderSummary,
  users: userProfile,
  inventory: inventoryLevel,
  telemetry: log,
  effects: systemEffects,
});
const respond = handle(app);

/** Function URL, payload 2.0: queries and `/health`. */
export const handler = observed(log, (event: LambdaEvent) => respond(event));
