import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudProcess } from './support/cloud-process';
import { Contention, type Contest, STRATEGIES } from './support/contention';
import { HotOrders, type Rush } from './support/hot-orders';
import { atLeast, atMost, makeReport, percentile, type Report } from './support/report';

const WRITERS = [10, 30, 100] as const;
/** Of each function, at a time: a hundred, each with a thread, are too many for a few cores within the functions' timeouts. */
const ENVIRONMENTS = 40;

/** Many who want the same SKU at once: on the deployed stack, and how writers that stand in line compare with those that do not. */
export async function hotSku(): Promise<Report> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-hot-sku-'));
  const cloud = await CloudProcess.start(dir, '--environments', String(ENVIRONMENTS));
  try {
    const contests = await compareStrategies(cloud.endpoint);
    const orders = new HotOrders(cloud);
    say('warming up');
    await orders.warmUp();
    const rushes: Record<string, Rush> = {};
    for (const way of ['HTTP', 'bus'] as const) {
      for (const pieces of [100, 10]) {
        say(`100 confirmations over ${way} for ${pieces} pieces`);
        rushes[`${way}, ${pieces} pieces`] = await orders.rush(way, pieces);
      }
    }
    orders.close();
    const optimistic = contests['optimistic, 100 writers']!;
    const line = contests['line, 100 writers']!;
    const of100 = (way: string) => rushes[`${way}, 100 pieces`]!;
    return makeReport(
      'hot-sku',
      {
        ...figures(rushes, rushFigures),
        ...figures(contests, contestFigures),
        'memory peak MB': cloud.memory().peak,
      },
      [
        atLeast('confirmed of 100 over HTTP', of100('HTTP').confirmed, 100),
        atLeast('confirmed of 100 over the bus', of100('bus').confirmed, 100),
        atMost(
          'gave up on the stack',
          sum(rushes, ({ gaveUp }) => gaveUp),
          0,
        ),
        atMost('oversold', sum(rushes, ({ oversold }) => oversold) + sum(contests, ({ oversold }) => oversold), 0),
        atMost(
          'line: gave up',
          sum({ line }, ({ gaveUp }) => gaveUp),
          0,
        ),
        atMost('line: conflicts per confirmation', line.conflicts / line.confirmed, 1.5),
        atLeast('line / optimistic, confirmed of 100', line.confirmed / optimistic.confirmed, 1.3),
      ],
    );
  } finally {
    await cloud.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Each strategy with the same writers one after the other, with the latencies of a region. */
async function compareStrategies(endpoint: string): Promise<Record<string, Contest>> {
  const contention = await Contention.on(endpoint);
  await contention.contest('optimistic', 30);
  const contests: Record<string, Contest> = {};
  for (const writers of WRITERS) {
    for (const strategy of STRATEGIES) {
      say(`${strategy}: ${writers} writers`);
      contests[`${strategy}, ${writers} writers`] = await contention.contest(strategy, writers);
    }
  }
  contention.close();
  return contests;
}

const rushFigures = ({ confirmed, refused, gaveUp, conflicts, calls, latencies, ms }: Rush) => ({
  confirmed,
  refused,
  'gave up': gaveUp,
  conflicts,
  'calls each': calls / (confirmed + refused),
  'p50 ms': percentile(latencies, 0.5),
  'p99 ms': percentile(latencies, 0.99),
  'all ms': ms,
});

const contestFigures = ({ confirmed, gaveUp, conflicts, calls, latencies, ms }: Contest) => ({
  confirmed,
  'gave up': gaveUp,
  'conflicts each': conflicts / confirmed,
  'calls each': calls / confirmed,
  'p50 ms': percentile(latencies, 0.5),
  'p99 ms': percentile(latencies, 0.99),
  'all ms': ms,
});

function figures<Run>(runs: Readonly<Record<string, Run>>, of: (run: Run) => Record<string, number>) {
  const named = Object.entries(runs).flatMap(([run, result]) =>
    Object.entries(of(result)).map(([figure, value]) => [`${run}: ${figure}`, value] as const),
  );
  return Object.fromEntries(named);
}

const sum = <Run>(runs: Readonly<Record<string, Run>>, of: (run: Run) => number): number =>
  Object.values(runs).reduce((total, run) => total + of(run), 0);

const say = (what: string) => process.stderr.write(`… ${what}\n`);
