import type { Ledger, Violation } from './ledger';

/** An e-mail address has one active user at most, and every active user is known to hold one, nobody else. */
export function checkUsers(ledger: Ledger): Violation[] {
  const found: Violation[] = [];
  const holders = new Map<string, string>();
  const held = new Map<string, number>();
  for (const { entry, owner = '' } of ledger.evidence.inbox)
    if (entry === 'held') held.set(owner, (held.get(owner) ?? 0) + 1);
  for (const [stream] of ledger.streams()) {
    const state = ledger.states(stream).at(-1);
    if (state?.of !== 'user' || state.user.status !== 'active') continue;
    const email = String(state.user.now.email).toLowerCase();
    const other = holders.get(email);
    if (other)
      found.push({ promise: 'one user for each e-mail address', stream, what: `${email} belongs to ${other} too` });
    holders.set(email, stream);
    if (held.get(stream) !== 1)
      found.push({
        promise: 'one user for each e-mail address',
        stream,
        what: `it holds ${held.get(stream) ?? 0} addresses`,
      });
    held.delete(stream);
  }
  for (const [stream, count] of held)
    found.push({ promise: 'who is gone holds no e-mail address', stream, what: `it holds ${count}` });
  return found;
}
