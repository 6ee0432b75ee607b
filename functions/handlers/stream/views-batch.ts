import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import type { EventStore } from '../../application/ports';
import type { Telemetry } from '../../application/telemetry';
import type { makeProjector, StreamResult } from '../../projections/projector';
import type { BatchAnswer } from '../middleware';
import { isPlacesBatch, takeUp } from './places-batch';
import { again, lagOf, recordsOf } from './stream-batch';

export type ProjectViewsPorts = {
  readonly project: ReturnType<typeof makeProjector>;
  readonly events: Pick<EventStore, 'readMany'>;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
};

/**
 * Events stream → rows of Views. Records of streams that failed for a passing reason come back, no others. From the redrive
 * queue: places that the rows are to be brought up to.
 */
export function makeProjectViews(ports: ProjectViewsPorts) {
  return async (event: DynamoDBStreamEvent | SQSEvent): Promise<BatchAnswer> =>
    isPlacesBatch(event) ? takeUpPlaces(ports, event) : projectRecords(ports, event);
}

async function projectRecords(
  { project, telemetry, now }: ProjectViewsPorts,
  event: DynamoDBStreamEvent,
): Promise<BatchAnswer> {
  const records = recordsOf(event);
  const results = await project(records);
  const failed = new Set<string>();
  for (const { stream, outcome, error } of results) {
    if (outcome !== 'failed') continue;
    failed.add(stream);
    telemetry.count('Errors');
    telemetry.error('not projected, to be tried again', error, { stream });
  }
  tellStopped(telemetry, results);
  const passed = records.filter(({ stream }) => !failed.has(stream));
  telemetry.count('EventsProjected', passed.length);
  telemetry.time('ProjectionLag', lagOf(records, now()));
  telemetry.info('projected', { events: passed.length, streams: results.length - failed.size, failed: failed.size });
  return again(records.filter(({ stream }) => failed.has(stream)));
}

function takeUpPlaces(ports: ProjectViewsPorts, batch: SQSEvent): Promise<BatchAnswer> {
  const { project, telemetry } = ports;
  return takeUp(ports, batch, async (events) => {
    const results = await project(events.map((event) => ({ ...event, read: () => event })));
    tellStopped(telemetry, results);
    const failure = results.find(({ outcome }) => outcome === 'failed');
    if (failure) throw new Error(failure.error);
    telemetry.count('EventsProjected', events.length);
    telemetry.info('taken up again', { stream: events[0]?.stream, upTo: events.at(-1)?.version });
  });
}

function tellStopped(telemetry: Telemetry, results: readonly StreamResult[]): void {
  for (const { stream, outcome, error } of results) {
    if (outcome !== 'faulted' && outcome !== 'dead-lettered') continue;
    telemetry.count(outcome === 'faulted' ? 'ProjectionFaults' : 'DeadLettered');
    telemetry.error(outcome, error, { stream });
  }
}
