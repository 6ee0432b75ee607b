import type { CounterReader } from '../insights/ports';
import type { ProjectionHealth } from '../queries/health';
import {
  type ErrorReader,
  monitorTotal,
  type NotedError,
  type PublishedFacts,
  type QueueLengths,
  type QueueLengthsByName,
} from './ports';

export type MonitorPorts = {
  readonly counters: CounterReader;
  readonly published: Pick<PublishedFacts, 'count'>;
  readonly errors: ErrorReader;
  readonly queues: QueueLengths;
  readonly projections: () => Promise<Readonly<Record<string, ProjectionHealth>>>;
};

/** Each figure is defined in docs/monitoring.md. */
export type Monitor = {
  /** Facts of orders that project-feed has put on the bus; one that is put there again counts again. */
  readonly events_published: number;
  /** Facts that the insights have taken, each once however often it came. */
  readonly events_processed: number;
  /** From an event's recording until the insights had taken it, on average over all of them, in milliseconds; 0: none yet. */
  readonly average_processing_time: number;
  /** Lines that functions have logged as errors. */
  readonly error_count: number;
  /** Processed / published; 0 when nothing was published. */
  readonly success_rate: number;
  readonly queues: QueueLengthsByName;
  readonly projections: Readonly<Record<string, Pick<ProjectionHealth, 'lagMs' | 'behind' | 'faults'>>>;
  /** The last ones, newest first. */
  readonly errors: readonly NotedError[];
};

const SHOWN_ERRORS = 20;

/** How the system does, now and on the whole. */
export async function monitor(ports: MonitorPorts): Promise<Monitor> {
  const [counters, published, errors, queues, projections] = await Promise.all([
    ports.counters.read(0, { series: monitorTotal.series, from: monitorTotal.key, to: monitorTotal.key }),
    ports.published.count(),
    ports.errors.latest(SHOWN_ERRORS),
    ports.queues.read(),
    ports.projections(),
  ]);
  const total = counters.find(({ key }) => key === monitorTotal.key)?.values ?? {};
  const { processed = 0, processingMs = 0, errors: errorCount = 0 } = total;
  return {
    events_published: published,
    events_processed: processed,
    average_processing_time: processed === 0 ? 0 : processingMs / processed,
    error_count: errorCount,
    success_rate: published === 0 ? 0 : processed / published,
    queues,
    projections,
    errors,
  };
}
