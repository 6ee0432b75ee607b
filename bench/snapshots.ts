import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reducerHashes } from '../functions/application/reducer-hashes';
import { BareCloud } from './support/bare-cloud';
import type { Occurrence, Place } from './support/contender';
import { MeteredClient } from './support/metered-client';
import { OurStore } from './support/our-store';
import { atMost, makeReport, percentile, type Report, type Table } from './support/report';
import { settingsFor } from './support/small-functions';

const LENGTHS = [10, 100, 1_000, 10_000] as const;
/** Loads of each stream; fewer where each reads thousands of events. */
const LOADS = 200;
const WHOLE_LOADS = 20;
const APPENDS = 100;

type Curve = { readonly ms: number; readonly calls: number; readonly reads: number; readonly writes: number };

/**
 * What a stream costs to load by its length: as it is, and to code whose reducer no snapshot was made by, which has to read
 * all of it. And what an append costs that looks for a duplicate first, also where a snapshot hides it.
 */
export async function snapshots(): Promise<Report> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-snapshots-'));
  BareCloud.build();
  const cloud = await BareCloud.start({ dir });
  const metered = new MeteredClient(settingsFor(cloud.endpoint));
  const tables = { events: 'events', inbox: 'inbox', keys: 'keys' };
  const store = new OurStore(metered.client, tables);
  const stranger = new OurStore(metered.client, tables, { ...reducerHashes, inventory: 'another' });
  try {
    await OurStore.makeTables(metered.client, tables);
    for (const length of LENGTHS) {
      process.stderr.write(`a stream of ${length} events …\n`);
      await store.fill(streamOf(length), events(length, 0));
    }
    const load = (of: OurStore, length: number, times: number) =>
      curve(metered, times, async () => {
        const version = await of.load(streamOf(length));
        if (version !== length) throw new Error(`loaded up to version ${version} of ${length}`);
      });
    for (const warm of [store, stranger]) await load(warm, 100, LOADS);
    const using = new Map<number, Curve>();
    const whole = new Map<number, Curve>();
    for (const length of LENGTHS) {
      process.stderr.write(`loads of ${length} events …\n`);
      using.set(length, await load(store, length, LOADS));
      whole.set(length, await load(stranger, length, length > 100 ? WHOLE_LOADS : LOADS));
    }
    const appended = new Map<number, Curve>();
    const refused = new Map<number, Curve>();
    for (const length of LENGTHS) {
      const oldest = events(1, 0)[0]!;
      const duplicate = async () => expectIs('duplicate', await store.appendUnlessThere(streamOf(length), oldest));
      refused.set(length, await curve(metered, APPENDS, duplicate));
      const fresh = events(APPENDS, length);
      const append = async (n: number) =>
        expectIs('appended', await store.appendUnlessThere(streamOf(length), fresh[n]!));
      appended.set(length, await curve(metered, APPENDS, append));
    }
    return {
      ...makeReport('snapshots', {}, [
        atMost('load: 10,000 events / 100 events', using.get(10_000)!.ms / using.get(100)!.ms, 2),
        atMost('load: calls at 10,000 events', using.get(10_000)!.calls, 1),
        atMost('load: read units, 10,000 / 100', using.get(10_000)!.reads / using.get(100)!.reads, 1),
        atMost('append: 10,000 events / 100 events', appended.get(10_000)!.ms / appended.get(100)!.ms, 2),
        atMost('duplicate of event 1: calls', refused.get(10_000)!.calls, 2),
      ]),
      tables: [
        curveTable('load, with snapshots (median ms)', using),
        curveTable('load, by a reducer that no snapshot was made by', whole),
        curveTable('load, look for the duplicate, append (snapshots and identities included)', appended),
        curveTable('the same with a duplicate of the first event', refused),
      ],
    };
  } finally {
    metered.close();
    await cloud.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function curve(metered: MeteredClient, times: number, task: (n: number) => Promise<void>): Promise<Curve> {
  metered.take();
  const ms: number[] = [];
  for (let n = 0; n < times; n++) {
    const startedAt = performance.now();
    await task(n);
    ms.push(performance.now() - startedAt);
  }
  const { calls, reads, writes } = metered.take();
  return { ms: percentile(ms, 0.5), calls: calls / times, reads: reads / times, writes: writes / times };
}

const curveTable = (title: string, curves: ReadonlyMap<number, Curve>): Table => ({
  title,
  columns: ['ms', 'calls', 'RRU', 'WRU'],
  rows: [...curves].map(([length, { ms, calls, reads, writes }]) => [`${length} events`, ms, calls, reads, writes]),
});

const streamOf = (length: number): Place => ({ kind: 'inventory', id: `sku-${length}` });

/** Events `from + 1` … `from + count` of a stream. */
const events = (count: number, from: number): Occurrence[] =>
  Array.from({ length: count }, (_, n) => ({
    type: 'StockAdded',
    id: `0190d1f2-7b3a-7c4d-8e5f-${String(from + n).padStart(12, '0')}`,
    source: 'warehouse',
    time: new Date(Date.UTC(2026, 0, 1) + (from + n) * 1000).toISOString(),
    correlationId: '0190d1f2-7b3a-7c4d-8e5f-6a7b8c9d0e1f',
    data: { sku: 'teapot', quantity: 1 },
  }));

function expectIs(expected: string, outcome: string): void {
  if (outcome !== expected) throw new Error(`an event was ${outcome}, expected: ${expected}`);
}
