import { type EventPattern, Match } from 'aws-cdk-lib/aws-events';
import { FACT_SOURCE } from '../functions/application/catalogue';

/** The first letters of the detail types that an ingest takes. */
export type IngestRoute = { readonly prefixes: readonly string[] };

/** What producers say, not what the system says itself: facts must never be taken for events to ingest. */
const fromProducers = Match.anythingBut(FACT_SOURCE);

/** By prefix rather than by exact type: a misspelt type then reaches the ingest, which says what is wrong with it. */
export function ingestPattern(route: IngestRoute): EventPattern {
  return { source: fromProducers, detailType: route.prefixes.flatMap((prefix) => Match.prefix(prefix)) };
}

/** Exactly what no ingest takes. */
export function unroutedPattern(routes: readonly IngestRoute[]): EventPattern {
  return {
    source: fromProducers,
    detailType: Match.anythingButPrefix(...routes.flatMap((route) => route.prefixes)),
  };
}
