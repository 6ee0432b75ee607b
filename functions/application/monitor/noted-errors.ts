import type { CounterWriter } from '../insights/ports';
import type { Telemetry } from '../telemetry';
import { type ErrorNotes, monitorTotal, type NotedError } from './ports';

/** Kept of one invocation; all of them are counted. */
const MOST_NOTED = 5;
const LONGEST = 300;

/**
 * Telemetry that also notes what it logs as an error, for the monitor: with the flush at the end of the invocation, in two
 * writes, and only if there was one. Best effort: notes that cannot be written are lost, and the log says so.
 */
export function notingErrors(
  telemetry: Telemetry,
  service: string,
  ports: { readonly counters: CounterWriter; readonly notes: ErrorNotes; readonly now: () => Date },
): Telemetry {
  let noted: NotedError[] = [];
  let count = 0;
  const write = async () => {
    if (count === 0) return;
    const [errors, written] = [count, noted];
    count = 0;
    noted = [];
    const results = await Promise.allSettled([
      ports.counters.add(0, [{ ...monitorTotal, add: { errors } }]),
      ports.notes.note(written),
    ]);
    for (const result of results)
      if (result.status === 'rejected')
        telemetry.warn('errors are not noted', { errors, error: String(result.reason) });
  };
  return {
    info: (message, fields) => telemetry.info(message, fields),
    warn: (message, fields) => telemetry.warn(message, fields),
    count: (metric, n) => telemetry.count(metric, n),
    time: (metric, ms) => telemetry.time(metric, ms),
    gauges: (values, dimensions) => telemetry.gauges(values, dimensions),
    error: (message, error, fields) => {
      telemetry.error(message, error, fields);
      count += 1;
      if (noted.length < MOST_NOTED)
        noted.push({ function: service, time: ports.now().toISOString(), message, error: textOf(error) });
    },
    flush: async () => {
      await Promise.all([telemetry.flush(), write()]);
    },
  };
}

const textOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, LONGEST);
