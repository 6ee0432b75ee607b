import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { ProjectionDeadLetter, ProjectionDeadLetters } from '../../application/read-models/ports';
import type { RecordedEvent } from '../../application/recorded-event';
import type { Telemetry } from '../../application/telemetry';
import { reasonOf } from '../../projections/advance';
import type { makeFeeder } from '../../projections/feeder';
import type { BatchAnswer } from '../middleware';
import { again, lagOf, recordsOf, type StreamRecord } from './stream-batch';

export type ProjectFeedPorts = {
  readonly feed: ReturnType<typeof makeFeeder>;
  readonly deadLetters: ProjectionDeadLetters;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
};

/** Events stream → feed rows, facts, redelivery of parked events. Exactly the records that failed come back. */
export function makeProjectFeed({ feed, deadLetters, telemetry, now }: ProjectFeedPorts) {
  return async (event: DynamoDBStreamEvent): Promise<BatchAnswer> => {
    const records = recordsOf(event);
    const { events, unreadable } = decoded(records);
    if (unreadable.length > 0) await deadLetters.send(unreadable);
    const { failed, deadLettered, redelivered } = await feed([...events.keys()]);
    for (const [{ stream, version }, error] of failed) {
      telemetry.count('Errors');
      telemetry.error('not fed, to be tried again', error, { stream, version });
    }
    for (const { stream, version, error } of [...unreadable, ...deadLettered]) {
      telemetry.count('DeadLettered');
      telemetry.error('dead-lettered', error, { stream, version });
    }
    telemetry.count('FactsPublished', events.size - failed.size);
    telemetry.count('ParkedRedelivered', redelivered);
    telemetry.time('FeedLag', lagOf(records, now()));
    telemetry.info('fed', { events: events.size - failed.size, failed: failed.size, redelivered });
    return again([...failed.keys()].flatMap((one) => events.get(one) ?? []));
  };
}

function decoded(records: readonly StreamRecord[]): {
  readonly events: ReadonlyMap<RecordedEvent, StreamRecord>;
  readonly unreadable: readonly ProjectionDeadLetter[];
} {
  const events = new Map<RecordedEvent, StreamRecord>();
  const unreadable: ProjectionDeadLetter[] = [];
  for (const record of records) {
    try {
      events.set(record.read(), record);
    } catch (error) {
      unreadable.push({ stream: record.stream, version: record.version, error: reasonOf(error) });
    }
  }
  return { events, unreadable };
}
