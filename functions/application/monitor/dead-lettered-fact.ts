import { type DeadLetterQueue, deadLetterQueues } from '../dead-letters/queues';
import type { Fact } from '../ports';
import { systemEvent } from '../system-event';
import type { Look } from './ports';

/**
 * The system event that a dead-letter queue has more messages than before. Its id follows from the look that saw it, so a
 * look that is repeated says the same.
 */
export function deadLetteredFact(queue: DeadLetterQueue, before: number, look: Look, at: string): Fact {
  return systemEvent({
    type: 'DeadLettered',
    id: `dead-lettered:${queue}:look-${look.serial}:${look.count}`,
    at,
    subject: queue,
    partitionKey: `dlq#${queue}`,
    data: {
      queue,
      holds: deadLetterQueues[queue],
      count: look.count,
      before,
      action: `orderstream dlq list ${queue}`,
    },
  });
}
