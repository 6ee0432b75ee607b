import { beforeEach, describe, expect, test } from '@jest/globals';
import { firstGenerations, POINTER_GRACE_SECONDS } from '../../../functions/application/read-models/generations';
import {
  beginRebuild,
  REMOVAL_DELAY_SECONDS,
  type RebuildPorts,
  retire,
} from '../../../functions/application/rebuild/begin-rebuild';
import { type Rebuildable, rebuildables } from '../../../functions/application/rebuild/rebuildable';
import { switchTo } from '../../../functions/application/rebuild/switch';
import { completed } from '../../../functions/application/rebuild/transitions';
import { stageConfig } from '../../../lib/stage-config';
import { MemoryGenerationStore } from '../../support/memory-generations';
import { MemoryRebuildProgress, MemoryRebuildQueue } from '../../support/memory-rebuild';

const now = new Date('2026-01-02T00:00:00.000Z');
const orders: Rebuildable = { name: 'orders', revisions: [1, 2], prefix: 'order#', inPlace: false };
const feed: Rebuildable = { name: 'feed', revisions: [1], inPlace: true };

let size: number;
let generations: MemoryGenerationStore;
let progress: MemoryRebuildProgress;
let queue: MemoryRebuildQueue;
let ports: RebuildPorts;
beforeEach(() => {
  size = 1_000;
  generations = new MemoryGenerationStore();
  generations.pointers.set('orders', firstGenerations('orders', 1, now));
  progress = new MemoryRebuildProgress();
  queue = new MemoryRebuildQueue();
  ports = { generations, progress, queue, pages: { size: async () => size }, effects: { now: () => now } };
});

const sent = () => queue.sent.map(({ part, delaySeconds }) => `${part.task} ${part.segment} after ${delaySeconds} s`);
const complete = (number: number) => {
  generations.pointers.set('orders', completed(generations.pointers.get('orders')!, number)!);
};

describe('a rebuild that is begun', () => {
  test('gives its parts out when every projector knows of the generation', async () => {
    const { generation, segments, resumed } = await beginRebuild(ports, orders, { segments: 2 });
    expect({ generation, segments, resumed }).toMatchObject({
      generation: { number: 2, revision: 2, complete: false },
      segments: 2,
      resumed: false,
    });
    expect(sent()).toEqual([0, 1].map((segment) => `build ${segment} after ${POINTER_GRACE_SECONDS} s`));
    expect([...progress.parts.values()]).toMatchObject([
      { segment: 0, of: 2, about: 500, read: 0, step: 0, done: false },
      { segment: 1, of: 2, about: 500 },
    ]);
  });

  test.each([
    [0, 4],
    [1_000_000, 10],
    [1_000_000_000, 64],
  ])('of %i events is cut in %i parts', async (events, parts) => {
    size = events;
    expect((await beginRebuild(ports, orders, {})).segments).toBe(parts);
  });

  test('is resumed by the same words: parts that are not done are given out again, as they were cut', async () => {
    await beginRebuild(ports, orders, { segments: 3 });
    const part = { projection: 'orders', generation: 2, task: 'build', segment: 1 } as const;
    const before = (await progress.get(part))!;
    await progress.advance({ ...before, step: 1, done: true, read: 7 }, before);
    queue.sent.length = 0;
    const { resumed, segments } = await beginRebuild(ports, orders, { segments: 5 });
    expect({ resumed, segments }).toEqual({ resumed: true, segments: 3 });
    expect(queue.sent.map((one) => one.part.segment)).toEqual([0, 2]);
    expect(await progress.get(part)).toMatchObject({ step: 1, read: 7 });
  });

  test('is resumed also where whoever began it died before it wrote the parts down, or after the last was done', async () => {
    await beginRebuild(ports, orders, { segments: 2 });
    progress.parts.clear();
    await beginRebuild(ports, orders, { segments: 2 });
    expect(progress.parts.size).toBe(2);
    for (const [name, part] of progress.parts) progress.parts.set(name, { ...part, done: true });
    queue.sent.length = 0;
    await beginRebuild(ports, orders, {});
    expect(sent()).toEqual([`build 0 after ${POINTER_GRACE_SECONDS} s`]);
  });

  test.each<readonly [string, object, string]>([
    ['another revision', { revision: 1 }, 'generation 2 (revision 2) is being built'],
    ['another time', { asOf: '2026-01-01T00:00:00.000Z' }, 'generation 2 (revision 2) is being built'],
    ['a revision that nobody has', { revision: 7 }, 'this release has no revision 7 of its fold; it has 1, 2'],
  ])('stands in the way of %s', async (_, wish, why) => {
    await beginRebuild(ports, orders, {});
    await expect(beginRebuild(ports, orders, wish)).rejects.toThrow(why);
  });

  test('says so when somebody else was first', async () => {
    const put = generations.put.bind(generations);
    generations.put = async (next, before) => {
      await put({ ...next, live: 1 }, before);
      return put(next, before);
    };
    await expect(beginRebuild(ports, orders, {})).rejects.toThrow('somebody else has changed its generations');
    expect(queue.sent).toEqual([]);
  });

  test('in place needs no wait, and has no past', async () => {
    await beginRebuild(ports, feed, { segments: 1 });
    expect(sent()).toEqual(['build 0 after 0 s']);
    await expect(beginRebuild(ports, feed, { asOf: '2026-01-01T00:00:00.000Z' })).rejects.toThrow('in place');
  });
});

describe('a generation that is retired', () => {
  beforeEach(async () => {
    await beginRebuild(ports, orders, { segments: 2 });
    complete(2);
    queue.sent.length = 0;
  });

  test('is removed when nobody can be at work any more who knew of it', async () => {
    await retire(ports, orders, 2);
    expect(generations.pointers.get('orders')?.all).toHaveLength(1);
    expect(sent()).toEqual(Array.from({ length: 4 }, (_, i) => `remove ${i} after ${REMOVAL_DELAY_SECONDS} s`));
    for (const name of ['local', 'dev', 'staging', 'prod']) {
      const { projector, rebuild } = stageConfig(name).timeouts;
      expect(REMOVAL_DELAY_SECONDS).toBeGreaterThanOrEqual(Math.max(projector, rebuild) + POINTER_GRACE_SECONDS);
    }
  });

  test('is removed by the same words where whoever retired it died before it said so', async () => {
    const { send } = queue;
    queue.send = () => Promise.reject(new Error('no queue'));
    await expect(retire(ports, orders, 2)).rejects.toThrow('no queue');
    queue.send = send;
    await retire(ports, orders, 2);
    expect(queue.sent).toHaveLength(4);
    await expect(retire(ports, orders, 7)).rejects.toThrow('there is no generation 7');
  });

  test('is never the live one', async () => {
    await switchTo(generations, 'orders', 2);
    await expect(retire(ports, orders, 2)).rejects.toThrow('generation 2 is what readers are shown');
    expect(queue.sent).toEqual([]);
    expect([...progress.parts.values()].filter(({ task }) => task === 'remove')).toEqual([]);
  });

  test('in place only stops being written', async () => {
    await beginRebuild(ports, feed, { segments: 1 });
    queue.sent.length = 0;
    await retire(ports, feed, 2);
    expect(queue.sent).toEqual([]);
    expect(await progress.list({ projection: 'feed' })).toEqual([]);
  });
});

test('what can be rebuilt: each projection with its revisions, the counters, the feed', () => {
  const fold = (revision: number) => ({ name: 'orders', prefix: 'order#', revision });
  expect(rebuildables([fold(2), fold(1)], [1])).toEqual([
    orders,
    { name: 'insights', revisions: [1], segments: 2, inPlace: false },
    feed,
  ]);
});
