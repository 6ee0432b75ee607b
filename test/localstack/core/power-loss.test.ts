import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { Store } from '../../../localstack/cloud/core/store';
import { projectRoot } from '../../support/local-assembly';
import { contentOf, stateAfter, writeBatch } from '../../support/power-loss/batches';
import { Disk, PAGE } from '../../support/power-loss/disk';
import { type FileEvent, fileEvents, STRACE_OPTIONS } from '../../support/power-loss/system-calls';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'power-loss-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

let images = 0;
/** Opens a file (if there is one) as a store, and returns how many batches are there: whole, and with nothing else. */
async function batchesIn(image: Buffer | undefined): Promise<number> {
  const home = join(dir, `image-${images++}`);
  mkdirSync(home);
  if (image) writeFileSync(join(home, 'store.mdb'), image);
  const store = new Store({ dir: home, sync: false });
  const content = contentOf(store);
  await store.close();
  rmSync(home, { recursive: true });
  const batches = Number(content.get('progress/batch') ?? 0);
  expect(content).toEqual(stateAfter(batches));
  return batches;
}

/** The same numbers in every run, in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
const withStrace = canTrace ? describe : describe.skip;

withStrace(
  `the store on a disk that loses what was not synced${canTrace ? '' : ' (skipped: strace is not there, or may not trace)'}`,
  () => {
    const BATCHES = 40;

    /** What a process that writes batches does to the store's file, and when it says that a batch is durable. */
    function record(sync: 'sync' | 'no-sync'): FileEvent[] {
      const program = join(projectRoot, 'dist/test/power-loss-writer.cjs');
      buildSync({
        entryPoints: [join(projectRoot, 'test/support/power-loss/writer.ts')],
        outfile: program,
        bundle: true,
        platform: 'node',
        packages: 'external',
      });
      const home = join(dir, sync);
      const log = join(dir, `${sync}.strace`);
      const args = [...STRACE_OPTIONS, '-o', log, process.execPath, program, home, sync, String(BATCHES)];
      const { status, stdout, stderr } = spawnSync('strace', args, { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout.match(/^durable \d+$/gm)).toHaveLength(BATCHES);
      return fileEvents(readFileSync(log, 'utf8'), join(home, 'store.mdb'));
    }

    /** Which of the pages that were not synced the disk has: one answer after the other, for each image. */
    type Survivors = (uncertain: number) => (() => boolean)[];
    const none: Survivors = () => [() => false];
    const any = (random: () => number): Survivors => {
      return (uncertain) => {
        if (uncertain === 0) return none(0);
        // Few enough to try all of them.
        if (uncertain <= 3) return Array.from({ length: 2 ** uncertain }, (_, set) => bitsOf(set));
        const share = random();
        return [() => false, () => true, () => random() < share, () => random() < share];
      };
    };
    const bitsOf = (set: number) => () => {
      const bit = set % 2 === 1;
      set >>= 1;
      return bit;
    };

    /** Lets the power go after each of the events. Returns how often, and what was wrong then. */
    async function losses(
      events: readonly FileEvent[],
      survivors: Survivors,
    ): Promise<{ count: number; wrong: string[] }> {
      const disk = new Disk();
      let acknowledged = 0;
      let count = 0;
      const wrong: string[] = [];
      for (const [at, event] of events.entries()) {
        disk.happen(event);
        if (event.kind === 'printed')
          acknowledged = Math.max(acknowledged, Number(/durable (\d+)/.exec(event.text)?.[1]));
        // The disk is the same when a batch is acknowledged next, and has to have more then.
        if (events[at + 1]?.kind === 'printed' || !changesTheDisk(event)) continue;
        for (const reached of survivors(disk.uncertain)) {
          count++;
          const found = await batchesIn(disk.image(reached)).catch((error: Error) => error);
          if (found instanceof Error) wrong.push(`after batch ${acknowledged}: ${found.message}`);
          else if (found < acknowledged) wrong.push(`batch ${acknowledged} was durable, and only ${found} are there`);
        }
      }
      return { count, wrong };
    }
    const changesTheDisk = (event: FileEvent) =>
      event.kind === 'named' ||
      event.kind === 'name synced' ||
      event.kind === 'write' ||
      event.kind === 'synced' ||
      event.kind === 'printed' ||
      (event.kind === 'written' && event.synced);

    test('has every batch that was durable, and no part of another', async () => {
      const events = record('sync');
      expect(events.filter(({ kind }) => kind === 'synced').length).toBeGreaterThan(BATCHES / 4);
      const { count, wrong } = await losses(events, any(seeded(1)));
      expect(wrong).toEqual([]);
      expect(count).toBeGreaterThan(BATCHES);
    }, 60_000);

    test('would not have them without the sync: this test can fail', async () => {
      const events = record('no-sync');
      expect(events.filter(({ kind }) => kind === 'write').length).toBeGreaterThan(BATCHES / 4);
      const { wrong } = await losses(events, none);
      expect(wrong).toContain(`batch ${BATCHES} was durable, and only 0 are there`);
    }, 60_000);
  },
);

describe('the file of the store', () => {
  const file = (store: string) => readFileSync(join(store, 'store.mdb'));
  const pages = (image: Buffer) => Math.ceil(image.length / PAGE);
  const page = (image: Buffer, n: number) => image.subarray(n * PAGE, (n + 1) * PAGE);

  /** `before` with any of the pages that the next batch has written, but with its own meta pages (0 and 1). */
  function mixed(before: Buffer, after: Buffer, reached: () => boolean): Buffer {
    const image = Buffer.alloc(Math.max(before.length, after.length));
    before.copy(image);
    for (let n = 2; n < pages(after); n++) if (reached()) page(after, n).copy(image, n * PAGE);
    return image;
  }

  test('has a batch whole as soon as a meta page says so, and not a byte of it before', async () => {
    const random = seeded(2);
    const home = join(dir, 'portable');
    const store = new Store({ dir: home, sync: true });
    writeBatch(store, 1);
    await store.durable();
    for (let n = 2; n <= 60; n++) {
      const before = file(home);
      writeBatch(store, n);
      const durable = store.durable();
      // While the batch is written, and whatever of it is there.
      const during = file(home);
      await durable;
      const after = file(home);
      expect(await batchesIn(after)).toBe(n);
      expect([n - 1, n]).toContain(await batchesIn(during));
      const share = random();
      for (const reached of [() => true, () => random() < share]) {
        expect(await batchesIn(mixed(before, after, reached))).toBe(n - 1);
      }
    }
    await store.close();
  }, 60_000);
});
