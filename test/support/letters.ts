import type { Letter } from '../../functions/application/dead-letters/queues';

/** The arrival of a dead letter's message, by when it was sent: seconds of one minute. */
export const sentAt = (second: number): string => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();

export function letter(id: string, body: unknown, over: Partial<Letter> = {}): Letter {
  return {
    id,
    handle: `handle of ${id}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {},
    sentAt: sentAt(0),
    receives: 1,
    ...over,
  };
}

/** What a rule delivers of a bare payload. */
export const envelope = (id: string, type: string, detail: unknown, over: object = {}) => ({
  version: '0',
  id,
  'detail-type': type,
  source: 'shop',
  account: '000000000000',
  time: '2026-01-01T12:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail,
  ...over,
});

/** Lambda's record of an asynchronous invocation that failed for good (developer guide, "Destinations"). */
export const failureOf = (requestPayload: unknown) => ({
  version: '1.0',
  timestamp: '2026-01-01T12:05:00.000Z',
  requestContext: {
    requestId: 'r-1',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders-local-ingest-orders:$LATEST',
    condition: 'RetriesExhausted',
    approximateInvokeCount: 3,
  },
  requestPayload,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorType: 'TypeError', errorMessage: 'x is not a function' },
});

/** A batch of the stream that was given up (developer guide, "Retaining discarded batches for a DynamoDB event source"). */
export const discarded = (first: string, last: string, arrival = '2026-01-01T12:00:00Z') => ({
  requestContext: {
    requestId: 'r-2',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders-local-project-views',
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: 21,
  },
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  version: '1.0',
  timestamp: '2026-01-01T12:10:00.000Z',
  DDBStreamBatchInfo: {
    shardId: 'shardId-00000000000000000000-00000001',
    startSequenceNumber: first,
    endSequenceNumber: last,
    approximateArrivalOfFirstRecord: arrival,
    approximateArrivalOfLastRecord: arrival,
    batchSize: 2,
    streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Events/stream/2026-01-01T00:00:00.000',
  },
});
