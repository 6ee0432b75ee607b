import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { RecordedEvent } from '../../application/recorded-event';
import type { BatchAnswer } from '../middleware';

/** A record of the Events stream: an event's place, and its body once somebody asks for it. */
export type StreamRecord = {
  readonly stream: string;
  readonly version: number;
  /** Names the record in the batch's answer. */
  readonly sequenceNumber: string;
  /** When the event was appended; RFC 3339. */
  readonly recordedAt: string | undefined;
  /** Throws when the item is not an event. */
  readonly read: () => RecordedEvent;
};

/** The appended events of a batch. The table is append only: a record without a new image is no event. */
export function recordsOf(event: DynamoDBStreamEvent): readonly StreamRecord[] {
  return event.Records.flatMap((record) => (record.dynamodb?.NewImage ? [recordOf(record)] : []));
}

function recordOf({ dynamodb }: DynamoDBRecord): StreamRecord {
  const image = dynamodb?.NewImage as Record<string, AttributeValue>;
  return {
    stream: image.stream?.S ?? '',
    version: Number(image.version?.N),
    sequenceNumber: dynamodb?.SequenceNumber ?? '',
    recordedAt: image.recordedAt?.S,
    read: () => unmarshall(image, { wrapNumbers: exactNumber }) as RecordedEvent,
  };
}

/** No writer of ours stores a number that JavaScript would round; somebody else's is not passed on rounded. */
function exactNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) throw new Error(`${text} cannot be read exactly`);
  return number;
}

/** Asks for these records again; the stream then goes on from the first of them. */
export function again(records: readonly StreamRecord[]): BatchAnswer {
  return { batchItemFailures: records.map(({ sequenceNumber }) => ({ itemIdentifier: sequenceNumber })) };
}

/** How long the oldest event of the batch has waited, in milliseconds. */
export function lagOf(records: readonly StreamRecord[], now: Date): number {
  const times = records.map(({ recordedAt }) => Date.parse(recordedAt ?? '')).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? 0 : Math.max(0, now.getTime() - Math.min(...times));
}
