import { SqsProjectionDeadLetters } from '../adapters/projection-dead-letters';
import { systemEffects } from '../adapters/system-effects';
import { DynamoDbViewRows } from '../adapters/views/view-rows';
import { dynamoDb, environment, sqs, storedEvents, telemetry } from '../composition';
import { projections } from '../projections/projections';
import { makeProjector } from '../projections/projector';
import { observed } from './middleware';
import { makeProjectViews } from './stream/views-batch';

const log = telemetry('project-views');

/** The first reader of the Events stream: keeps the read models. */
export const handler = observed(
  log,
  makeProjectViews({
    project: makeProjector({
      projections,
      rows: new DynamoDbViewRows(dynamoDb(), environment.viewsTable(), systemEffects),
      events: storedEvents(),
      deadLetters: new SqsProjectionDeadLetters(sqs(), environment.projectionDlqUrl),
      now: systemEffects.now,
    }),
    telemetry: log,
    now: systemEffects.now,
  }),
);
