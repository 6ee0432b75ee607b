import { checkAnswers } from './check-answers';
import { checkPuts, checkTold } from './check-puts';
import { checkReaders } from './check-readers';
import { checkStock } from './check-stock';
import { checkStreams } from './check-streams';
import { checkUsers } from './check-users';
import type { Evidence } from './evidence';
import { Ledger, type Violation } from './ledger';

/** Everything in which what is there differs from what the history allows; empty: the promises are kept. */
export function check(evidence: Evidence): Violation[] {
  const ledger = new Ledger(evidence);
  return [
    ...evidence.failures.map((what) => ({ promise: 'it comes to rest', stream: '', what })),
    ...evidence.deadLetters.map((what) => ({ promise: 'no dead letters', stream: '', what })),
    ...checkStreams(ledger),
    ...checkPuts(ledger),
    ...checkTold(ledger),
    ...checkStock(ledger),
    ...checkUsers(ledger),
    ...checkAnswers(ledger),
    ...checkReaders(ledger),
  ];
}

export const shownViolation = ({ promise, stream, what }: Violation): string =>
  `${promise}: ${[stream, what].filter(Boolean).join(': ')}`;
