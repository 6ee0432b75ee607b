import { describe, expect, test } from '@jest/globals';
import { emit } from '../../../functions/application/monitor/emit';
import { monitor } from '../../../functions/application/monitor/monitor';
import { watchedQueues } from '../../../functions/application/monitor/watched-queues';
import { MemoryMonitor } from '../../support/memory-monitor';
import { MemoryTelemetry } from '../../support/memory-telemetry';

const projections = async () => ({ orders: { lagMs: 120, behind: 2, faults: 1 } });

const seenBy = (memory: MemoryMonitor) => monitor({ ...memory, projections });

describe('the monitor', () => {
  test('shows how much was published and processed, how fast, and what part of it', async () => {
    const memory = new MemoryMonitor();
    await memory.counters.add(0, [
      { series: 'monitor', key: 'total', add: { processed: 6, processingMs: 300, errors: 2 } },
    ]);
    memory.publishedFacts = 8;
    memory.lengths['ingest-dlq'] = { visible: 3, inFlight: 1, delayed: 0 };
    await expect(seenBy(memory)).resolves.toEqual({
      events_published: 8,
      events_processed: 6,
      average_processing_time: 50,
      error_count: 2,
      success_rate: 0.75,
      queues: expect.objectContaining({ 'ingest-dlq': { visible: 3, inFlight: 1, delayed: 0 } }),
      projections: { orders: { lagMs: 120, behind: 2, faults: 1 } },
      errors: [],
    });
  });

  test('of a system where nothing has happened yet is all noughts', async () => {
    const seen = await seenBy(new MemoryMonitor());
    expect(seen).toMatchObject({
      events_published: 0,
      events_processed: 0,
      average_processing_time: 0,
      error_count: 0,
      success_rate: 0,
      errors: [],
    });
    expect(Object.keys(seen.queues)).toEqual([...watchedQueues]);
  });

  test('shows the last twenty errors, newest first', async () => {
    const memory = new MemoryMonitor();
    const errors = Array.from({ length: 25 }, (_, n) => ({
      function: 'ingest-orders',
      time: new Date(n * 1000).toISOString(),
      message: 'failed',
      error: `Error: ${n}`,
    }));
    await memory.errors.note(errors);
    const shown = (await seenBy(memory)).errors.map(({ error }) => error);
    expect(shown).toEqual(Array.from({ length: 20 }, (_, n) => `Error: ${24 - n}`));
  });

  test('is metrics of the same names and values, queues and projections by name', async () => {
    const memory = new MemoryMonitor();
    await memory.counters.add(0, [{ series: 'monitor', key: 'total', add: { processed: 4 } }]);
    memory.publishedFacts = 4;
    memory.lengths.unrouted = { visible: 2, inFlight: 1, delayed: 1 };
    const telemetry = new MemoryTelemetry();
    emit(telemetry, await seenBy(memory));
    expect(telemetry.measured[0]).toEqual({
      values: {
        events_published: [4, 'Count'],
        events_processed: [4, 'Count'],
        average_processing_time: [0, 'Milliseconds'],
        error_count: [0, 'Count'],
        success_rate: [1, 'None'],
      },
      dimensions: {},
    });
    expect(telemetry.measured).toContainEqual({
      values: { queue_length: [4, 'Count'] },
      dimensions: { queue: 'unrouted' },
    });
    expect(telemetry.measured.at(-1)).toEqual({
      values: { projection_lag: [120, 'Milliseconds'] },
      dimensions: { projection: 'orders' },
    });
    expect(telemetry.measured).toHaveLength(1 + watchedQueues.length + 1);
  });
});
