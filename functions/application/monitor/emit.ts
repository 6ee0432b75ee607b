import type { Telemetry } from '../telemetry';
import type { Monitor } from './monitor';
import { messagesIn } from './watch-dead-letters';
import { watchedQueues } from './watched-queues';

/** The same figures as metrics, by the same names; lengths of queues by `queue`, lags by `projection`. */
export function emit(telemetry: Telemetry, seen: Monitor): void {
  telemetry.gauges({
    events_published: [seen.events_published, 'Count'],
    events_processed: [seen.events_processed, 'Count'],
    average_processing_time: [seen.average_processing_time, 'Milliseconds'],
    error_count: [seen.error_count, 'Count'],
    success_rate: [seen.success_rate, 'None'],
  });
  for (const queue of watchedQueues)
    telemetry.gauges({ queue_length: [messagesIn(seen.queues[queue]), 'Count'] }, { queue });
  for (const [projection, { lagMs }] of Object.entries(seen.projections))
    telemetry.gauges({ projection_lag: [lagMs, 'Milliseconds'] }, { projection });
}
