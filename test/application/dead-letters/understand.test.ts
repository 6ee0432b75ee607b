import { describe, expect, it } from '@jest/globals';
import { understand } from '../../../functions/application/dead-letters/understand';
import { discarded, envelope, failureOf, letter, sentAt } from '../../support/letters';

const paid = envelope('e-1', 'PaymentProcessed', { orderId: 'o-1', paymentId: 'p-1', amount: 2500 });
const about = { stream: 'order#o-1', event: { id: 'e-1', source: 'shop', type: 'OrderPaid' } };

describe('a letter of an ingest', () => {
  it('from a rule that could not reach it says why in its attributes', () => {
    const attributes = { ERROR_CODE: 'NO_PERMISSIONS', ERROR_MESSAGE: 'not allowed', RULE_ARN: 'arn' };
    expect(understand('ingest', letter('m', paid, { attributes }))).toMatchObject({
      ...about,
      by: 'rule',
      error: 'NO_PERMISSIONS: not allowed',
      since: sentAt(0),
      content: { kind: 'event', envelope: paid, beside: {} },
    });
  });

  it("from Lambda is in Lambda's record, with what the function threw", () => {
    expect(understand('ingest', letter('m', failureOf(paid)))).toMatchObject({
      ...about,
      by: 'function',
      error: 'RetriesExhausted after 3 runs; TypeError: x is not a function',
      since: '2026-01-01T12:05:00.000Z',
      content: { kind: 'event', envelope: paid, beside: {} },
    });
  });

  it('that was never run says so, without an answer', () => {
    const { responseContext, responsePayload, ...record } = failureOf(paid);
    const late = { ...record, requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 0 } };
    expect(understand('ingest', letter('m', late)).error).toBe('EventAgeExceeded after 0 runs');
  });

  it('from a redelivery queue keeps what the ingest has to know beside it', () => {
    const parked = { stream: 'order#o-1', source: 'shop', id: 'e-1' };
    const movedFrom = 'arn:aws:sqs:us-east-1:000000000000:OrdersRedelivery';
    expect(understand('ingest', letter('m', { event: paid, parked, last: true }, { movedFrom }))).toMatchObject({
      ...about,
      by: 'queue',
      error: 'its reader failed with it too often (OrdersRedelivery)',
      content: { kind: 'event', envelope: paid, beside: { parked, last: true } },
    });
  });

  it('that is sealed still says whose it is', () => {
    const event = { owner: 'user#u-1', id: 'e-2', source: 'crm', type: 'UserUpdated', at: sentAt(1), sealed: 'x' };
    expect(understand('ingest', letter('m', { event, retried: { stream: 'user#u-1' } }))).toMatchObject({
      stream: 'user#u-1',
      event: { id: 'e-2', source: 'crm', type: 'UserUpdated', time: sentAt(1) },
      content: { kind: 'event', envelope: event, beside: { retried: { stream: 'user#u-1' } } },
    });
  });

  it('that is not even valid is named by what it gives', () => {
    expect(understand('ingest', letter('m', envelope('e-3', 'OrderPiad', { orderId: 'o-1' })))).toMatchObject({
      stream: 'order#o-1',
      event: { id: 'e-3', type: 'OrderPiad' },
    });
    expect(understand('ingest', letter('m', { any: 'thing' }))).toMatchObject({ stream: 'unaddressed#no-id' });
  });
});

describe('a letter of a projector', () => {
  it('of its own names a place and the error', () => {
    const body = { stream: 'order#o-1', version: 3, error: 'item too large' };
    expect(understand('views', letter('m', body))).toMatchObject({
      by: 'projector',
      stream: 'order#o-1',
      version: 3,
      error: 'item too large',
      content: { kind: 'place', stream: 'order#o-1', version: 3 },
    });
  });

  it('of Lambda points into the stream', () => {
    expect(understand('feed', letter('m', discarded('1000', '2000')))).toMatchObject({
      by: 'stream',
      error: 'RetryAttemptsExhausted after 21 runs; Unhandled',
      since: '2026-01-01T12:10:00.000Z',
      content: {
        kind: 'range',
        range: {
          firstSequenceNumber: '1000',
          lastSequenceNumber: '2000',
          records: 2,
          firstArrival: '2026-01-01T12:00:00Z',
        },
      },
    });
  });

  it('that is neither cannot be read', () => {
    expect(understand('views', letter('m', paid)).content).toMatchObject({ kind: 'unreadable' });
  });
});

it('a fact names its own place', () => {
  const detail = {
    specversion: '1.0',
    id: 'order#o-1@2',
    source: 'orderstream',
    type: 'OrderPaid',
    time: sentAt(3),
    partitionkey: 'order#o-1',
    sequence: '2',
  };
  expect(understand('insights', letter('m', envelope('x', 'OrderPaid', detail)))).toMatchObject({
    stream: 'order#o-1',
    version: 2,
    event: { id: 'order#o-1@2', source: 'orderstream', type: 'OrderPaid', time: sentAt(3) },
    content: { kind: 'fact' },
  });
});

it('a piece of work says what it is', () => {
  const part = { projection: 'orders', generation: 2, task: 'build', segment: 3 };
  expect(understand('rebuild', letter('m', part)).content).toEqual({
    kind: 'work',
    says: 'projection orders, generation 2, task build, segment 3',
  });
});

it('what no rule took says so', () => {
  expect(understand('unrouted', letter('m', envelope('e-4', 'Bananas', {})))).toMatchObject({
    by: 'catch-all',
    error: 'no rule takes its detail-type',
    event: { type: 'Bananas' },
  });
});

it('what is not JSON cannot be read, in whichever queue', () => {
  for (const queue of ['ingest', 'views', 'feed', 'insights', 'rebuild', 'unrouted'] as const)
    for (const body of ['', 'hello', '[1]', 'null', '{"'])
      expect(understand(queue, letter('m', body)).content.kind).toBe('unreadable');
});
