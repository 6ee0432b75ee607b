import { DynamoDbEventPages } from '../adapters/event-pages';
import { systemEffects } from '../adapters/system-effects';
import { DynamoDbStoredViews } from '../adapters/views/stored-views';
import { insightsProjection } from '../application/insights/series';
import { knownGenerations } from '../application/read-models/known-generations';
import type { VerifyProjectionsPorts } from '../application/verify-projections';
import { counters, dynamoDb, environment, generationStore, storedEvents } from '../composition';
import { feedRowOf } from '../projections/feed-row';
import { addCounters } from '../projections/insights/expected-counters';
import { expectedOfEvents } from '../projections/insights/expected-of-events';
import { projections } from '../projections/projections';
import { foldOf } from '../projections/projector';

/** What the read models are compared by: the tables as they are stored, and the folds of this release. */
export function projectionPorts(): VerifyProjectionsPorts {
  const { refresh } = knownGenerations(generationStore(), [...projections, insightsProjection], systemEffects);
  return {
    events: storedEvents(),
    pages: new DynamoDbEventPages(dynamoDb(), environment.eventsTable()),
    views: new DynamoDbStoredViews(dynamoDb(), environment.viewsTable(), systemEffects),
    projections,
    foldOf: (name, generation) => foldOf(projections, name, generation),
    feedRowOf,
    insights: { counters: counters(), expected: expectedOfEvents, sum: addCounters },
    generations: refresh,
    effects: systemEffects,
  };
}
