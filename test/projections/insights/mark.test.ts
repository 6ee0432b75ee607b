import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Mark } from '../../../functions/application/insights/ledger';
import { type Passage, transitions } from '../../../functions/application/insights/transitions';
import { marked } from '../../../functions/projections/insights/mark';

const visits = [0, 7, 2, 9, 30].map((at, index) => ({ state: `s${index}`, at }));

test('whatever the order in which versions come, the passages are those of the history, once each', () => {
  const order = fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 5 });
  fc.assert(
    fc.property(order, fc.array(fc.integer({ min: 1, max: 5 })), (first, again) => {
      let mark: Mark | undefined;
      const found: Passage[] = [];
      for (const version of [...first, ...again]) {
        const outcome = marked(mark, 'order#o-1', version, visits[version - 1]!);
        mark = outcome?.mark ?? mark;
        found.push(...(outcome?.passages ?? []));
      }
      const byTime = (all: readonly Passage[]) => all.toSorted((one, other) => one.state.localeCompare(other.state));
      expect(byTime(found)).toEqual(byTime(transitions(visits)));
      // However long the history: what is not needed for the next passage is not kept.
      expect(mark).toEqual({ stream: 'order#o-1', revision: 5, upTo: 5, last: visits[4], ahead: new Map() });
    }),
  );
});

test('a version that is missing leaves its two passages out, until it comes', () => {
  const first = marked(undefined, 's', 1, visits[0]!)!;
  const third = marked(first.mark, 's', 3, visits[2]!)!;
  expect(third).toMatchObject({ mark: { upTo: 1, ahead: new Map([[3, visits[2]]]) }, passages: [] });
  expect(marked(third.mark, 's', 3, visits[2]!)).toBeUndefined();
  expect(marked(third.mark, 's', 2, visits[1]!)).toMatchObject({
    mark: { upTo: 3, last: visits[2] },
    passages: [{ state: 's1' }, { state: 's2' }],
  });
});
