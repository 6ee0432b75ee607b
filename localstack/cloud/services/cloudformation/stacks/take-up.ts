import type { StackStore } from './stack-store';

/** What a stack becomes whose deployment ended with the process: a state from which the next one can go on. */
const AFTER_INTERRUPTION: readonly (readonly [inProgress: RegExp, status: string])[] = [
  [/^(CREATE|ROLLBACK)_/, 'ROLLBACK_FAILED'],
  [/^UPDATE_/, 'UPDATE_FAILED'],
  [/^DELETE_/, 'DELETE_FAILED'],
];

/** After a start: nothing is in progress any more. */
export function takeUp(stacks: StackStore): void {
  for (const stack of stacks.all()) {
    if (!stack.status.endsWith('_IN_PROGRESS') || stack.status === 'REVIEW_IN_PROGRESS') continue;
    const status = AFTER_INTERRUPTION.find(([pattern]) => pattern.test(stack.status))?.[1];
    if (status) stacks.set({ ...stack, status, statusReason: `The local cloud stopped in ${stack.status}.` });
  }
}
