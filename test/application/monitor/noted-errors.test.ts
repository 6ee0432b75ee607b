import { expect, test } from '@jest/globals';
import { notingErrors } from '../../../functions/application/monitor/noted-errors';
import { observed } from '../../../functions/handlers/middleware';
import { MemoryMonitor } from '../../support/memory-monitor';
import { MemoryTelemetry } from '../../support/memory-telemetry';

function function_() {
  const memory = new MemoryMonitor();
  const log = new MemoryTelemetry();
  const now = () => new Date('2026-01-01T12:00:00.000Z');
  const telemetry = notingErrors(log, 'ingest-orders', { counters: memory.counters, notes: memory.errors, now });
  return { memory, log, telemetry };
}

test('what an invocation fails with is noted before it ends, and still thrown', async () => {
  const { memory, telemetry } = function_();
  const failing = observed(telemetry, async () => {
    throw new TypeError('no such thing');
  });
  await expect(failing({})).rejects.toThrow('no such thing');
  expect(memory.total).toEqual({ errors: 1 });
  expect(memory.noted).toEqual([
    {
      function: 'ingest-orders',
      time: '2026-01-01T12:00:00.000Z',
      message: 'failed',
      error: 'TypeError: no such thing',
    },
  ]);
});

test('of many errors of one invocation all are counted, and five are kept', async () => {
  const { memory, telemetry } = function_();
  const batch = observed(telemetry, async () => {
    for (let n = 0; n < 12; n++) telemetry.error('record failed', new Error(`${n}`), { itemIdentifier: `${n}` });
  });
  await batch({});
  expect(memory.total).toEqual({ errors: 12 });
  expect(memory.noted.map(({ error }) => error)).toEqual([0, 1, 2, 3, 4].map((n) => `Error: ${n}`));
  await batch({});
  expect(memory.total).toEqual({ errors: 24 });
});

test('an invocation without errors writes nothing', async () => {
  const { memory, telemetry } = function_();
  memory.fails = new Error('must not be asked');
  await observed(telemetry, async () => telemetry.info('fine'))({});
  expect(memory.total).toEqual({});
});

test('a note that cannot be written fails nothing; the log says so', async () => {
  const { memory, log, telemetry } = function_();
  memory.fails = new Error('throttled');
  const work = observed(telemetry, async () => {
    telemetry.error('record failed', 'for a reason');
    return 'done';
  });
  await expect(work({})).resolves.toBe('done');
  expect(log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields)).toEqual([
    { errors: 1, error: 'Error: throttled' },
    { errors: 1, error: 'Error: throttled' },
  ]);
});

test('what is long is cut', async () => {
  const { memory, telemetry } = function_();
  telemetry.error('failed', new Error('x'.repeat(10_000)));
  await telemetry.flush();
  expect(memory.noted[0]?.error).toHaveLength(300);
});
