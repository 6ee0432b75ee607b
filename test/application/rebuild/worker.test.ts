import { beforeEach, describe, expect, test } from '@jest/globals';
import { firstGenerations } from '../../../functions/application/read-models/generations';
import { beginRebuild, retire } from '../../../functions/application/rebuild/begin-rebuild';
import type { Part, RebuildTarget } from '../../../functions/application/rebuild/ports';
import { makeRebuildWorker, type RebuildWorkerPorts } from '../../../functions/application/rebuild/worker';
import type { RecordedEvent } from '../../../functions/application/recorded-event';
import { FixedEffects } from '../../support/fixed-effects';
import { MemoryGenerationStore } from '../../support/memory-generations';
import { MemoryEventPages, MemoryRebuildProgress, MemoryRebuildQueue } from '../../support/memory-rebuild';
import { orderHistory } from '../../support/recorded';

const history = ['a', 'b', 'c'].flatMap((id) => orderHistory(id, 3));
const orders = { name: 'orders', revisions: [1], prefix: 'order#', inPlace: false };
const part: Part = { projection: 'orders', generation: 2, task: 'build', segment: 0 };

let effects: FixedEffects;
let generations: MemoryGenerationStore;
let progress: MemoryRebuildProgress;
let queue: MemoryRebuildQueue;
let taken: RecordedEvent[][];
let target: RebuildTarget;
let ports: RebuildWorkerPorts;

const work = (one: Part = part) => makeRebuildWorker({ ...ports, targets: new Map([['orders', target]]) })(one);
const generation = () => generations.pointers.get('orders')!.all[1];

beforeEach(async () => {
  effects = new FixedEffects(new Date('2026-01-02T00:00:00.000Z'));
  generations = new MemoryGenerationStore();
  generations.pointers.set('orders', firstGenerations('orders', 1, effects.now()));
  progress = new MemoryRebuildProgress();
  queue = new MemoryRebuildQueue();
  taken = [];
  target = {
    prefix: 'order#',
    inPlace: false,
    take: async (_, events) => {
      taken.push([...events]);
      return { rows: 1, faulted: 0, failed: [] };
    },
  };
  const pages = new MemoryEventPages(() => history, 4);
  ports = { targets: new Map(), generations, progress, pages, queue, effects, workMs: 10_000 };
  await beginRebuild({ ...ports, pages }, orders, { segments: 1 });
  queue.sent.length = 0;
});

describe('a worker', () => {
  test('gives every page of its part to the projection, and says when the last part is done', async () => {
    expect(await work()).toEqual({ ended: 'done', read: 9, taken: 9, rows: 3, faulted: 0 });
    expect(taken.flat()).toEqual(history);
    expect(generation()).toMatchObject({ number: 2, complete: true });
    expect(await work()).toMatchObject({ ended: 'nothing-to-do', read: 0 });
  });

  test('passes its part on when its time is up, and the next one goes on there', async () => {
    const { take } = target;
    target = {
      ...target,
      take: async (...given) => {
        effects.advance(6_000);
        return take(...given);
      },
    };
    expect(await work()).toMatchObject({ ended: 'passed-on', read: 8 });
    expect(queue.sent).toEqual([{ part, delaySeconds: 0 }]);
    expect(generation()).toMatchObject({ complete: false });
    expect(await work()).toMatchObject({ ended: 'done', read: 1 });
    expect(taken.flat()).toEqual(history);
  });

  test('goes on behind the page that the one before it had noted when it died', async () => {
    const { take } = target;
    let left = 2;
    const dies = async (...given: Parameters<typeof take>) => {
      if (left-- === 0) throw new Error('died');
      return take(...given);
    };
    target = { ...target, take: dies };
    await expect(work()).rejects.toThrow('died');
    expect(await progress.get(part)).toMatchObject({ step: 2, read: 8, taken: 8 });
    target = { ...target, take };
    expect(await work()).toMatchObject({ ended: 'done', read: 1 });
    expect(taken.flat()).toEqual(history);
  });

  test('stops by itself where another one has gone on with its part', async () => {
    const advance = progress.advance.bind(progress);
    progress.advance = async (next, before) => {
      progress.advance = advance;
      const { ended } = await work();
      expect(ended).toBe('done');
      return advance(next, before);
    };
    expect(await work()).toMatchObject({ ended: 'overtaken', read: 0 });
    expect(await progress.get(part)).toMatchObject({ done: true, read: 9 });
  });

  test('tries a page again when streams of it failed, and gives its part back when that does not help', async () => {
    const failed = ['order#a: throttled'];
    let failures = 2;
    const { take } = target;
    target = {
      ...target,
      take: async (...given) => (failures-- > 0 ? { rows: 0, faulted: 0, failed } : take(...given)),
    };
    expect(await work()).toMatchObject({ ended: 'done' });
    expect(effects.slept).toEqual([200, 400]);
    await retire({ ...ports, pages: { size: async () => 0 } }, orders, 2);
    await beginRebuild({ ...ports, pages: { size: async () => 0 } }, orders, { segments: 1 });
    failures = 3;
    await expect(work({ ...part, generation: 3 })).rejects.toThrow('tried 3 times: order#a: throttled');
  });

  test('stops when its generation is retired', async () => {
    const { take } = target;
    target = {
      ...target,
      take: async (...given) => {
        await retire({ ...ports, pages: { size: async () => 9 } }, orders, 2);
        return take(...given);
      },
    };
    expect(await work()).toMatchObject({ ended: 'nothing-to-do', read: 4 });
    expect(taken).toHaveLength(1);
  });

  test('does not know projections that its release has not', async () => {
    await expect(work({ ...part, projection: 'users' })).rejects.toThrow('no projection users; it has orders');
  });
});

describe('the rows of a retired generation', () => {
  test('are removed page by page, never while the generation is there, and all notes of it at the end', async () => {
    const removed: (string | undefined)[] = [];
    target = {
      ...target,
      remove: async (_, __, from) => {
        removed.push(from);
        return { read: 5, removed: 2, ...(from === undefined && { next: 'behind' }) };
      },
    };
    const removal: Part = { ...part, task: 'remove', segment: 0 };
    const [pages, before] = [{ size: async () => 9 }, [...progress.parts.values()][0]!];
    await progress.begin([{ ...before, ...removal, of: 1 }]);
    expect(await work(removal)).toMatchObject({ ended: 'nothing-to-do' });
    expect(removed).toEqual([]);
    await retire({ ...ports, pages }, orders, 2);
    expect(await work(removal)).toMatchObject({ ended: 'done', read: 10, taken: 4 });
    expect(removed).toEqual([undefined, 'behind']);
    expect(progress.parts.size).toBe(0);
    expect(await work(removal)).toMatchObject({ ended: 'nothing-to-do' });
  });
});
