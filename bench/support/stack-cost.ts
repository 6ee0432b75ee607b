import type { CloudProcess } from './cloud-process';
import { LIFECYCLES, type Lifecycle, stepsOf, stock, TRACKED_SKUS } from './lifecycles';
import type { MeteredCall } from './meter';
import { type Invocations, MeteredStack } from './metered-stack';
import { dollars } from './prices';
import { atMost, type Table, type Target } from './report';

/** Orders of each lifecycle: enough for the snapshots of the tracked SKUs to have their share. */
const ORDERS = Number(process.env.ORDERS ?? 40);
/** Memory of the functions in production, in GB. */
const MEMORY_GB = 1;
/** How much longer than here a call takes at AWS, at most: a round trip to DynamoDB or EventBridge within a region. */
const AWS_CALL_MS = 5;
/** The share of invocations whose duration is believed. */
const USUAL = 0.95;

type Run = {
  readonly name: string;
  readonly lifecycle: Lifecycle;
  /** By the type of the event that was put. */
  readonly steps: ReadonlyMap<string, readonly MeteredCall[]>;
  /** Events that EventBridge charges for: what producers put, and the facts. */
  readonly busEvents: number;
  /** Messages that functions sent to queues. */
  readonly messages: number;
  readonly invocations: Invocations;
  readonly recorded: number;
  /** What was added to these tables. */
  readonly bytes: Readonly<Record<'Events' | 'Views', number>>;
};

/**
 * What orders cost on the deployed stack, each event on its own: nobody shares a batch of a stream or a call with another, so
 * this is the most that they cost.
 */
export async function stackCost(cloud: CloudProcess): Promise<{ tables: Table[]; targets: Target[] }> {
  const stack = await MeteredStack.over(cloud);
  try {
    await stack.put(TRACKED_SKUS.map((sku) => stock(sku, 1_000_000)));
    for (const lifecycle of LIFECYCLES)
      for (const step of stepsOf(lifecycle, `warm-${lifecycle.name}`)) await stack.put([step]);
    const runs: Run[] = [];
    for (const lifecycle of LIFECYCLES) {
      process.stderr.write(`${ORDERS} orders, ${lifecycle.name} …\n`);
      runs.push(await runOf(stack, lifecycle, 'alone'));
    }
    process.stderr.write(`${ORDERS} orders at once …\n`);
    runs.push(await runOf(stack, LIFECYCLES[1]!, 'at once'));
    return { tables: [orderTable(runs), ingestTable(runs), functionTable(runs)], targets: targetsOf(runs) };
  } finally {
    await stack.stop();
  }
}

/** `alone`: each event has the system for itself. `at once`: each step of all orders is put at once. */
async function runOf(stack: MeteredStack, lifecycle: Lifecycle, how: 'alone' | 'at once'): Promise<Run> {
  stack.takeCalls();
  const name = how === 'alone' ? lifecycle.name : how;
  const contents = async () => [await stack.contents('Events'), await stack.contents('Views')] as const;
  const [from, messages, [events, views]] = [Date.now(), await stack.messagesSent(), await contents()];
  const orders = Array.from({ length: ORDERS }, (_, n) => stepsOf(lifecycle, `${name.replace(/\W+/g, '-')}-${n}`));
  const steps = new Map<string, MeteredCall[]>();
  let put = 0;
  for (const [n, { type }] of orders[0]!.entries()) {
    const wave = orders.map((order) => order[n]!);
    for (const events of how === 'alone' ? wave.map((event) => [event]) : [wave]) put += await stack.put(events);
    steps.set(type, stack.takeCalls());
  }
  const [eventsNow, viewsNow] = await contents();
  const recorded = eventsNow.count - events.count;
  if (recorded < put) throw new Error(`${name}: ${put} events were put and only ${recorded} recorded`);
  return {
    name,
    lifecycle,
    steps,
    busEvents: put + sum([...steps.values()].flat(), (call) => call.busEvents),
    messages: (await stack.messagesSent()) - messages,
    invocations: await stack.invocationsSince(from),
    recorded,
    bytes: { Events: eventsNow.bytes - events.bytes, Views: viewsNow.bytes - views.bytes },
  };
}

/** What an order of each kind comes to. */
function orderTable(runs: readonly Run[]): Table {
  const perOrder = (name: string, of: (run: Run) => number) => [name, ...runs.map((run) => of(run) / ORDERS)] as const;
  const perMillion = (name: string, of: (run: Run) => number) => perOrder(name, (run) => of(run) * 1e6);
  return {
    title: 'an order of two lines. "tracked": its SKUs are stocked. "at once": as many tracked orders together',
    columns: runs.map(({ name }) => name),
    rows: [
      perOrder('events put', ({ steps }) => steps.size * ORDERS),
      perOrder('events recorded', ({ recorded }) => recorded),
      perOrder('SDK calls of functions', (run) => callsOf(run).length),
      ...tablesOf(runs).map((table) => perOrder(`write units, ${table}`, (run) => writes(callsOf(run), table))),
      perOrder('read units', (run) => reads(callsOf(run))),
      perOrder('EventBridge events', (run) => run.busEvents),
      perOrder('Lambda invocations', ({ invocations }) => invocations.billedMs.length),
      perOrder('Lambda GB-s', gbSeconds),
      perOrder('SQS requests', queueRequests),
      perOrder('log KB', ({ invocations }) => invocations.logBytes / 1000),
      perOrder('KB in Events', ({ bytes }) => bytes.Events / 1000),
      perOrder('KB in Views, without indexes', ({ bytes }) => bytes.Views / 1000),
      ...Object.keys(dollarsOf(runs[0]!)).map((service) =>
        perMillion(`$/million: ${service}`, (run) => dollarsOf(run)[service]!),
      ),
      perMillion('$/million orders', totalDollars),
    ],
  };
}

/** What the ingest of orders does for each step, on average. */
function ingestTable(runs: readonly Run[]): Table {
  const alone = runs.filter(({ name, lifecycle }) => name === lifecycle.name);
  const rows = alone.flatMap(({ lifecycle, steps }) =>
    [...steps]
      .filter(([type]) => lifecycle.ends === 'delivered' || type === 'OrderCancelled')
      .map(([type, calls]) => {
        const own = calls.filter(({ caller }) => caller === INGEST);
        const each = (count: number) => count / ORDERS;
        return [
          `${type}${lifecycle.name.includes('tracked') ? ', tracked' : ''}`,
          ...['Query', 'PutItem', 'TransactWriteItems'].map((name) => each(callsTo(own, name))),
          each(own.filter(({ operation }) => !/:(Query|PutItem|TransactWriteItems)$/.test(operation)).length),
          each(writes(own, 'Events')),
          each(writes(own) - writes(own, 'Events')),
          each(reads(own)),
        ] as const;
      }),
  );
  return {
    title: 'ingest-orders, for each event that it accepts',
    columns: ['queries', 'puts', 'transactions', 'others', 'WRU Events', 'WRU else', 'RRU'],
    rows,
  };
}

/** Who makes the calls. */
function functionTable(runs: readonly Run[]): Table {
  const run = runs.find(({ name }) => name === 'delivered, tracked')!;
  const names = [...new Set(callsOf(run).map(({ caller, operation }) => `${caller} ${operation}`))].sort();
  return {
    title: `SDK calls of the functions for an order: ${run.name}`,
    columns: ['calls', 'WRU', 'RRU'],
    rows: names.map((name) => {
      const calls = callsOf(run).filter(({ caller, operation }) => `${caller} ${operation}` === name);
      return [name, calls.length / ORDERS, writes(calls) / ORDERS, reads(calls) / ORDERS];
    }),
  };
}

/** Of steps that concern their own stream only; those of another stream's, see the table. */
function targetsOf(runs: readonly Run[]): Target[] {
  const plain = runs.find(({ name }) => name === 'delivered')!;
  const ingestOf = (type: string) => (plain.steps.get(type) ?? []).filter(({ caller }) => caller === INGEST);
  const later = ['OrderPaid', 'OrderShipped', 'OrderDelivered'];
  const most = (types: readonly string[], of: (calls: readonly MeteredCall[]) => number) =>
    Math.max(...types.map((type) => of(ingestOf(type)) / ORDERS));
  const every = ['OrderCreated', ...later];
  return [
    atMost(
      'write units on Events per event',
      most(every, (calls) => writes(calls, 'Events')),
      1,
    ),
    atMost(
      'write units elsewhere, by the ingest',
      most(every, (calls) => writes(calls) - writes(calls, 'Events')),
      0,
    ),
    atMost(
      'ingest: puts per event',
      most(every, (calls) => callsTo(calls, 'PutItem')),
      1,
    ),
    atMost('ingest: queries of a first event', callsTo(ingestOf('OrderCreated'), 'Query') / ORDERS, 0),
    atMost(
      'ingest: queries of a later event',
      most(later, (calls) => callsTo(calls, 'Query')),
      1,
    ),
    atMost(
      'ingest: other calls',
      most(every, (calls) => calls.length - callsTo(calls, 'PutItem') - callsTo(calls, 'Query')),
      0,
    ),
  ];
}

/** By service, of all orders of a run. */
function dollarsOf(run: Run): Record<string, number> {
  const calls = callsOf(run);
  return {
    DynamoDB: dollars({ writeUnits: writes(calls), readUnits: reads(calls) }),
    EventBridge: dollars({ busEvents: run.busEvents }),
    Lambda: dollars({ lambdaRequests: run.invocations.billedMs.length, lambdaGbSeconds: gbSeconds(run) }),
    'CloudWatch Logs': dollars({ logMegabytes: run.invocations.logBytes / 1e6 }),
    SQS: dollars({ queueRequests: queueRequests(run) }),
  };
}

const INGEST = 'ingest-orders';

const totalDollars = (run: Run): number => sum(Object.values(dollarsOf(run)), (one) => one);

/** As long as here (but for the slowest, which other work on the machine has held up), and what calls take longer at AWS. */
function gbSeconds(run: Run): number {
  const { billedMs } = run.invocations;
  const usual = [...billedMs].sort((a, b) => a - b).slice(0, Math.ceil(billedMs.length * USUAL));
  const ms = billedMs.length * (sum(usual, Number) / usual.length) + AWS_CALL_MS * callsOf(run).length;
  return (MEMORY_GB * ms) / 1000;
}

/** A message is sent, received and deleted. */
const queueRequests = ({ messages }: Run): number => 3 * messages;

const callsOf = ({ steps }: Run): MeteredCall[] => [...steps.values()].flat();
const callsTo = (calls: readonly MeteredCall[], name: string): number =>
  calls.filter(({ operation }) => operation === `dynamodb:${name}`).length;
const writes = (calls: readonly MeteredCall[], table?: string): number =>
  sum(calls, ({ units }) => sum(units, (one) => (table === undefined || placeOf(one) === table ? one.writes : 0)));
const reads = (calls: readonly MeteredCall[]): number => sum(calls, ({ units }) => sum(units, (one) => one.reads));

/** `Views`, `Views/orders-by-user` */
const placeOf = ({ table, index }: MeteredCall['units'][number]): string =>
  index === undefined ? table : `${table} indexes`;
const tablesOf = (runs: readonly Run[]): string[] => [
  ...new Set(
    runs
      .flatMap(callsOf)
      .flatMap(({ units }) => units)
      .filter(({ writes }) => writes > 0)
      .map(placeOf),
  ),
];

const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((total, one) => total + of(one), 0);
