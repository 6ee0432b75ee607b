import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultKind } from '../../localstack/cloud/core/faults';
import { HistoryRunner } from '../support/history/runner';
import { KINDS, Tally } from '../support/history/tally';

// What is asked here only a local cloud of our own can answer.
delete process.env.E2E_OUTPUTS;

/*
 * Whatever is put in whatever order, however often, while anything fails: nothing lost, nothing doubled, nothing oversold.
 * Seeds 1 to 100, or as many as HISTORY_SEEDS says; HISTORY_SEED replays one, HISTORY_TIMES times (5), since the calls and
 * the faults follow from the seed, but which of two clients is faster does not. For the same reason nothing is shrunk: a
 * smaller history that passes proves nothing about the larger one.
 */
const PER_TEST = 10;
const { HISTORY_SEED, HISTORY_SEEDS = '100', HISTORY_TIMES = '5' } = process.env;

let runners: readonly HistoryRunner[] = [];
beforeAll(async () => {
  runners = await HistoryRunner.startLanes();
}, 60_000);
afterAll(() => Promise.all(runners.map((runner) => runner.stop())));

const expectAllKept = ({ failed }: Tally) => expect(failed.map(({ report }) => report).join('\n')).toBe('');

if (HISTORY_SEED) {
  it(`every promise is kept under seed ${HISTORY_SEED}, ${HISTORY_TIMES} times`, async () => {
    const tally = new Tally();
    for (let run = 1; run <= Number(HISTORY_TIMES); run++)
      await tally.add(runners[0]!, Number(HISTORY_SEED), `.${run}`);
    expectAllKept(tally);
  }, 600_000);
} else {
  describe('every promise is kept', () => {
    const struck = new Map<FaultKind, number>();
    const seeds = Array.from({ length: Number(HISTORY_SEEDS) }, (_, index) => index + 1);
    const groups = seeds
      .filter((seed) => seed % PER_TEST === 1)
      .map((seed) => seeds.slice(seed - 1, seed - 1 + PER_TEST));

    it.each(groups.map((group) => [group[0], group.at(-1), group] as const))(
      'under the seeds %i to %i',
      async (_, __, group) => {
        const tally = new Tally();
        await tally.addAll(runners, group);
        for (const [kind, count] of tally.struck) struck.set(kind, (struck.get(kind) ?? 0) + count);
        expectAllKept(tally);
      },
      300_000,
    );

    it('and every kind of fault that can strike has struck', () => {
      expect(KINDS.filter((kind) => !struck.get(kind))).toEqual([]);
    });
  });
}
