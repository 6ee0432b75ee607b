import { describe, expect, it } from '@jest/globals';
import { Pace } from '../../../functions/adapters/line/pace';

/** A line of `people` in simulated time: what each turn takes, from being noticed to being over, is `turnMs`. */
function simulate(people: number, turnMs: (ticket: number) => number, seed = 1) {
  let state = seed;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const overAt: number[] = [];
  const servedAt = (time: number) => overAt.filter((at) => at <= time).length;
  const waiting = Array.from({ length: people }, (_, n) => ({ ticket: n + 1, pace: new Pace(0, 0), lookAt: 0 }));
  const looks = new Array<number>(people).fill(0);
  while (waiting.length > 0) {
    waiting.sort((a, b) => a.lookAt - b.lookAt);
    const one = waiting[0]!;
    const { ticket, pace, lookAt } = one;
    const ahead = ticket - 1 - servedAt(lookAt);
    pace.saw(servedAt(lookAt), lookAt);
    if (ahead === 0) {
      overAt.push(lookAt + turnMs(ticket));
      waiting.shift();
    } else {
      looks[ticket - 1]! += 1;
      one.lookAt += pace.nextLook(ahead, lookAt, random());
    }
  }
  const total = looks.reduce((sum, count) => sum + count, 0);
  return { ms: overAt.at(-1)!, looksEach: total / people, mostLooks: Math.max(...looks) };
}

describe('the pace of a line', () => {
  it.each([
    ['as guessed', 25],
    ['faster', 10],
    ['slower', 60],
  ])('lets a hundred wait with few looks, and loses little time between turns that are %s', (_, turn) => {
    const { ms, looksEach, mostLooks } = simulate(100, () => turn);
    expect(looksEach).toBeLessThan(12);
    expect(mostLooks).toBeLessThan(25);
    expect(ms).toBeLessThan(100 * (turn * 1.2 + 8));
  });

  it('does not take one slow turn for the measure of those behind it', () => {
    const steady = simulate(50, () => 30);
    const oneSlow = simulate(50, (ticket) => (ticket === 5 ? 1_500 : 30));
    expect(oneSlow.ms).toBeLessThan(steady.ms + 1_500 + 1_000);
  });

  it('looks ever less often while nothing moves, but often enough to notice a death', () => {
    const pace = new Pace(0, 0);
    const waits: number[] = [];
    for (let at = 0; at < 5_000; at += waits.at(-1)!) waits.push(pace.nextLook(1, at, 0.5));
    expect(waits[0]).toBeLessThan(10);
    const overdue = waits.slice(1);
    expect(overdue).toEqual(overdue.toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBe(500);
    expect(waits.length).toBeLessThan(35);
  });
});
