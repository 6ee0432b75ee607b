/** The retry policy of a target of EventBridge and EventBridge Scheduler. */
export type RetryPolicy = { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };

/** Why there is no further try, as dead letters say it. */
export type Exhausted = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

/** The defaults of AWS: a day, and 185 retries. */
const MAX_ATTEMPTS = 185;
const MAX_AGE_SECONDS = 86_400;
/** With these, 185 retries take about a day. AWS names no figures, and adds jitter, which would not be repeatable. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 480_000;

/** When a delivery that failed is tried again (milliseconds since 1970), or which limit of its policy forbids that. */
export function nextTry(
  { MaximumRetryAttempts = MAX_ATTEMPTS, MaximumEventAgeInSeconds = MAX_AGE_SECONDS }: RetryPolicy = {},
  { firstTriedAt, retries }: { readonly firstTriedAt: number; readonly retries: number },
  now: number,
): { readonly at: number } | { readonly exhausted: Exhausted } {
  if (retries >= MaximumRetryAttempts) return { exhausted: 'MaximumRetryAttempts' };
  const at = now + Math.min(FIRST_WAIT * 2 ** retries, LONGEST_WAIT);
  if (at - firstTriedAt > MaximumEventAgeInSeconds * 1_000) return { exhausted: 'MaximumEventAgeInSeconds' };
  return { at };
}
