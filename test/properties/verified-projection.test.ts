import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Generation, Generations } from '../../functions/application/read-models/generations';
import type { RowPlace, ViewRows } from '../../functions/application/read-models/ports';
import type { Projection } from '../../functions/application/read-models/projection';
import type { OrderSummary, ViewRow } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import type { FindingKind } from '../../functions/application/verify/findings';
import { orderSummary } from '../../functions/projections/order-summary';
import { projections } from '../../functions/projections/projections';
import { makeGenerationProjector, makeProjector, type ProjectorPorts } from '../../functions/projections/projector';
import { HistoryReader } from '../support/history-reader';
import { MemoryFaults } from '../support/memory-faults';
import { expectedRows, histories } from '../support/projected-histories';
import { VerifiedWorld, withGenerations } from '../support/verified-world';

/** Batches after which a delivery that still fails is stuck. */
const PATIENCE = 500;
const names = projections.map(({ name }) => name);
const began = '2026-01-01T00:00:00.000Z';
const first: Generation = { number: 1, revision: 1, startedAt: began, complete: true };
const second: Generation = { number: 2, revision: 2, startedAt: began, complete: true };
/** A later revision of the fold of orders, which makes other rows. */
const counting = {
  ...orderSummary,
  revision: 2,
  fold: (order: OrderSummary | undefined, event: RecordedEvent) => ({
    ...orderSummary.fold(order, event),
    steps: ((order as { steps?: number } | undefined)?.steps ?? 0) + 1,
  }),
} as unknown as Projection;

/** Where a shard's function dies: behind so many writes, before or after the next one has been done. */
type Death = { readonly writes: number; readonly done: boolean };
type Trouble = {
  /** Of the stream of the table. Records of one stream are in one shard, in any order, some of them twice. */
  readonly shards: readonly (readonly RecordedEvent[])[];
  /** Records a batch. */
  readonly cuts: Iterator<number>;
  /** Of each environment of the function, one after the other; undefined: it lives. */
  readonly deaths: Iterator<Death | undefined>;
  /** Which batches are never delivered. */
  readonly losses: Iterator<boolean>;
};

const troubles = histories.chain((history) =>
  fc
    .record({
      records: fc
        .shuffledSubarray([...history, ...history], { minLength: history.length })
        // Each at least once; what the subarray has left out comes last.
        .map((some) => [...some, ...history.filter((event) => !some.includes(event))]),
      shards: fc.integer({ min: 1, max: 3 }),
      cuts: fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      deaths: fc.infiniteStream(fc.option(fc.record({ writes: fc.nat(4), done: fc.boolean() }), { nil: undefined })),
      losses: fc.infiniteStream(fc.nat(9).map((n) => n === 0)),
    })
    .map(({ records, shards, ...rest }) => ({
      history,
      ...rest,
      shards: Array.from({ length: shards }, (_, shard) =>
        records.filter(({ stream }) => stream.length % shards === shard),
      ),
    })),
);

/** One environment of the function: from some write on nothing that it asks for is answered any more. */
function mortal(rows: ViewRows, death: Death | undefined): { readonly rows: ViewRows; readonly isDead: () => boolean } {
  let left = death?.writes ?? Number.POSITIVE_INFINITY;
  let isDead = false;
  const dying = () => Promise.reject(new Error('it has died'));
  return {
    isDead: () => isDead,
    rows: {
      getMany: (places) => (isDead ? dying() : rows.getMany(places)),
      async put(generation, row, before) {
        if (isDead) return dying();
        if (left-- > 0) return rows.put(generation, row, before);
        isDead = true;
        if (death?.done) await rows.put(generation, row, before);
        return dying();
      },
    },
  };
}

const delivered = (events: readonly RecordedEvent[]) => events.map((event) => ({ ...event, read: () => event }));

/** What the function of each shard does, all of them at once, until every batch is passed or lost. */
async function deliver(world: VerifiedWorld, rows: ViewRows, trouble: Trouble): Promise<void> {
  const shard = async (records: readonly RecordedEvent[]) => {
    const queue = [...records];
    let environment = mortal(rows, trouble.deaths.next().value);
    let project = makeProjector(portsOf(world, environment.rows));
    for (let round = 0; queue.length > 0; round++) {
      expect(round).toBeLessThan(PATIENCE);
      const batch = queue.splice(0, trouble.cuts.next().value);
      if (trouble.losses.next().value) continue;
      const results = await project(delivered(batch));
      const failed = new Set(results.filter(({ outcome }) => outcome === 'failed').map(({ stream }) => stream));
      // Whoever has died has not said what failed: all of it comes again, to another.
      queue.unshift(...(environment.isDead() ? batch : batch.filter(({ stream }) => failed.has(stream))));
      if (!environment.isDead()) continue;
      environment = mortal(rows, trouble.deaths.next().value);
      project = makeProjector(portsOf(world, environment.rows));
    }
  };
  await Promise.all(trouble.shards.map(shard));
}

const portsOf = (world: VerifiedWorld, rows: ViewRows): ProjectorPorts => ({
  projections: world.projections,
  generations: () => world.generations(),
  rows,
  events: new HistoryReader(world.events),
  deadLetters: { send: () => Promise.reject(new Error('nothing here is beyond passing')) },
  faults: new MemoryFaults(),
  now: world.effects.now,
});

const newestOf = (history: readonly RecordedEvent[]): readonly RecordedEvent[] => [
  ...new Map([...history].sort((a, b) => a.version - b.version).map((event) => [event.stream, event])).values(),
];

type Found = readonly [stream: string, kind: FindingKind];
async function found(world: VerifiedWorld, asked: { names?: readonly string[]; generation?: number } = { names }) {
  const { findings } = await world.verified(asked);
  return findings.map(({ stream, kind }): Found => [stream, kind]).sort();
}

/** The same, by the plain fold. */
function wrong(history: readonly RecordedEvent[], rows: ReadonlyMap<string, ViewRow>, prefix = ''): readonly Found[] {
  const newest = new Map(newestOf(history).map(({ stream, version }) => [stream, version]));
  return [...expectedRows(history, '').keys()]
    .filter((stream) => stream.startsWith(prefix))
    .flatMap((stream): Found[] => {
      const row = rows.get(stream);
      if (!row) return [[stream, 'missing']];
      if (row.fault) return [[stream, 'faulted']];
      return row.version < newest.get(stream)! ? [[stream, 'behind']] : [];
    })
    .sort();
}

describe('shards at once, lost batches, functions that die behind k writes', () => {
  test('the checker names exactly the rows that are late, and none when they have been caught up with', async () => {
    let late = 0;
    await fc.assert(
      fc.asyncProperty(troubles, fc.scheduler(), async ({ history, ...trouble }, scheduler) => {
        const world = new VerifiedWorld([...history]);
        const { rows } = world;
        const slow: ViewRows = {
          getMany: scheduler.scheduleFunction((places: readonly RowPlace[]) => rows.getMany(places)),
          put: scheduler.scheduleFunction((generation: number, row: ViewRow, before: ViewRow | undefined) =>
            rows.put(generation, row, before),
          ),
        };
        await scheduler.waitFor(deliver(world, slow, trouble));
        const before = await found(world);
        expect(before).toEqual(wrong(history, rows.rows));
        late += before.filter(([, kind]) => kind !== 'faulted').length;
        await makeProjector(portsOf(world, rows))(delivered(newestOf(history)));
        expect(await found(world)).toEqual(faulted(history));
      }),
      { numRuns: 200 },
    );
    expect(late).toBeGreaterThan(0);
  });

  test('so it is in two generations of different folds, of which one is begun on the way', async () => {
    await fc.assert(
      fc.asyncProperty(troubles, fc.nat(30), async ({ history, ...trouble }, asks) => {
        const world = new VerifiedWorld([...history]);
        world.projections = [...projections, counting];
        const one = await withGenerations('order-summary', [first], 1);
        const both = await withGenerations('order-summary', [first, second], 1);
        let left = asks;
        world.generations = async (): Promise<ReadonlyMap<string, Generations>> => (left-- > 0 ? one : both);
        await deliver(world, world.rows, trouble);
        await makeProjector(portsOf(world, world.rows))(delivered(newestOf(history)));
        const orders = history.filter(({ stream }) => stream.startsWith('order#'));
        await makeGenerationProjector(portsOf(world, world.rows), counting, 2)(delivered(orders));
        left = 0;
        expect(await found(world)).toEqual(faulted(history));
        const asked = { names: ['order-summary'], generation: 2 };
        expect(await found(world, asked)).toEqual(faulted(history));
        // The folds make different rows, and are told apart.
        for (const [stream, row] of world.rows.copy(1))
          if (stream.startsWith('order#')) world.rows.copy(2).set(stream, row);
        const folded = newestOf(orders).filter(({ stream }) => (world.rows.rows.get(stream)?.version ?? 0) > 0);
        expect((await found(world, asked)).filter(([, kind]) => kind === 'differs')).toHaveLength(folded.length);
      }),
      { numRuns: 100 },
    );
  });
});

const faulted = (history: readonly RecordedEvent[]): readonly Found[] =>
  [...expectedRows(history, '').values()]
    .flatMap(({ stream, fault }): Found[] => (fault ? [[stream, 'faulted']] : []))
    .sort();

describe('the checker is not blind', () => {
  /** Does it to a row; what is found then, or undefined where it cannot be done to this row. */
  type Damage = (world: VerifiedWorld, row: ViewRow, n: number) => FindingKind | undefined;
  const damages: Readonly<Record<string, Damage>> = {
    'a changed field': (world, row, n) => {
      const fields = Object.keys(row).filter((name) => !['version', 'fault'].includes(name));
      const field = fields[n % fields.length]!;
      world.damage(row.stream, (now) => ({ ...now, [field]: 'something else' }));
      return 'differs';
    },
    'a field that is gone': (world, row, n) => {
      const fields = Object.keys(row).filter((name) => !['version', 'fault'].includes(name));
      const field = fields[n % fields.length]!;
      world.damage(row.stream, ({ [field as 'stream']: _, ...now }) => now as ViewRow);
      return 'differs';
    },
    'a field too many': (world, row) => {
      world.damage(row.stream, (now) => ({ ...now, more: null }) as ViewRow);
      return 'differs';
    },
    'a row set back': (world, row, n) => {
      if (row.fault || row.version < 2) return undefined;
      const upTo = 1 + (n % (row.version - 1));
      const early = world.events.filter(({ stream, version }) => stream === row.stream && version <= upTo);
      world.damage(row.stream, () => expectedRows(early, '').get(row.stream));
      return 'behind';
    },
    'a row that has run ahead': (world, row) => {
      world.damage(row.stream, (now) => ({ ...now, version: 1_000 }));
      return 'ahead';
    },
    'a row that is gone': (world, row) => {
      world.damage(row.stream, () => undefined);
      return 'missing';
    },
    'a fault that was cleared': (world, row) => {
      if (!row.fault) return undefined;
      world.damage(row.stream, ({ fault: _, ...now }) => now);
      return 'behind';
    },
    'a fault that was stepped over': (world, row) => {
      if (!row.fault) return undefined;
      world.damage(row.stream, ({ fault, ...now }) => ({ ...now, version: fault!.seen }));
      return 'differs';
    },
    'a fault that nobody met': (world, row) => {
      if (row.fault) return undefined;
      const fault = { version: row.version + 1, error: 'x', since: began, seen: row.version + 1 };
      world.damage(row.stream, (now) => ({ ...now, fault }));
      return 'ahead';
    },
  };

  test.each(Object.keys(damages))('for %s', async (name) => {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), fc.nat(), async (history, which, n) => {
        const world = await new VerifiedWorld([...history]).projected();
        const rows = [...world.rows.rows.values()];
        fc.pre(rows.length > 0);
        const row = rows[which % rows.length]!;
        const kind = damages[name]!(world, row, n);
        fc.pre(kind !== undefined);
        done++;
        const others = faulted(history).filter(([stream]) => stream !== row.stream);
        expect(await found(world)).toEqual([...others, [row.stream, kind]].sort());
      }),
      { numRuns: 50 },
    );
    expect(done).toBeGreaterThan(10);
  });

  test('for a row without a stream, in the live generation and in no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.constantFrom('order#x', 'user#x', 'inventory#x'),
        fc.constantFrom(1, 2),
        async (history, stream, generation) => {
          const world = await new VerifiedWorld([...history]).projected();
          world.rows.copy(generation).set(stream, { stream, version: 1 });
          const orphans: readonly Found[] = generation === 1 ? [[stream, 'orphan']] : [];
          expect(await found(world)).toEqual([...faulted(history), ...orphans].sort());
        },
      ),
    );
  });
});
