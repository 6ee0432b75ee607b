import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import type { EventStore } from '../../application/ports';
import type { ProjectionDeadLetter, ProjectionDeadLetters } from '../../application/read-models/ports';
import type { RecordedEvent } from '../../application/recorded-event';
import type { Telemetry } from '../../application/telemetry';
import { reasonOf } from '../../projections/advance';
import type { makeFeeder } from '../../projections/feeder';
import type { BatchAnswer } from '../middleware';
import { isPlacesBatch, takeUp } from './places-batch';
import { again, lagOf, recordsOf, type StreamRecord } from './stream-batch';

export type ProjectFeedPorts = {
  readonly feed: ReturnType<typeof makeFeeder>;
  readonly events: Pick<EventStore, 'readMany'>;
  readonly deadLetters: ProjectionDeadLetters;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
};

/**
 * Events stream → feed rows, facts, redelivery of parked events. Exactly the records that failed come back. From the redrive
 * queue: places of events that are to be fed on as if they had just been appended.
 */
export function makeProjectFeed(ports: ProjectFeedPorts) {
  return async (event: DynamoDBStreamEvent | SQSEvent): Promise<BatchAnswer> =>
    isPlacesBatch(event) ? takeUpPlaces(ports, event) : feedRecords(ports, event);
}

async function feedRecords(ports: ProjectFeedPorts, event: DynamoDBStreamEvent): Promise<BatchAnswer> {
  const { feed, deadLetters, telemetry, now } = ports;
  const records = recordsOf(event);
  const { events, unreadable } = decoded(records);
  if (unreadable.length > 0) await deadLetters.send(unreadable);
  const { failed, deadLettered, redelivered } = await feed([...events.keys()]);
  for (const [{ stream, version }, error] of failed) {
    telemetry.count('Errors');
    telemetry.error('not fed, to be tried again', error, { stream, version });
  }
  tellDeadLettered(telemetry, [...unreadable, ...deadLettered]);
  telemetry.count('FactsPublished', events.size - failed.size);
  telemetry.count('ParkedRedelivered', redelivered);
  telemetry.time('FeedLag', lagOf(records, now()));
  telemetry.info('fed', { events: events.size - failed.size, failed: failed.size, redelivered });
  return again([...failed.keys()].flatMap((one) => events.get(one) ?? []));
}

function takeUpPlaces(ports: ProjectFeedPorts, batch: SQSEvent): Promise<BatchAnswer> {
  const { feed, telemetry } = ports;
  return takeUp(ports, batch, async (events) => {
    const { failed, deadLettered, redelivered } = await feed(events);
    tellDeadLettered(telemetry, deadLettered);
    const [error] = failed.values();
    if (error !== undefined) throw new Error(error);
    telemetry.count('FactsPublished', events.length);
    telemetry.count('ParkedRedelivered', redelivered);
    telemetry.info('taken up again', { stream: events[0]?.stream, events: events.length, redelivered });
  });
}

function tellDeadLettered(telemetry: Telemetry, letters: readonly ProjectionDeadLetter[]): void {
  for (const { stream, version, error } of letters) {
    telemetry.count('DeadLettered');
    telemetry.error('dead-lettered', error, { stream, version });
  }
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
