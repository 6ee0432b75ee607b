import { systemEffects } from '../adapters/system-effects';
import { DynamoDbViewLists } from '../adapters/views/view-lists';
import type { ListFaultsPorts } from '../application/faults/list-faults';
import { knownGenerations } from '../application/read-models/known-generations';
import type { ViewLists } from '../application/read-models/ports';
import { dynamoDb, environment, generationStore, storedEvents, viewRows } from '../composition';
import { projections } from '../projections/projections';
import type { RedrivePorts } from '../projections/redrive';

/** What faults are found and repaired with. */
export type FaultPorts = Omit<ListFaultsPorts, 'lists'> &
  RedrivePorts & { readonly lists: Pick<ViewLists, 'faulted' | 'faultedStreams'> };

export function faultPorts(): FaultPorts {
  return {
    projections,
    generations: knownGenerations(generationStore(), projections, systemEffects).all,
    rows: viewRows(),
    lists: new DynamoDbViewLists(dynamoDb(), environment.viewsTable()),
    events: storedEvents(),
    now: systemEffects.now,
  };
}
