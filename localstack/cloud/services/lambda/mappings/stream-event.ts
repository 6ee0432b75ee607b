import type { StreamRecord } from '../../../core/peers';

/** The largest event of a function, in bytes. */
export const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** What a batch says to the function and to the trace. */
export type StreamEvent = {
  readonly payload: string;
  readonly records: number;
  /** One text for each record. */
  readonly about: readonly string[];
  /** The hops in the trace that wrote the records. */
  readonly causes: readonly string[];
};

/** A record in the form that Lambda gives it. */
export function eventRecord({ userIdentity, cause: _, ...record }: StreamRecord, streamArn: string): string {
  return JSON.stringify({ ...record, eventSourceARN: streamArn, ...(userIdentity ? { userIdentity } : {}) });
}

/** `more`: members of the event besides its records, as JSON with a leading comma. */
export function streamEvent(records: readonly StreamRecord[], streamArn: string, more = ''): StreamEvent {
  const about = records.map((record) => eventRecord(record, streamArn));
  return {
    payload: `{"Records":[${about.join(',')}]${more}}`,
    records: records.length,
    about,
    causes: causesOf(records),
  };
}

/** Each hop once. */
export function causesOf(records: readonly { readonly cause?: string }[]): string[] {
  const causes = new Set<string>();
  for (const { cause } of records) if (cause !== undefined) causes.add(cause);
  return [...causes];
}

/** An upper bound of what a record takes in an event. As JSON it is larger than its items are, never more than twice. */
export const sizeInEvent = (record: StreamRecord): number => record.dynamodb.SizeBytes * 2 + 500;

/** The same for all records of an item. */
export const itemKey = ({ dynamodb }: StreamRecord): string =>
  JSON.stringify(Object.entries(dynamodb.Keys).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Milliseconds since 1970; streams count in seconds. */
export const createdAt = ({ dynamodb }: StreamRecord): number => dynamodb.ApproximateCreationDateTime * 1000;
