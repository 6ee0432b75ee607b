import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RELATIVE_ERROR } from '../../../functions/application/insights/histogram';
import { markovChain } from '../../../functions/application/insights/markov';
import { tally, transitions, type Visit } from '../../../functions/application/insights/transitions';

/** Subjects that go through these states, with so many milliseconds in each but the last. */
const histories = (...all: (readonly [state: string, dwellMs: number][])[]) =>
  all.map((steps) => {
    let at = 0;
    return steps.map(([state, dwellMs]): Visit => {
      const visit = { state, at };
      at += dwellMs;
      return visit;
    });
  });

const chainOf = (paths: readonly (readonly Visit[])[], terminal: readonly string[]) =>
  markovChain(tally(paths.flatMap((path) => transitions(path))), terminal);

const stateIn = (chain: ReturnType<typeof chainOf>, state: string) => chain.states.find((one) => one.state === state)!;

describe('a Markov chain of what was seen', () => {
  test('has the known figures of a gambler who wins and loses alike', () => {
    // Ruin at 0 and 4 (Grinstead, Snell, examples 11.13 to 11.15): each step up and down once.
    const steps = [1, 2, 3].flatMap((n) => [-1, 1].map((by) => [String(n), String(n + by)] as const));
    const paths = steps.map(
      ([from, to]) =>
        histories([
          [from, 10],
          [to, 0],
        ])[0]!,
    );
    const chain = chainOf(paths, ['0', '4']);
    for (const [state, ruin, taken] of [
      ['1', 3 / 4, 3],
      ['2', 1 / 2, 4],
      ['3', 1 / 4, 3],
    ] as const) {
      expect(stateIn(chain, state).absorption['0']).toBeCloseTo(ruin, 12);
      expect(stateIn(chain, state).absorption['4']).toBeCloseTo(1 - ruin, 12);
      expect(stateIn(chain, state).expected!.steps).toBeCloseTo(taken, 12);
      expect(stateIn(chain, state).expected!.ms).toBeCloseTo(10 * taken, 9);
    }
    // Of those who are at 4 in the end, from 1: (n² − i²) / 3 steps (Stern, 1975).
    expect(stateIn(chain, '1').expectedMsTo['4']).toBeCloseTo((10 * (16 - 1)) / 3, 9);
  });

  test('has, for paths without a loop and one state per step, the plain means over the paths', () => {
    // Every state has one predecessor, so the state says all there is to know of the past.
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            length: fc.integer({ min: 1, max: 5 }),
            pauses: fc.array(fc.nat(1e9), { minLength: 5, maxLength: 5 }),
          }),
          { minLength: 1, maxLength: 30 },
        ),
        (lives) => {
          const paths = histories(
            ...lives.map(({ length, pauses }) => [
              ...Array.from({ length }, (_, n): [string, number] => [`s${n}`, pauses[n]!]),
              length === 5 ? (['done', 0] as [string, number]) : (['lost', 0] as [string, number]),
            ]),
          );
          const first = stateIn(chainOf(paths, ['done', 'lost']), 's0');
          const done = paths.filter((path) => path.at(-1)!.state === 'done');
          const mean = (some: typeof paths) => some.reduce((sum, path) => sum + path.at(-1)!.at, 0) / some.length;
          expect(first.absorption.done).toBeCloseTo(done.length / paths.length, 9);
          expect(first.expected!.ms / Math.max(1, mean(paths))).toBeCloseTo(Math.min(1, mean(paths)), 9);
          if (done.length === 0) expect(first.expectedMsTo).not.toHaveProperty('done');
          // Those who are done have come by the same way: what each step takes depends on where it leads.
          else
            expect(first.expectedMsTo.done! / Math.max(1, stepMeans(paths))).toBeCloseTo(
              Math.min(1, stepMeans(paths)),
              9,
            );
        },
      ),
    );
    // The mean of each step s0 → s1 … s4 → done, over all that took it.
    function stepMeans(paths: readonly (readonly Visit[])[]): number {
      return [0, 1, 2, 3, 4].reduce((sum, n) => {
        const next = n === 4 ? 'done' : `s${n + 1}`;
        const took = paths.filter((path) => path[n]?.state === `s${n}` && path[n + 1]?.state === next);
        return sum + took.reduce((all, path) => all + path[n + 1]!.at - path[n]!.at, 0) / took.length;
      }, 0);
    }
  });

  test('agrees with walking it at random', () => {
    const walks = fc.record({
      seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      // How often from each of three states to each of them and to two ends, and how long it takes.
      counts: fc.array(fc.array(fc.nat(9), { minLength: 5, maxLength: 5 }), { minLength: 3, maxLength: 3 }),
      dwell: fc.array(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 5, maxLength: 5 }), {
        minLength: 3,
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(walks, ({ seed, counts, dwell }) => {
        const names = ['a', 'b', 'c', 'won', 'lost'];
        // From every state there is a way to both ends, and no walk is endless.
        const n = counts.map((row, i) =>
          row.map((count, j) => (j >= 3 ? count + 3 : i === j ? Math.min(count, 3) : count)),
        );
        const paths = n.flatMap((row, i) =>
          row.flatMap((count, j) =>
            Array.from(
              { length: count },
              () =>
                histories([
                  [names[i]!, dwell[i]![j]!],
                  [names[j]!, 0],
                ])[0]!,
            ),
          ),
        );
        const from = stateIn(chainOf(paths, ['won', 'lost']), 'a');
        const random = dice(seed);
        const walked = Array.from({ length: 3000 }, () => {
          let [state, ms, steps] = [0, 0, 0];
          while (state < 3) {
            const row = n[state]!;
            const pick = random() * row.reduce((sum, count) => sum + count, 0);
            const next = row.findIndex((_, j) => row.slice(0, j + 1).reduce((sum, count) => sum + count, 0) > pick);
            ms += dwell[state]![next]!;
            steps += 1;
            state = next;
          }
          return { won: state === 3, ms, steps };
        });
        const won = walked.filter((walk) => walk.won);
        expectWithin(
          walked.map((walk) => Number(walk.won)),
          from.absorption.won!,
        );
        expectWithin(
          walked.map((walk) => walk.steps),
          from.expected!.steps,
        );
        expectWithin(
          walked.map((walk) => walk.ms),
          from.expected!.ms,
        );
        expectWithin(
          won.map((walk) => walk.ms),
          from.expectedMsTo.won!,
        );
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  test('says what it does not know: where nobody has been seen to find an end', () => {
    const paths = histories(
      [
        ['a', 5],
        ['done', 0],
      ],
      [
        ['a', 7],
        ['limbo', 0],
      ],
      [
        ['b', 1],
        ['b', 1],
        ['b', 0],
      ],
    );
    const chain = chainOf(paths, ['done']);
    expect(stateIn(chain, 'a')).toMatchObject({
      absorption: { done: 0.5 },
      unresolved: 0.5,
      expectedMsTo: { done: 5 },
    });
    expect(stateIn(chain, 'a')).not.toHaveProperty('expected');
    for (const state of ['limbo', 'b']) {
      expect(stateIn(chain, state)).toMatchObject({ absorption: { done: 0 }, unresolved: 1, expectedMsTo: {} });
    }
    expect(stateIn(chain, 'done')).toMatchObject({ absorption: { done: 1 }, expected: { steps: 0, ms: 0 } });
    expect(markovChain([], ['done']).states).toHaveLength(1);
  });

  test('takes any name for a state, and a clock that went back for no time at all', () => {
    const [path] = histories([
      ['a>b#c%', -50],
      ['', 3],
      ['end', 0],
    ]);
    const named = path!.map((visit) => (visit.state === '' ? { ...visit, state: 'ü' } : visit));
    const chain = chainOf([named], ['end']);
    expect(chain.transitions).toMatchObject([
      { from: 'a>b#c%', to: 'ü', count: 1, probability: 1, dwell: { meanMs: 0, p50Ms: 0, p95Ms: 0 } },
      { from: 'ü', to: 'end', dwell: { meanMs: 3 } },
    ]);
    expect(Math.abs(chain.transitions[1]!.dwell.p95Ms / 3 - 1)).toBeLessThanOrEqual(RELATIVE_ERROR);
  });
});

/** The mean of what was drawn lies within five standard errors: by chance once in millions of times. */
function expectWithin(drawn: readonly number[], expected: number): void {
  const mean = drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
  const variance = drawn.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (drawn.length - 1);
  expect(Math.abs(mean - expected)).toBeLessThanOrEqual(5 * Math.sqrt(variance / drawn.length) + 1e-9);
}

/** mulberry32. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
