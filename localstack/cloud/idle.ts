import type { Activity } from './core/activity';
import type { Clock } from './core/clock';

export type IdleState = {
  readonly idle: boolean;
  /** What is still in flight, when it did not become idle in time. */
  readonly running: readonly string[];
  /** What will happen by itself later: retries, timeouts, schedules. */
  readonly next: readonly { readonly what: string; readonly inMs: number }[];
};

/** Resolves when nothing is in flight and nothing is due at the clock's now, or after `timeout` real milliseconds. */
export type Idle = (timeout?: number) => Promise<IdleState>;

/** The `idle` of a cloud with this clock and this activity. */
export function makeIdle(clock: Clock, activity: Activity): Idle {
  const state = (idle: boolean): IdleState => ({
    idle,
    running: idle ? [] : activity.running(),
    next: clock.pending().map(({ label, dueAt }) => ({ what: label, inMs: dueAt - clock.now() })),
  });
  return async (timeout = 30_000) => {
    // The one wait here that is on real time: it bounds how long a person waits for an answer, not what happens.
    let alarm: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      alarm = setTimeout(() => resolve('late'), timeout);
    });
    try {
      for (;;) {
        if ((await Promise.race([activity.quiet(), late])) === 'late') return state(false);
        // One turn of the event loop: whatever a finished piece of work handed on has begun by then.
        await new Promise((resolve) => setImmediate(resolve));
        if (activity.size === 0 && !clock.hasDue()) return state(true);
        if (activity.size === 0 && (await Promise.race([nextTurn(), late])) === 'late') return state(false);
      }
    } finally {
      clearTimeout(alarm);
    }
  };
}

const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve, 1));
