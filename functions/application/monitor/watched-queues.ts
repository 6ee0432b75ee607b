import type { DeadLetterQueue } from '../dead-letters/queues';

/** Every queue of the stack, by the name that it has in reports and metrics. */
export const watchedQueues = [
  'orders-redelivery',
  'inventory-redelivery',
  'users-redelivery',
  'views-redrive',
  'feed-redrive',
  'rebuild',
  'insights',
  'ingest-dlq',
  'views-dlq',
  'feed-dlq',
  'rebuild-dlq',
  'insights-dlq',
  'unrouted',
] as const;

export type WatchedQueue = (typeof watchedQueues)[number];

/** Those that should be empty, by the name that `orderstream dlq` knows them by. */
export const deadLettersIn: Readonly<Partial<Record<WatchedQueue, DeadLetterQueue>>> = {
  'ingest-dlq': 'ingest',
  'views-dlq': 'views',
  'feed-dlq': 'feed',
  'rebuild-dlq': 'rebuild',
  'insights-dlq': 'insights',
  unrouted: 'unrouted',
};
