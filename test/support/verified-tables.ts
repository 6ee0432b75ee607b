import { DynamoDbEventPages } from '../../functions/adapters/event-pages';
import { DynamoDbEventStore } from '../../functions/adapters/event-store';
import { DynamoDbCounters } from '../../functions/adapters/insights/counters';
import { systemEffects } from '../../functions/adapters/system-effects';
import { DynamoDbGenerationStore } from '../../functions/adapters/views/generation-store';
import { DynamoDbStoredViews } from '../../functions/adapters/views/stored-views';
import { insightsProjection } from '../../functions/application/insights/series';
import { knownGenerations } from '../../functions/application/read-models/known-generations';
import { reducerHashes } from '../../functions/application/reducer-hashes';
import { type VerifiedProjections, verifyProjections } from '../../functions/application/verify-projections';
import { feedRowOf } from '../../functions/projections/feed-row';
import { addCounters } from '../../functions/projections/insights/expected-counters';
import { expectedOfEvents } from '../../functions/projections/insights/expected-of-events';
import { projections } from '../../functions/projections/projections';
import { foldOf } from '../../functions/projections/projector';
import type { System } from './system';

/** The product's own checker on the tables of a system that has come to rest: what is late then is not waited for. */
export function verifiedTables(
  { dynamodb, outputs }: Pick<System, 'dynamodb' | 'outputs'>,
  now: () => Date,
): Promise<VerifiedProjections> {
  const { EventsTableName, InboxTableName, KeysTableName, ViewsTableName, InsightsTableName } = outputs as Record<
    string,
    string
  >;
  const tables = { events: EventsTableName!, inbox: InboxTableName!, keys: KeysTableName! };
  const effects = { ...systemEffects, now, sleep: async () => {} };
  const store = new DynamoDbGenerationStore(dynamodb, ViewsTableName!, effects);
  const ports = {
    events: new DynamoDbEventStore(dynamodb, tables, reducerHashes, systemEffects),
    pages: new DynamoDbEventPages(dynamodb, tables.events),
    views: new DynamoDbStoredViews(dynamodb, ViewsTableName!, systemEffects),
    projections,
    foldOf: (name: string, generation: Parameters<typeof foldOf>[2]) => foldOf(projections, name, generation),
    feedRowOf,
    insights: {
      counters: new DynamoDbCounters(dynamodb, InsightsTableName!, effects),
      expected: expectedOfEvents,
      sum: addCounters,
    },
    generations: knownGenerations(store, [...projections, insightsProjection], effects).refresh,
    effects,
  };
  return verifyProjections(ports, {}, () => {});
}
