/** One reason why an event can never be valid: which field, which value, what would be right. */
export type Problem = { readonly field: string; readonly value?: unknown; readonly expected: string };

/**
 * What a decider says to an event that somebody claims has happened.
 *
 * Two properties hold for every decider of a lifecycle, and the parking protocol rests on them: `reject` is for ever
 * (no later state would accept the event), and `park` ends at the latest when the stream has reached `dueAtVersion`
 * or has closed.
 */
export type Decision<E> =
  | { readonly kind: 'append'; readonly events: readonly E[] }
  /** It has already happened, with the same data, under another id. */
  | { readonly kind: 'redundant'; readonly reason: string }
  /** It waits for an earlier step of its own stream. */
  | { readonly kind: 'park'; readonly dueAtVersion: number; readonly reason: string }
  | { readonly kind: 'reject'; readonly reason: string; readonly problems: readonly Problem[] };

export const append = <E>(...events: E[]): Decision<E> => ({ kind: 'append', events });

export const redundant = (reason: string): Decision<never> => ({ kind: 'redundant', reason });

export const park = (dueAtVersion: number, reason: string): Decision<never> => ({ kind: 'park', dueAtVersion, reason });

export const reject = (reason: string, ...problems: Problem[]): Decision<never> => ({
  kind: 'reject',
  reason,
  problems,
});
