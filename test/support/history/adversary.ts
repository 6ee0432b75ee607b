import type { FaultRule } from '../../../localstack/cloud/core/faults';
import type { Dice } from './dice';

/** Faults of any hop, with how often and how many at most; each strikes after letting a few occasions pass. */
type Menu = readonly (FaultRule & { readonly rate: number; readonly times: number })[];

const FUNCTIONS = 'orders-local-*';
const INGESTS = 'orders-local-ingest-*';
/** Of the stream of the Events table. */
const READERS = 'orders-local-project-*';
/** Of the facts. */
const COUNTER = 'orders-local-insights';

/** Deliveries that come twice, late, in another order: they cost nobody a retry. */
const disorder: Menu = [
  { fault: 'duplicate', service: 'events', operation: 'Deliver', rate: 0.3, times: 30 },
  { fault: 'duplicate', service: 'events', operation: 'Deliver', ms: 40, rate: 0.3, times: 30 },
  { fault: 'duplicate', service: 'lambda', operation: 'Async', rate: 0.3, times: 30 },
  { fault: 'duplicate', service: 'lambda', operation: 'StreamBatch', rate: 0.4, times: 20 },
  { fault: 'duplicate', service: 'lambda', operation: 'QueueBatch', rate: 0.5, times: 10 },
  { fault: 'duplicate', service: 'sqs', operation: 'Receive', rate: 0.5, times: 10 },
  { fault: 'reorder', service: 'events', operation: 'Deliver', ms: 60, rate: 0.4, times: 40 },
  { fault: 'reorder', service: 'lambda', operation: 'Async', rate: 0.3, times: 20 },
  { fault: 'reorder', service: 'lambda', operation: 'StreamBatch', rate: 0.6, times: 30 },
  { fault: 'reorder', service: 'lambda', operation: 'QueueBatch', rate: 0.6, times: 20 },
  { fault: 'reorder', service: 'sqs', operation: 'Receive', rate: 0.6, times: 20 },
  { fault: 'latency', service: 'events', operation: 'Deliver', ms: 25, rate: 0.2, times: 10 },
  { fault: 'latency', service: 'lambda', operation: 'Invocation', target: INGESTS, ms: 20, rate: 0.2, times: 10 },
  { fault: 'latency', service: 'lambda', operation: 'StreamBatch', ms: 20, rate: 0.3, times: 8 },
  { fault: 'latency', service: 'lambda', operation: 'QueueBatch', ms: 20, rate: 0.3, times: 8 },
  { fault: 'latency', service: 'dynamodb', operation: 'PutItem', caller: INGESTS, ms: 15, rate: 0.2, times: 10 },
  { fault: 'latency', service: 'dynamodb', operation: 'Query', caller: FUNCTIONS, ms: 15, rate: 0.2, times: 10 },
  { fault: 'latency', service: 'dynamodb', operation: 'TransactWriteItems', ms: 15, rate: 0.4, times: 8 },
];

/** An error of ours would be shown as one of the cloud's own. */
const UNAVAILABLE = { code: 'ServiceUnavailable', status: 503 } as const;

/** Calls that fail: the SDK, the bus, the queue or the mapping tries again. */
const failures: Menu = [
  { fault: 'error', service: 'events', operation: 'Deliver', rate: 0.2, times: 4 },
  { fault: 'throttle', service: 'events', operation: 'Deliver', rate: 0.2, times: 3 },
  { fault: 'error', service: 'events', operation: 'PutEvents.Entry', rate: 0.2, times: 4 },
  { fault: 'throttle', service: 'events', operation: 'PutEvents.Entry', rate: 0.2, times: 3 },
  { fault: 'error', ...UNAVAILABLE, service: 'events', operation: 'PutEvents', caller: FUNCTIONS, rate: 0.3, times: 2 },
  { fault: 'error', service: 'sqs', operation: 'SendMessageBatch.Entry', rate: 0.5, times: 2 },
  { fault: 'throttle', service: 'sqs', operation: 'SendMessageBatch.Entry', rate: 0.5, times: 2 },
  { fault: 'error', ...UNAVAILABLE, service: 'sqs', operation: 'SendMessageBatch', rate: 0.5, times: 2 },
  { fault: 'error', service: 'dynamodb', caller: INGESTS, rate: 0.1, times: 3 },
  { fault: 'error', service: 'dynamodb', caller: READERS, rate: 0.2, times: 3 },
  { fault: 'error', service: 'dynamodb', caller: 'orders-local-command-api', rate: 0.2, times: 2 },
  { fault: 'throttle', service: 'dynamodb', operation: 'BatchWriteItem.Item', rate: 0.2, times: 3 },
  { fault: 'error', service: 'lambda', operation: 'Invocation', target: INGESTS, rate: 0.2, times: 2 },
  {
    fault: 'error',
    service: 'lambda',
    operation: 'Invocation',
    target: 'orders-local-command-api',
    rate: 0.3,
    times: 2,
  },
  { fault: 'throttle', service: 'lambda', operation: 'Invocation', target: INGESTS, rate: 0.2, times: 3 },
  {
    fault: 'throttle',
    service: 'lambda',
    operation: 'Invocation',
    target: 'orders-local-command-api',
    rate: 0.2,
    times: 1,
  },
];

/** What befalls only those who read the stream, or the facts: their tables, and being run. */
const readersFail: Menu = [
  { fault: 'throttle', service: 'dynamodb', operation: 'BatchGetItem.Item', caller: READERS, rate: 0.5, times: 3 },
  { fault: 'throttle', service: 'dynamodb', operation: 'BatchWriteItem.Item', caller: READERS, rate: 0.4, times: 4 },
  { fault: 'error', service: 'dynamodb', operation: 'BatchGetItem', caller: READERS, rate: 0.4, times: 3 },
  { fault: 'error', service: 'dynamodb', operation: 'BatchWriteItem', caller: READERS, rate: 0.4, times: 3 },
  { fault: 'error', service: 'dynamodb', operation: 'PutItem', caller: READERS, rate: 0.3, times: 4 },
  { fault: 'error', service: 'dynamodb', caller: COUNTER, rate: 0.2, times: 3 },
  { fault: 'latency', service: 'dynamodb', operation: 'PutItem', caller: READERS, ms: 20, rate: 0.4, times: 8 },
  { fault: 'error', service: 'lambda', operation: 'Invocation', target: READERS, rate: 0.3, times: 3 },
  { fault: 'error', service: 'lambda', operation: 'Invocation', target: COUNTER, rate: 0.3, times: 1 },
];

/** Few and rare: after a throttle the SDK waits for up to half a second of real time. */
const throttledTables: Menu = [
  { fault: 'throttle', service: 'dynamodb', caller: INGESTS, rate: 0.1, times: 1 },
  { fault: 'throttle', service: 'dynamodb', caller: READERS, rate: 0.2, times: 1 },
  { fault: 'throttle', service: 'dynamodb', caller: 'orders-local-command-api', rate: 0.2, times: 1 },
];

/** Calls that fail for longer than the SDK and the functions try: whoever has called gives up, and is tried again as a whole. */
const outages: Menu = [
  { fault: 'error', service: 'events', operation: 'PutEvents.Entry', caller: FUNCTIONS, rate: 1, times: 6 },
  { fault: 'throttle', service: 'sqs', operation: 'SendMessageBatch.Entry', rate: 1, times: 6 },
  { fault: 'error', service: 'dynamodb', operation: 'PutItem', caller: INGESTS, rate: 1, times: 5 },
  { fault: 'error', service: 'dynamodb', operation: 'TransactWriteItems', rate: 1, times: 5 },
  { fault: 'error', service: 'dynamodb', operation: 'DeleteItem', rate: 1, times: 5 },
  {
    fault: 'error',
    service: 'dynamodb',
    operation: 'PutItem',
    caller: 'orders-local-project-views',
    rate: 1,
    times: 5,
  },
  { fault: 'error', service: 'dynamodb', operation: 'Query', caller: 'orders-local-project-feed', rate: 1, times: 5 },
  { fault: 'error', service: 'dynamodb', operation: 'BatchGetItem', caller: READERS, rate: 1, times: 5 },
  { fault: 'error', service: 'dynamodb', operation: 'BatchWriteItem', caller: READERS, rate: 1, times: 5 },
];

/** The effects that each function has; it dies before one, or after. */
const EFFECTS: Readonly<Record<string, readonly string[]>> = {
  'ingest-orders': ['PutItem', 'TransactWriteItems', 'DeleteItem', 'PutEvents'],
  'ingest-inventory': ['PutItem', 'PutEvents'],
  'ingest-users': ['PutItem', 'TransactWriteItems', 'DeleteItem', 'PutEvents'],
  'command-api': ['PutItem', 'TransactWriteItems', 'PutEvents'],
  'project-views': ['PutItem'],
  'project-feed': ['BatchWriteItem', 'PutEvents', 'SendMessageBatch'],
  insights: ['TransactWriteItems'],
};
const SERVICE: Readonly<Record<string, string>> = { PutEvents: 'events', SendMessageBatch: 'sqs' };

const crashesAt = (name: string, operation: string): Menu =>
  (['crash-before', 'crash-after'] as const).map((fault) => ({
    fault,
    service: SERVICE[operation] ?? 'dynamodb',
    operation,
    caller: `orders-local-${name}`,
    rate: 0.5,
    times: 1,
  }));

const crashes: Menu = [
  ...Object.entries(EFFECTS).flatMap(([name, operations]) => operations.flatMap((one) => crashesAt(name, one))),
  ...(['crash-before', 'crash-after'] as const).flatMap((fault) => [
    { fault, service: 'lambda', operation: 'Invocation', target: INGESTS, rate: 0.3, times: 1 },
    { fault, service: 'lambda', operation: 'Invocation', target: READERS, rate: 0.3, times: 2 },
    { fault, service: 'lambda', operation: 'Invocation', target: 'orders-local-command-api', rate: 0.3, times: 1 },
  ]),
];

/** It runs only where parked events expire. */
const crashesOfTheSweep: Menu = crashesAt('sweep-inbox', 'SendMessageBatch');

/** What the adversary does to one history; in some it looks on. `expires`: parked events do. */
export function drawFaults(dice: Dice, expires: boolean): FaultRule[] {
  if (dice.chance(10)) return [];
  const some = (menu: Menu, most: number) => dice.shuffled(menu).slice(0, dice.int(0, most));
  const rules = [
    ...(dice.chance(20) ? [dice.oneOf(outages)] : []),
    ...some(disorder, 4),
    ...some(failures, 2),
    ...some(readersFail, 2),
    ...(dice.chance(8) ? some(throttledTables, 1) : []),
    ...some(crashes, 3),
    ...(expires ? some(crashesOfTheSweep, 1) : []),
  ];
  return rules.map((rule) => ({ ...rule, skip: dice.pick(0, 0, 1, 2, 4) }));
}
