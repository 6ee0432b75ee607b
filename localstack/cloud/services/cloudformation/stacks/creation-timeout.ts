import type { Clock } from '../../../core/clock';
import type { Stack } from './stack';
import type { StackStore } from './stack-store';

const MINUTE = 60_000;

/** The time that the creation of a stack may take, by `TimeoutInMinutes` of its own and of the stacks that it is part of. */
export class CreationTimeout {
  #struck = false;
  readonly #timer: { cancel(): void } | undefined;

  /** Calls `strike` when the time is over. */
  constructor(clock: Clock, stacks: StackStore, stack: Stack, strike: () => void) {
    const deadline = deadlineOf(stacks, stack);
    if (deadline === undefined) return;
    this.#timer = clock.after(deadline - clock.now(), `the creation of stack ${stack.name}`, () => {
      this.#struck = true;
      strike();
    });
  }

  /** Ends the wait. Whether the time was over before. */
  end(): boolean {
    this.#timer?.cancel();
    return this.#struck;
  }
}

/** Milliseconds since 1970; undefined when nothing presses. */
function deadlineOf(stacks: StackStore, stack: Stack): number | undefined {
  if (stack.status !== 'CREATE_IN_PROGRESS') return undefined;
  const parent = stack.parentId === undefined ? undefined : stacks.all().find(({ id }) => id === stack.parentId);
  const deadlines = [
    stack.timeoutInMinutes === undefined ? undefined : stack.createdAt + stack.timeoutInMinutes * MINUTE,
    parent && deadlineOf(stacks, parent),
  ].filter((deadline) => deadline !== undefined);
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}
