import type { Contender, Occurrence, Place } from './contender';
import { inParallel } from './raw-client';

const STREAMS = 150;
const EVENTS_OF_A_STREAM = 5;
const GROUPS = 100;
const LONG_STREAM = 10_000;
const LONG_LOADS = 4;
/** Calls under way at a time. */
export const WIDTH = 16;

export type Workload = {
  readonly name: string;
  readonly count: number;
  readonly task: (contender: Contender, round: number, n: number) => Promise<unknown>;
  /** Beforehand, and not measured. */
  readonly prepare?: (contender: Contender, round: number) => Promise<unknown>;
};

export const BEGIN = 'first event';
export const NEXT = 'load + append';
export const GROUP = 'load + append to 2–4';

const LONG_PLACE: Place = { kind: 'inventory', id: 'long' };
const orderOf = (round: number, n: number): Place => ({ kind: 'order', id: `o-${round}-${n % STREAMS}` });
const groupOf = (round: number, n: number): Place[] => [
  { kind: 'order', id: `g-${round}-${n}` },
  ...Array.from({ length: 1 + (n % 3) }, (_, m): Place => ({ kind: 'inventory', id: `sku-${round}-${n}-${m}` })),
];

export const WORKLOADS: readonly Workload[] = [
  {
    name: BEGIN,
    count: STREAMS,
    task: (contender, round, n) => contender.begin(orderOf(round, n), occurrence(orderOf(round, n), 0)),
  },
  {
    name: NEXT,
    count: STREAMS * (EVENTS_OF_A_STREAM - 1),
    task: (contender, round, n) =>
      contender.loadAndAppend(orderOf(round, n), occurrence(orderOf(round, n), 1 + Math.floor(n / STREAMS))),
  },
  {
    name: GROUP,
    count: GROUPS,
    prepare: (contender, round) =>
      inParallel(GROUPS, WIDTH, async (n) => {
        for (const place of groupOf(round, n)) await contender.begin(place, occurrence(place, 0));
      }),
    task: (contender, round, n) =>
      contender.loadAndAppendGroup(groupOf(round, n).map((place) => [place, occurrence(place, 1)] as const)),
  },
  {
    name: `load of ${EVENTS_OF_A_STREAM} events`,
    count: STREAMS * 2,
    task: (contender, round, n) => contender.load(orderOf(round, n)),
  },
  {
    name: `load of ${LONG_STREAM} events`,
    count: LONG_LOADS,
    task: async (contender) => {
      const version = await contender.load(LONG_PLACE);
      if (version !== LONG_STREAM)
        throw new Error(`${contender.name} loaded up to version ${version} of ${LONG_STREAM}`);
    },
  },
];

export const fillLong = (contender: Contender): Promise<void> =>
  contender.fill(
    LONG_PLACE,
    Array.from({ length: LONG_STREAM }, (_, n) => occurrence(LONG_PLACE, n)),
  );

/** The n-th event of a stream. */
function occurrence({ kind, id }: Place, n: number): Occurrence {
  const identity = {
    id: `0190d1f2-7b3a-7c4d-8e5f-${String(n).padStart(12, '0')}`,
    source: kind === 'order' ? 'shop' : 'warehouse',
    time: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
    correlationId: '0190d1f2-7b3a-7c4d-8e5f-6a7b8c9d0e1f',
  };
  if (kind === 'inventory') return { ...identity, type: 'StockAdded', data: { sku: id, quantity: 1 } };
  const [type, data] = ORDER_STEPS[Math.min(n, ORDER_STEPS.length - 1)]!;
  return { ...identity, type, data: { orderId: id, ...data } };
}

const ORDER_STEPS = [
  [
    'OrderCreated',
    {
      userId: 'user-4711',
      currency: 'EUR',
      items: [
        { sku: 'teapot', quantity: 1, unitPrice: 4_900 },
        { sku: 'grinder', quantity: 2, unitPrice: 4_900 },
      ],
      shippingFee: 490,
      total: 15_190,
    },
  ],
  ['OrderConfirmed', {}],
  ['OrderPaid', { paymentId: 'pay-4711', amount: 15_190 }],
  ['OrderShipped', { carrier: 'dhl', trackingNumber: 'T123456789' }],
  ['OrderDelivered', {}],
] as const;
