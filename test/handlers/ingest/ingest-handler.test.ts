import { describe, expect, it } from '@jest/globals';
import type { Delivery, IngestOutcome } from '../../../functions/application/ingest';
import { makeIngestHandler } from '../../../functions/handlers/ingest/ingest-handler';
import { envelope } from '../../support/envelopes';
import { MemoryTelemetry } from '../../support/memory-telemetry';

const about = { stream: 'order#o-1', id: 'e-1', source: 'shop', type: 'OrderCreated' };
const appended: IngestOutcome = { ...about, outcome: 'appended', version: 1, correlationId: 'story' };
const event = envelope('OrderCreated', { orderId: 'o-1' });

function handlerWith(ingest: (delivery: Delivery) => Promise<IngestOutcome> = async () => appended) {
  const deliveries: Delivery[] = [];
  const telemetry = new MemoryTelemetry();
  let now = 0;
  const handler = makeIngestHandler({
    ingest: (delivery) => {
      deliveries.push(delivery);
      return ingest(delivery);
    },
    telemetry,
    now: () => {
      now += 5;
      return now;
    },
  });
  return { handler, deliveries, telemetry };
}

const batch = (...bodies: readonly unknown[]) => ({
  Records: bodies.map((body, index) => ({
    messageId: `m-${index}`,
    eventSource: 'aws:sqs',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })),
});

describe('an ingest', () => {
  it('takes an event from its rule, and says in one line and one count what became of it', async () => {
    const { handler, deliveries, telemetry } = handlerWith();
    expect(await handler(event)).toBeUndefined();
    expect(deliveries).toEqual([{ envelope: event }]);
    expect(telemetry.lines).toEqual([{ level: 'info', message: 'appended', fields: { ...appended, durationMs: 5 } }]);
    expect(telemetry.counts).toEqual({ Appended: 1, ProcessingTime: 0 });
    expect(telemetry.flushes).toBe(1);
  });

  it('throws what it cannot do, for the caller to try again', async () => {
    const { handler, telemetry } = handlerWith(() => Promise.reject(new Error('throttled')));
    await expect(handler(event)).rejects.toThrow('throttled');
    expect(telemetry.counts).toEqual({ Errors: 1 });
    expect([telemetry.lines[0]?.level, telemetry.flushes]).toEqual(['error', 1]);
  });

  it('takes parked events, bare events and dead letters from its queue', async () => {
    const { handler, deliveries } = handlerWith();
    const parked = { stream: 'order#o-1', source: 'shop', id: 'e-1', parkedUntil: '2026-01-15T12:00:00.000Z' };
    const failure = { version: '1.0', requestContext: { condition: 'RetriesExhausted' }, requestPayload: event };
    const answer = await handler(batch({ event, parked }, { event, parked, last: true }, event, failure));
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(deliveries).toEqual([
      { envelope: event, parked },
      { envelope: event, parked, last: true },
      { envelope: event },
      { envelope: event },
    ]);
  });

  it('gives back the messages that failed, and no others', async () => {
    const { handler, telemetry } = handlerWith(async ({ envelope: input }) => {
      if ((input as { id: string }).id === 'bad') throw new Error('throttled');
      return appended;
    });
    const answer = await handler(batch(event, { ...event, id: 'bad' }, event));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
    expect(telemetry.counts).toMatchObject({ Appended: 2, Errors: 1 });
  });

  it('hands on a message that is not JSON, under its own name, to be rejected', async () => {
    const { handler, deliveries } = handlerWith(async () => ({ ...about, outcome: 'rejected', reason: 'no' }));
    expect(await handler(batch('{not json'))).toEqual({ batchItemFailures: [] });
    expect(deliveries).toEqual([{ envelope: { id: 'm-0', source: 'sqs', detail: '{not json' } }]);
  });
});
