import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { dynamoDbSettings } from '../../functions/composition';
import { Castore } from './castore';
import type { Contender } from './contender';
import { BEGIN, fillLong, GROUP, NEXT, WIDTH, WORKLOADS, type Workload } from './duel-workloads';
import { MeteredClient } from './metered-client';
import { OurStore } from './our-store';
import { dollars } from './prices';
import { inParallel } from './raw-client';
import { atLeast, percentile, type Table, type Target } from './report';
import { settingsFor } from './small-functions';

const ROUNDS = Number(process.env.ROUNDS ?? 9);

type Measure = {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly calls: number;
  readonly writes: number;
  readonly reads: number;
};
type Side = { readonly contender: Contender; readonly metered: MeteredClient };
const ORDERS = ['plain', 'tracked'] as const;
type Order = (typeof ORDERS)[number];

/** Measures of one side by workload, one for each round. */
type Results = ReadonlyMap<string, readonly Measure[]>;

/**
 * Our event store and castore's adapter: the same events, appends and loads on the same endpoint. They take turns at each
 * workload, and a comparison is of the same round, so that whatever else the machine does disturbs all alike.
 */
export async function storeDuel(endpoint: string): Promise<{ tables: Table[]; targets: Target[] }> {
  const sides = await sidesAt(endpoint);
  try {
    for (const { contender } of sides) {
      process.stderr.write(`${contender.name}: the long stream …\n`);
      await fillLong(contender);
    }
    const measures = sides.map(() => new Map<string, Measure[]>(WORKLOADS.map(({ name }) => [name, []])));
    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      process.stderr.write(`round ${round} of ${ROUNDS} …\n`);
      for (const workload of WORKLOADS) {
        for (let n = 0; n < sides.length; n++) {
          const turn = (n + round) % sides.length;
          const measure = await measured(sides[turn]!, workload, round);
          if (round > 0) measures[turn]!.get(workload.name)!.push(measure);
        }
      }
    }
    const [ours, theirs, alike] = [measures[0]!, measures[1]!, measures[2]!];
    const bytes = await Promise.all(sides.slice(0, 2).map(bytesPerEvent));
    return {
      tables: [speedTable(ours, theirs, alike), unitTable(ours, theirs), priceTable(ours, theirs, bytes)],
      targets: targetsOf(ours, theirs),
    };
  } finally {
    for (const { metered } of sides) metered.close();
  }
}

/** Ours with the client that our functions have; castore with the one of its README, and with ours. */
async function sidesAt(endpoint: string): Promise<Side[]> {
  const settings = settingsFor(endpoint);
  const [ours, theirs, alike] = [
    new MeteredClient({ ...settings, ...dynamoDbSettings }),
    new MeteredClient(settings),
    new MeteredClient({ ...settings, ...dynamoDbSettings }),
  ];
  const tables = { events: 'duel-events', inbox: 'duel-inbox', keys: 'duel-keys' };
  await OurStore.makeTables(ours.client, tables);
  for (const table of ['duel-castore', 'duel-castore-alike']) await Castore.makeTable(theirs.client, table);
  return [
    { contender: new OurStore(ours.client, tables), metered: ours },
    { contender: new Castore(theirs.client, 'duel-castore'), metered: theirs },
    { contender: new Castore(alike.client, 'duel-castore-alike'), metered: alike },
  ];
}

async function measured({ contender, metered }: Side, workload: Workload, round: number): Promise<Measure> {
  const { count, prepare, task } = workload;
  await prepare?.(contender, round);
  metered.take();
  const cpu = process.cpuUsage();
  const seconds = await inParallel(count, WIDTH, (n) => task(contender, round, n));
  const { user, system } = process.cpuUsage(cpu);
  const { calls, reads, writes } = metered.take();
  return {
    perSecond: count / seconds,
    cpuMs: (user + system) / 1000 / count,
    calls: calls / count,
    reads: reads / count,
    writes: writes / count,
  };
}

const median = (measures: readonly Measure[], of: (measure: Measure) => number): number =>
  percentile(measures.map(of), 0.5);

/** Of each round's `a` to its `b`, the median. */
const ratio = <T>(a: readonly T[], b: readonly T[], of: (one: T) => number): number =>
  percentile(
    a.map((one, round) => of(one) / of(b[round]!)),
    0.5,
  );

/** The appends of an order of five events, of which two with the stock of two SKUs if `tracked`. */
const appendsOf = (order: Order): readonly (readonly [name: string, times: number])[] =>
  order === 'plain'
    ? [
        [BEGIN, 1],
        [NEXT, 4],
      ]
    : [
        [BEGIN, 1],
        [NEXT, 2],
        [GROUP, 2],
      ];

const dollarsPerMillion = (results: Results, order: Order): number =>
  1e6 * appendsOf(order).reduce((sum, [name, times]) => sum + times * median(results.get(name)!, price), 0);

/** What the appends of an order take of the endpoint's time, in seconds, for each round. */
const timesOf = (results: Results, order: Order): number[] =>
  results
    .get(BEGIN)!
    .map((_, round) =>
      appendsOf(order).reduce((sum, [name, times]) => sum + times / results.get(name)![round]!.perSecond, 0),
    );

const price = ({ reads, writes }: Measure): number => dollars({ readUnits: reads, writeUnits: writes });

function speedTable(ours: Results, theirs: Results, alike: Results): Table {
  return {
    title: 'the event store alone: ours, castore, castore with our client (medians; 16 calls at a time)',
    columns: ['per s', 'castore', 'castore*', 'CPU ms', 'castore', 'castore*'],
    rows: [...ours.keys()].map((name) => {
      const three = [ours, theirs, alike].map((results) => results.get(name)!);
      return [
        name,
        ...three.map((measures) => median(measures, ({ perSecond }) => perSecond)),
        ...three.map((measures) => median(measures, ({ cpuMs }) => cpuMs)),
      ];
    }),
  };
}

function unitTable(ours: Results, theirs: Results): Table {
  return {
    title: 'calls and units',
    columns: ['calls', 'castore', 'WRU', 'castore', 'RRU', 'castore'],
    rows: [...ours].map(([name, [a]]) => {
      const b = theirs.get(name)![0]!;
      return [name, a!.calls, b.calls, a!.writes, b.writes, a!.reads, b.reads];
    }),
  };
}

function priceTable(ours: Results, theirs: Results, bytes: readonly number[]): Table {
  const storage = (order: Order) => [ours, theirs].map((results) => dollarsPerMillion(results, order));
  return {
    title: 'reads and writes of the event store alone for a million orders of five events, $',
    columns: ['orderstream', 'castore'],
    rows: [
      ['plain', ...storage('plain')],
      ['tracked: two of the steps with the stock of 2 SKUs', ...storage('tracked')],
      ['bytes of an event', ...bytes],
    ],
  };
}

/**
 * Above 1: ours is faster, or cheaper. Faster by the CPU that a call takes of its caller: that is billed, and what else this
 * machine does hardly touches it; and by the time that whole orders take.
 */
function targetsOf(ours: Results, theirs: Results): Target[] {
  const names = [...ours.keys()];
  const better = (name: string, of: (measure: Measure) => number) => ratio(theirs.get(name)!, ours.get(name)!, of);
  return [
    ...names.map((name) =>
      atLeast(
        `beside castore: CPU, ${name}`,
        better(name, ({ cpuMs }) => cpuMs),
        1,
      ),
    ),
    ...names.map((name) => atLeast(`beside castore: price, ${name}`, better(name, price), 1)),
    ...ORDERS.map((order) =>
      atLeast(`beside castore: time, ${order} orders`, ratio(timesOf(theirs, order), timesOf(ours, order), Number), 1),
    ),
    ...ORDERS.map((order) =>
      atLeast(
        `beside castore: price, ${order} orders`,
        dollarsPerMillion(theirs, order) / dollarsPerMillion(ours, order),
        1,
      ),
    ),
  ];
}

async function bytesPerEvent({ contender, metered }: Side): Promise<number> {
  const { Table } = await metered.client.send(new DescribeTableCommand({ TableName: contender.table }));
  return (Table?.TableSizeBytes ?? 0) / (Table?.ItemCount ?? 1);
}
