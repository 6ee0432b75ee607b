import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Telemetry } from '../../application/telemetry';
import type { makeProjector } from '../../projections/projector';
import type { BatchAnswer } from '../middleware';
import { again, lagOf, recordsOf } from './stream-batch';

export type ProjectViewsPorts = {
  readonly project: ReturnType<typeof makeProjector>;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
};

/** Events stream → rows of Views. Records of streams that failed for a passing reason come back, no others. */
export function makeProjectViews({ project, telemetry, now }: ProjectViewsPorts) {
  return async (event: DynamoDBStreamEvent): Promise<BatchAnswer> => {
    const records = recordsOf(event);
    const results = await project(records);
    const failed = new Set<string>();
    for (const { stream, outcome, error } of results) {
      if (outcome === 'failed') {
        failed.add(stream);
        telemetry.count('Errors');
        telemetry.error('not projected, to be tried again', error, { stream });
      } else if (outcome === 'faulted' || outcome === 'dead-lettered') {
        telemetry.count(outcome === 'faulted' ? 'ProjectionFaults' : 'DeadLettered');
        telemetry.error(outcome, error, { stream });
      }
    }
    const passed = records.filter(({ stream }) => !failed.has(stream));
    telemetry.count('EventsProjected', passed.length);
    telemetry.time('ProjectionLag', lagOf(records, now()));
    telemetry.info('projected', { events: passed.length, streams: results.length - failed.size, failed: failed.size });
    return again(records.filter(({ stream }) => failed.has(stream)));
  };
}
