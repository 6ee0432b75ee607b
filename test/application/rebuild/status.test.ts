import { expect, test } from '@jest/globals';
import { firstGenerations } from '../../../functions/application/read-models/generations';
import type { PartProgress } from '../../../functions/application/rebuild/ports';
import { statusOf, workOf } from '../../../functions/application/rebuild/status';
import { begun, completed, retired, switched } from '../../../functions/application/rebuild/transitions';

const now = new Date('2026-01-02T00:00:00.000Z');
const part = (segment: number, more: Partial<PartProgress> = {}): PartProgress => ({
  ...{ projection: 'orders', generation: 2, task: 'build', segment, of: 2, step: 0, done: false, about: 100 },
  ...{ read: 0, taken: 0, rows: 0, faulted: 0 },
  ...more,
});
const at = (second: number) => new Date(now.getTime() + second * 1_000).toISOString();

test('the time left follows from what was read in how long', () => {
  const work = workOf([
    part(0, { read: 60, taken: 50, rows: 10, faulted: 1, startedAt: at(0), updatedAt: at(4) }),
    part(1, { read: 20, taken: 20, rows: 4, startedAt: at(2), updatedAt: at(3) }),
  ]);
  expect(work).toEqual({
    ...{ parts: 2, done: 0, read: 80, about: 200, taken: 70, rows: 14, faulted: 1 },
    ...{ percent: 40, perSecond: 20, secondsLeft: 6, updatedAt: at(4) },
  });
});

test('nothing is said of the time before a worker has begun', () => {
  const work = workOf([part(0), part(1)]);
  expect(work).toMatchObject({ percent: 0, read: 0 });
  expect(work).not.toHaveProperty('perSecond');
  expect(work).not.toHaveProperty('secondsLeft');
});

test('it is not all done before it is, however wrong the table was about its size', () => {
  const ran = { startedAt: at(0), updatedAt: at(1) };
  const done = { read: 300, done: true, ...ran };
  expect(workOf([part(0, done), part(1, { read: 300, ...ran })])).toMatchObject({ percent: 99, secondsLeft: 0 });
  expect(workOf([part(0, done), part(1, { ...done, about: 0 })])).toMatchObject({ percent: 100, secondsLeft: 0 });
  expect(workOf([part(0, { ...done, about: 0 }), part(1, { about: 0, read: 9, ...ran })]).percent).toBe(50);
});

test('each generation is live, the one before, complete, frozen, being built, or being removed', () => {
  const first = firstGenerations('orders', 1, now);
  const two = completed(begun(first, { revision: 1, now }), 2)!;
  const three = completed(begun(switched(two, 2), { revision: 1, asOf: at(-9), now }), 3)!;
  const four = begun(three, { revision: 2, now });
  const states = (pointer: typeof first, parts: readonly PartProgress[]) =>
    statusOf(pointer, parts).generations.map(({ number, state }) => `${number} ${state}`);
  expect(states(first, [])).toEqual(['1 live']);
  expect(states(two, [])).toEqual(['1 live', '2 complete']);
  expect(states(four, [part(0, { generation: 4 })])).toEqual(['1 previous', '2 live', '3 frozen', '4 building']);
  expect(states(retired(four, 3), [part(0, { generation: 3, task: 'remove' })])).toEqual([
    '1 previous',
    '2 live',
    '4 building',
    '3 removing',
  ]);
});
