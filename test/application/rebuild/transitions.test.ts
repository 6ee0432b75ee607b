import { describe, expect, test } from '@jest/globals';
import { firstGenerations, following, type Generations } from '../../../functions/application/read-models/generations';
import {
  begun,
  building,
  completed,
  completedInPlace,
  retired,
  rolledBack,
  switched,
} from '../../../functions/application/rebuild/transitions';

const now = new Date('2026-01-02T00:00:00.000Z');
const first = firstGenerations('orders', 1, now);
const second = begun(first, { revision: 2, now });
const both = completed(second, 2)!;
const afterSwitch = switched(both, 2);
const frozen = completed(begun(both, { revision: 1, asOf: '2026-01-01T00:00:00.000Z', now }), 3)!;

const numbers = ({ all }: Generations) => all.map(({ number }) => number);

describe('a rebuild', () => {
  test('begins a generation that follows the events, and is not shown', () => {
    expect(second).toEqual({
      projection: 'orders',
      sequence: 2,
      live: 1,
      highest: 2,
      all: [...first.all, { number: 2, revision: 2, startedAt: now.toISOString(), complete: false }],
    });
    expect(building(second)?.number).toBe(2);
    expect(following(second).map(({ number }) => number)).toEqual([1, 2]);
  });

  test('has a number that was never used, also when the last one is gone', () => {
    const again = begun(retired(both, 2), { revision: 1, now });
    expect(numbers(again)).toEqual([1, 3]);
  });

  test('as of a time follows nothing', () => {
    expect(following(frozen).map(({ number }) => number)).toEqual([1, 2]);
  });

  test('is complete once', () => {
    expect(building(both)).toBeUndefined();
    expect(completed(both, 2)).toBeUndefined();
    expect(completed(retired(second, 2), 2)).toBeUndefined();
  });

  test('in place takes the place of what was there at once', () => {
    const done = completedInPlace(second, 2)!;
    expect([done.live, numbers(done)]).toEqual([2, [2]]);
  });
});

test('a switch shows another generation, a rollback the one before, and both can be undone', () => {
  expect(afterSwitch).toMatchObject({ live: 2, previous: 1, sequence: 4 });
  const back = rolledBack(afterSwitch);
  expect(back).toMatchObject({ live: 1, previous: 2, sequence: 5 });
  expect(rolledBack(back)).toMatchObject({ live: 2, previous: 1 });
  expect(numbers(back)).toEqual([1, 2]);
});

test('a generation that is retired is no longer gone back to', () => {
  const gone = retired(afterSwitch, 1);
  expect(gone).not.toHaveProperty('previous');
  expect(numbers(gone)).toEqual([2]);
  expect(retired(frozen, 3)).toMatchObject({ live: 1, highest: 3 });
});

test.each<readonly [string, () => unknown, string]>([
  ['a second rebuild', () => begun(second, { revision: 1, now }), 'generation 2 is being built'],
  [
    'a time to come',
    () => begun(first, { revision: 1, asOf: '2026-02-01T00:00:00.000Z', now }),
    'as of 2026-02-01T00:00:00.000Z is in the future',
  ],
  ['a switch to one that is being built', () => switched(second, 2), 'still being built'],
  ['a switch to one that follows nothing', () => switched(frozen, 3), 'frozen at 2026-01-01T00:00:00.000Z'],
  ['a switch to the live one', () => switched(both, 1), 'generation 1 is live already'],
  ['a switch to none', () => switched(both, 7), 'there is no generation 7; there are 1, 2'],
  ['a way back to nothing', () => rolledBack(both), 'no generation before 1'],
  ['retiring the live one', () => retired(both, 1), 'generation 1 is what readers are shown; switch to another one'],
  ['retiring none', () => retired(both, 7), 'there is no generation 7'],
])('%s is refused', (_, change, why) => {
  expect(change).toThrow(expect.objectContaining({ code: 'rebuild-refused', message: expect.stringContaining(why) }));
});
