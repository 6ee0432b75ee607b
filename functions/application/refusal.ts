import type { Problem } from '../domain/decision';
import type { Shortage } from '../domain/reservation';

/**
 * Why an event that its own stream would accept is not to be: something outside of it is in the way. Unlike a decider's
 * rejection that may pass, so it must be said for good before anybody is told (see `refuseForGood`).
 */
export type Refusal = {
  readonly why: 'insufficient-stock' | 'email-taken';
  readonly reason: string;
  readonly problems: readonly Problem[];
};

export function insufficientStock(shortages: readonly Shortage[]): Refusal {
  const list = shortages.map(({ sku, asked, available }) => `${sku}: ${asked} asked, ${available} available`);
  return {
    why: 'insufficient-stock',
    reason: `there is not enough stock: ${list.join('; ')}`,
    problems: shortages.map(({ sku, asked, available }) => ({
      field: `stock of ${sku}`,
      value: asked,
      expected: `at most ${available}`,
    })),
  };
}

/** Without the address: it is personal, and reasons are not. */
export const emailTaken: Refusal = {
  why: 'email-taken',
  reason: 'the e-mail address belongs to another user',
  problems: [{ field: 'email', expected: 'an address that no other user has' }],
};
