import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { RecordedEvent } from '../../functions/application/recorded-event';

/** Appended events as the stream of the Events table hands them to a function; sequence numbers count from 1. */
export function streamEvent(events: readonly RecordedEvent[]): DynamoDBStreamEvent {
  return {
    Records: events.map(
      (event, index): DynamoDBRecord => ({
        eventID: `record-${index + 1}`,
        eventName: 'INSERT',
        eventSource: 'aws:dynamodb',
        dynamodb: {
          Keys: marshall({ stream: event.stream, version: event.version }) as never,
          NewImage: marshall(event, { removeUndefinedValues: true }) as never,
          SequenceNumber: String(index + 1),
          StreamViewType: 'NEW_IMAGE',
        },
      }),
    ),
  };
}
