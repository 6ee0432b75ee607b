import { describe, expect, test } from '@jest/globals';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { makeProjectViews } from '../../functions/handlers/stream/views-batch';
import { projections } from '../../functions/projections/projections';
import { makeProjector } from '../../functions/projections/projector';
import { HistoryReader } from '../support/history-reader';
import { MemoryFaults } from '../support/memory-faults';
import { firstOfAll } from '../support/memory-generations';
import { MemoryViewRows } from '../support/memory-views';
import { NotedTelemetry } from '../support/noted-telemetry';
import { queueEvent } from '../support/queue-event';
import { orderHistory, recorded } from '../support/recorded';
import { streamEvent } from '../support/stream-event';

function projecting(history: readonly RecordedEvent[] = []) {
  const rows = new MemoryViewRows();
  const telemetry = new NotedTelemetry();
  const now = () => new Date('2026-01-01T12:00:11.000Z');
  const deadLetters = { send: async () => {} };
  const events = new HistoryReader(history);
  const faults = new MemoryFaults();
  const project = makeProjector({ projections, generations: firstOfAll, rows, events, deadLetters, faults, now });
  return { rows, faults, telemetry, handler: makeProjectViews({ project, events, telemetry, now }) };
}

describe('project-views', () => {
  test('brings the rows up to date and says how long the oldest event has waited', async () => {
    const { handler, rows, telemetry } = projecting();
    await expect(handler(streamEvent(orderHistory('o-1', 3)))).resolves.toEqual({ batchItemFailures: [] });
    expect(rows.rows.get('order#o-1')).toMatchObject({ version: 3, status: 'paid', total: 2500 });
    expect(telemetry.counts).toEqual({ EventsProjected: 3 });
    expect(telemetry.times).toEqual({ ProjectionLag: 10_000 });
  });

  test('asks again for exactly the records of a stream that failed', async () => {
    const { handler, rows, telemetry } = projecting();
    rows.beforePut = ({ stream }) => {
      if (stream === 'order#o-2') throw new Error('throttled');
    };
    const [a, b] = orderHistory('o-1', 2) as [RecordedEvent, RecordedEvent];
    const [c, d] = orderHistory('o-2', 2) as [RecordedEvent, RecordedEvent];
    const { batchItemFailures } = await handler(streamEvent([a, c, b, d]));
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['2', '4']);
    expect(rows.rows.get('order#o-1')).toMatchObject({ version: 2 });
    expect(telemetry.counts).toEqual({ EventsProjected: 2, Errors: 1 });
  });

  test('passes an event that nobody can read, and counts the fault', async () => {
    const { handler, rows, telemetry } = projecting();
    const batch = streamEvent([recorded('order#o-1', 1, 'OrderBewitched'), ...orderHistory('o-2', 1)]);
    await expect(handler(batch)).resolves.toEqual({ batchItemFailures: [] });
    expect(rows.rows.get('order#o-1')?.fault).toMatchObject({ version: 1 });
    expect(telemetry.counts).toMatchObject({ ProjectionFaults: 1 });
    expect(telemetry.errors).toEqual(['faulted']);
  });

  test('holds a stream up at an item whose numbers are beyond JavaScript', async () => {
    const { handler, rows } = projecting();
    const batch = streamEvent(orderHistory('o-1', 1));
    Object.assign(batch.Records[0]?.dynamodb?.NewImage ?? {}, { data: { M: { total: { N: '9007199254740993' } } } });
    await expect(handler(batch)).resolves.toEqual({ batchItemFailures: [] });
    expect(rows.rows.get('order#o-1')).toMatchObject({
      version: 0,
      fault: { version: 1, error: expect.stringContaining('exactly') },
    });
  });

  test('passes over records that are no appended events', async () => {
    const { handler, rows } = projecting();
    const batch = streamEvent(orderHistory('o-1', 1));
    delete batch.Records[0]?.dynamodb?.NewImage;
    await expect(handler(batch)).resolves.toEqual({ batchItemFailures: [] });
    expect(rows.calls).toEqual([]);
  });
});

describe('project-views, asked to take up places again', () => {
  test('brings each stream up to the newest of them, from the event table', async () => {
    const [one, other] = [orderHistory('o-1', 4), orderHistory('o-2', 2)];
    const { handler, rows, telemetry } = projecting([...one, ...other]);
    const places = [
      { stream: 'order#o-1', version: 2 },
      { stream: 'order#o-2', version: 1 },
      { stream: 'order#o-1', version: 4 },
      { stream: 'order#o-1', version: 4 },
    ];
    await expect(handler(queueEvent(places))).resolves.toEqual({ batchItemFailures: [] });
    expect(rows.rows.get('order#o-1')).toMatchObject({ version: 4, status: 'shipped' });
    expect(rows.rows.get('order#o-2')).toMatchObject({ version: 1 });
    expect(rows.calls.filter(({ call }) => call === 'put')).toHaveLength(2);
    expect(telemetry.counts).toEqual({ EventsProjected: 3 });
  });

  test('gives back the messages of a stream that failed, and no others', async () => {
    const { handler, rows } = projecting([...orderHistory('o-1', 2), ...orderHistory('o-2', 1)]);
    rows.beforePut = ({ stream }) => {
      if (stream === 'order#o-1') throw new Error('throttled');
    };
    const places = [
      { stream: 'order#o-1', version: 1 },
      { stream: 'order#o-2', version: 1 },
      { stream: 'order#o-1', version: 2 },
    ];
    const { batchItemFailures } = await handler(queueEvent(places));
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }, { itemIdentifier: 'message-3' }]);
    expect(rows.rows.get('order#o-2')).toMatchObject({ version: 1 });
  });

  test('refuses what is no place, and places without an event, and says why', async () => {
    const { handler, telemetry } = projecting(orderHistory('o-1', 1));
    const messages = ['no JSON', { stream: 7, version: 1 }, { stream: 'order#o-1', version: '1' }];
    const { batchItemFailures } = await handler(
      queueEvent([...messages, { stream: 'order#o-1', version: 2 }, { stream: 'order#o-1', version: 1 }]),
    );
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(
      [1, 2, 3, 4].map((n) => `message-${n}`),
    );
    expect(telemetry.reasons).toEqual([
      'Error: the message is no JSON; expected {"stream": "order#o-1", "version": 3}',
      'Error: stream is 7; expected {"stream": "order#o-1", "version": 3}',
      'Error: version is "1"; expected {"stream": "order#o-1", "version": 3}',
      'Error: the event table has no version 2 of order#o-1',
    ]);
  });

  test('leaves a stream that a fault holds up where it is: the event waits', async () => {
    const history = [
      ...orderHistory('o-1', 1),
      recorded('order#o-1', 2, 'OrderBewitched'),
      recorded('order#o-1', 3, 'OrderPaid'),
    ];
    const { handler, rows } = projecting(history);
    await handler(streamEvent(history.slice(0, 2)));
    const places = [{ stream: 'order#o-1', version: 3 }];
    await expect(handler(queueEvent(places))).resolves.toEqual({ batchItemFailures: [] });
    expect(rows.rows.get('order#o-1')).toMatchObject({ version: 1, fault: { version: 2, seen: 3 } });
  });
});
