import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDbFeedReader } from '../functions/adapters/feed/feed-reader';
import { systemEffects } from '../functions/adapters/system-effects';
import { DynamoDbViewLists } from '../functions/adapters/views/view-lists';
import type { PageRequest } from '../functions/application/read-models/page';
import { orderStatuses } from '../functions/application/read-models/rows';
import { createViewsTable } from '../test/support/views-table';
import { BareCloud } from './support/bare-cloud';
import { BIG_USER, generation, positionOf, storyOf, userOf, writeListed } from './support/listed-orders';
import { MeteredClient } from './support/metered-client';
import { atMost, makeReport, percentile, type Report, type Table } from './support/report';
import { settingsFor } from './support/small-functions';

const SMALL = 10_000;
const LARGE = Number(process.env.ORDERS ?? 1_000_000);
const PAGE = 20;
const WARM_UP = 20;
const RUNS = 200;
/** How much longer a list may take of a hundred times as many orders. */
const GOAL = 1.5;

type Size = { readonly count: number; readonly lists: DynamoDbViewLists; readonly feed: DynamoDbFeedReader };
type List = (of: Size) => Promise<readonly unknown[]>;
type Measured = { readonly ms: number[]; calls: number; reads: number };

/** Every list of the query API, first page and deep down, where there are ten thousand orders and where there are a million. */
export async function lists(): Promise<Report> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-lists-'));
  BareCloud.build();
  const cloud = await BareCloud.start({ dir });
  const metered = new MeteredClient(settingsFor(cloud.endpoint));
  try {
    const sizes: Size[] = [];
    const ordersPerSecond: number[] = [];
    for (const count of [SMALL, LARGE]) {
      const table = `views-${count}`;
      await createViewsTable(metered.client, table);
      const startedAt = performance.now();
      await writeListed(metered.client, table, count, progressOf(count, startedAt));
      ordersPerSecond.push((count * 1_000) / (performance.now() - startedAt));
      sizes.push({
        count,
        lists: new DynamoDbViewLists(metered.client, table),
        feed: new DynamoDbFeedReader(metered.client, table, systemEffects),
      });
    }
    await cloud.idle();
    const measured = new Map<string, readonly Measured[]>();
    for (const [name, list] of Object.entries(LISTS)) {
      process.stderr.write(`${name} …\n`);
      measured.set(name, await measure(metered, sizes, list));
    }
    return {
      ...makeReport(
        'lists',
        { 'orders written/s, at first': ordersPerSecond[0]!, 'and of many': ordersPerSecond[1]! },
        [
          ...[...measured].map(([name, [small, large]]) =>
            atMost(`${name}: p50, many / few`, percentile(large!.ms, 0.5) / percentile(small!.ms, 0.5), GOAL),
          ),
          atMost(
            'most calls more than of few',
            Math.max(...[...measured.values()].map(([few, many]) => many!.calls - few!.calls)),
            0.5,
          ),
        ],
      ),
      tables: [tableOf(measured)],
    };
  } finally {
    metered.close();
    await cloud.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const first: PageRequest = { limit: PAGE };
/** From the middle of the list on. */
const deep = ({ count }: Size, by: 'updated' | 'created' | 'recorded'): PageRequest => ({
  limit: PAGE,
  after: positionOf(count / 2)[by],
});
const stuckBefore = '2030-01-01T00:00:00.000Z';

const LISTS: Readonly<Record<string, List>> = {
  'all orders': async ({ lists }) => (await lists.ordersByStatus(generation, orderStatuses, first)).items,
  'all orders, deep': async (of) =>
    (await of.lists.ordersByStatus(generation, orderStatuses, deep(of, 'updated'))).items,
  'of a rare status': async ({ lists }) => (await lists.ordersByStatus(generation, ['paid'], first)).items,
  'of a rare status, deep': async (of) =>
    (await of.lists.ordersByStatus(generation, ['paid'], deep(of, 'updated'))).items,
  'of the usual status': async ({ lists }) => (await lists.ordersByStatus(generation, ['delivered'], first)).items,
  'of the usual status, deep': async (of) =>
    (await of.lists.ordersByStatus(generation, ['delivered'], deep(of, 'updated'))).items,
  'of a user': async ({ lists, count }) => (await lists.ordersByUser(generation, userOf(count / 2), first)).items,
  'of a big user, deep': async (of) => (await of.lists.ordersByUser(generation, BIG_USER, deep(of, 'created'))).items,
  stuck: ({ lists }) => lists.longestInStatus(generation, 'paid', stuckBefore, PAGE),
  faulted: ({ lists }) => lists.faulted(PAGE),
  'newest events': async ({ feed }) => (await feed.newest(first)).items,
  'newest events, deep': async (of) => (await of.feed.newest(deep(of, 'recorded'))).items,
  'events of a type': async ({ feed }) => (await feed.byType('OrderDelivered', first)).items,
  'events of a type, deep': async (of) => (await of.feed.byType('OrderDelivered', deep(of, 'recorded'))).items,
  'events of a story': async ({ feed, count }) => (await feed.byCorrelation(storyOf(count / 2), first)).items,
};

/** Few and many by turns, so that whatever else the machine does concerns both. */
async function measure(metered: MeteredClient, sizes: readonly Size[], list: List): Promise<readonly Measured[]> {
  const all = sizes.map((): Measured => ({ ms: [], calls: 0, reads: 0 }));
  for (let run = -WARM_UP; run < RUNS; run++) {
    for (const [index, size] of sizes.entries()) {
      metered.take();
      const startedAt = performance.now();
      const items = await list(size);
      const ms = performance.now() - startedAt;
      if (items.length === 0) throw new Error(`of ${size.count} orders none was listed`);
      const { calls, reads } = metered.take();
      if (run < 0) continue;
      const measured = all[index]!;
      measured.ms.push(ms);
      measured.calls += calls / RUNS;
      measured.reads += reads / RUNS;
    }
  }
  return all;
}

function tableOf(measured: ReadonlyMap<string, readonly Measured[]>): Table {
  const figures = (of: (one: Measured) => number) => (all: readonly Measured[]) => all.map(of);
  const columns = [
    ['calls', figures(({ calls }) => calls)],
    ['RRU', figures(({ reads }) => reads)],
    ['p50 ms', figures(({ ms }) => percentile(ms, 0.5))],
    ['p99 ms', figures(({ ms }) => percentile(ms, 0.99))],
  ] as const;
  return {
    title: `a page of ${PAGE}: of ${SMALL} orders, and of ${LARGE}`,
    columns: columns.flatMap(([name]) => [name, `${name} *`]),
    rows: [...measured].map(([name, all]) => [name, ...columns.flatMap(([, of]) => of(all))] as const),
  };
}

/** Says every five seconds how far it is. */
function progressOf(count: number, startedAt: number): (written: number) => void {
  let said = startedAt;
  return (written) => {
    const now = performance.now();
    if (now - said < 5_000 && written < count) return;
    said = now;
    process.stderr.write(
      `${written} of ${count} orders written, ${Math.round((written * 1_000) / (now - startedAt))}/s …\n`,
    );
  };
}
