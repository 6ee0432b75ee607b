import { SqsProjectionDeadLetters } from '../adapters/projection-dead-letters';
import { systemEffects } from '../adapters/system-effects';
import { announcedDeadLetters, announcedFaults } from '../application/faults/announcements';
import { knownGenerations } from '../application/read-models/known-generations';
import { environment, factPublisher, generationStore, sqs, storedEvents, telemetry, viewRows } from '../composition';
import { projections } from '../projections/projections';
import { makeProjector } from '../projections/projector';
import { observed } from './middleware';
import { makeProjectViews } from './stream/views-batch';

const log = telemetry('project-views');
const generations = knownGenerations(generationStore(), projections, systemEffects, { begin: true });

/** The first reader of the Events stream: keeps the read models. */
export const handler = observed(
  log,
  makeProjectViews({
    project: makeProjector({
      projections,
      generations: generations.all,
      rows: viewRows(),
      events: storedEvents(),
      deadLetters: announcedDeadLetters('views', {
        letters: new SqsProjectionDeadLetters(sqs(), environment.projectionDlqUrl),
        facts: factPublisher(),
        now: systemEffects.now,
      }),
      faults: announcedFaults(factPublisher()),
      now: systemEffects.now,
    }),
    events: storedEvents(),
    telemetry: log,
    now: systemEffects.now,
  }),
);
