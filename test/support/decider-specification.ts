import { expect } from '@jest/globals';
import type { Decision } from '../../functions/domain/decision';

type Decider<State, Event> = {
  readonly initialState: State;
  readonly evolve: (state: State, event: Event) => State;
  readonly decide: (state: State, event: Event) => Decision<Event>;
};

/** `given(what has happened).when(what comes).thenAppended(…)`, in the words of the domain. */
export function specificationOf<State, Event>({ initialState, evolve, decide }: Decider<State, Event>) {
  return {
    given: (...history: readonly Event[]) => ({
      when: (event: Event) => {
        const decision = decide(history.reduce(evolve, initialState), event);
        return {
          /** It happens: these events (the one that came, unless told otherwise) are appended. */
          thenAppended: (...events: readonly Event[]) =>
            expect(decision).toEqual({ kind: 'append', events: events.length > 0 ? events : [event] }),
          thenRedundant: () => expect(decision).toEqual({ kind: 'redundant', reason: expect.any(String) }),
          /** It waits until the stream has reached a version. */
          thenParked: (dueAtVersion: number, reason = expect.any(String)) =>
            expect(decision).toEqual({ kind: 'park', dueAtVersion, reason }),
          /** It can never be; `fields` are those that the problems name. */
          thenRejected: (reason: string | RegExp, ...fields: readonly string[]) => {
            expect(decision).toMatchObject({ kind: 'reject', reason: expect.stringMatching(reason) });
            const problems = decision.kind === 'reject' ? decision.problems : [];
            expect(problems.map(({ field }) => field)).toEqual(fields);
            for (const problem of problems) expect(problem.expected).toMatch(/\w/);
          },
        };
      },
      thenItIs: (state: State) => expect(history.reduce(evolve, initialState)).toEqual(state),
    }),
  };
}
