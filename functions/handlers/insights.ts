import { DynamoDbLedger } from '../adapters/insights/ledger';
import { systemEffects } from '../adapters/system-effects';
import { insightsProjection } from '../application/insights/series';
import { knownGenerations } from '../application/read-models/known-generations';
import { dynamoDb, environment, generationStore, telemetry } from '../composition';
import { makeCountFacts } from '../projections/insights/count-facts';
import { makeInsights } from './insights/facts-batch';
import { observed } from './middleware';

const log = telemetry('insights');
const ledger = new DynamoDbLedger(dynamoDb(), environment.insightsTable(), systemEffects);

/** A subscriber of facts: counts what there is to know of orders. */
export const handler = observed(
  log,
  makeInsights({
    count: makeCountFacts({ ledger, effects: systemEffects }),
    generations: knownGenerations(generationStore(), [insightsProjection], systemEffects, { begin: true }),
    telemetry: log,
  }),
);
