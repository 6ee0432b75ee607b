import { FACT_SOURCE } from '../catalogue';
import { type DeadLetterQueue, deadLetterQueues } from '../dead-letters/queues';
import type { Fact } from '../ports';
import type { Look } from './ports';

/**
 * The system event that a dead-letter queue has more messages than before. Its id follows from the look that saw it, so a
 * look that is repeated says the same.
 */
export function deadLetteredFact(queue: DeadLetterQueue, before: number, look: Look, at: string): Fact {
  const id = `dead-lettered:${queue}:${look.serial}:${look.count}`;
  return {
    type: 'DeadLettered',
    time: at,
    detail: {
      specversion: '1.0',
      id,
      source: FACT_SOURCE,
      type: 'DeadLettered',
      subject: queue,
      time: at,
      datacontenttype: 'application/json',
      partitionkey: `dlq#${queue}`,
      correlationid: id,
      data: {
        queue,
        holds: deadLetterQueues[queue],
        count: look.count,
        before,
        action: `orderstream dlq list ${queue}`,
      },
    },
  };
}
