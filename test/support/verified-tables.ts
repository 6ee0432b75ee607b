import { DynamoDbEventPages } from '../../functions/adapters/event-pages';
import { DynamoDbEventStore } from '../../functions/adapters/event-store';
import { systemEffects } from '../../functions/adapters/system-effects';
import { DynamoDbGenerationStore } from '../../functions/adapters/views/generation-store';
import { DynamoDbStoredViews } from '../../functions/adapters/views/stored-views';
import { knownGenerations } from '../../functions/application/read-models/known-generations';
import { reducerHashes } from '../../functions/application/reducer-hashes';
import { type VerifiedProjections, verifyProjections } from '../../functions/application/verify-projections';
import { feedRowOf } from '../../functions/projections/feed-row';
import { projections } from '../../functions/projections/projections';
import { foldOf } from '../../functions/projections/projector';
import type { System } from './system';

/** The product's own checker on the tables of a system that has come to rest: what is late then is not waited for. */
export function verifiedTables({
  dynamodb,
  outputs,
}: Pick<System, 'dynamodb' | 'outputs'>): Promise<VerifiedProjections> {
  const { EventsTableName, InboxTableName, KeysTableName, ViewsTableName } = outputs as Record<string, string>;
  const tables = { events: EventsTableName!, inbox: InboxTableName!, keys: KeysTableName! };
  const effects = { ...systemEffects, sleep: async () => {} };
  const ports = {
    events: new DynamoDbEventStore(dynamodb, tables, reducerHashes, systemEffects),
    pages: new DynamoDbEventPages(dynamodb, tables.events),
    views: new DynamoDbStoredViews(dynamodb, ViewsTableName!, systemEffects),
    projections,
    foldOf: (name: string, generation: Parameters<typeof foldOf>[2]) => foldOf(projections, name, generation),
    feedRowOf,
    generations: knownGenerations(new DynamoDbGenerationStore(dynamodb, ViewsTableName!, effects), projections, effects)
      .refresh,
    effects,
  };
  return verifyProjections(ports, {}, () => {});
}
