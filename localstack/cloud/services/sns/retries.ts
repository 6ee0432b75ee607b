/**
 * When a delivery to a queue or function is tried again. AWS adds jitter, which would not be repeatable.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
const IMMEDIATE = 3;
const PRE_BACKOFF = 2;
const BACKOFF = 10;
const POST_BACKOFF = 100_000;
const SHORTEST = 1_000;
const LONGEST = 20_000;

/** How long to wait for retry `number` (from 1), in milliseconds; undefined when there is none any more. */
export function waitBefore(number: number): number | undefined {
  if (number <= IMMEDIATE) return 0;
  if (number <= IMMEDIATE + PRE_BACKOFF) return SHORTEST;
  const step = number - IMMEDIATE - PRE_BACKOFF;
  if (step <= BACKOFF) return Math.min(SHORTEST * 2 ** (step - 1), LONGEST);
  return step <= BACKOFF + POST_BACKOFF ? LONGEST : undefined;
}
