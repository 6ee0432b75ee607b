import { DynamoDbEventPages } from '../adapters/event-pages';
import { DynamoDbRebuildProgress } from '../adapters/rebuild/progress';
import { SqsRebuildQueue } from '../adapters/rebuild/queue';
import { systemEffects } from '../adapters/system-effects';
import { DynamoDbStoredRows } from '../adapters/views/stored-rows';
import type { Effects } from '../application/ports';
import type { RebuildPorts } from '../application/rebuild/begin-rebuild';
import type { DiffPorts } from '../application/rebuild/diff';
import { type Rebuildable, rebuildables } from '../application/rebuild/rebuildable';
import { dynamoDb, environment, generationStore, sqs, viewRows } from '../composition';
import { insightsFolds } from '../projections/insights/insights';
import { projections } from '../projections/projections';

/** What generations are begun, watched, compared and changed by. */
export type Rebuilds = RebuildPorts &
  DiffPorts & { readonly targets: readonly Rebuildable[]; readonly effects: Pick<Effects, 'now' | 'sleep'> };

export function rebuilds(): Rebuilds {
  const views = environment.viewsTable();
  return {
    targets: rebuildables(
      projections,
      insightsFolds.map(({ revision }) => revision),
    ),
    generations: generationStore(),
    progress: new DynamoDbRebuildProgress(dynamoDb(), views, systemEffects),
    queue: new SqsRebuildQueue(sqs(), environment.rebuildQueueUrl, systemEffects),
    pages: new DynamoDbEventPages(dynamoDb(), environment.eventsTable()),
    stored: new DynamoDbStoredRows(dynamoDb(), views, systemEffects),
    rows: viewRows(),
    effects: systemEffects,
  };
}
