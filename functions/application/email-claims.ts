import type { UserState } from '../domain/user';
import type { Claim, NameKeeper } from './ports';

/**
 * What a step of a user claims beside its stream: that the e-mail address is theirs alone, and, when they are deleted, that
 * nobody can read their data from then on. `owner` is the user's stream.
 */
export async function emailClaims(
  owner: string,
  before: UserState,
  after: UserState,
  names: NameKeeper,
): Promise<readonly Claim[]> {
  const [held, wanted] = await Promise.all([nameOf(before, names), nameOf(after, names)]);
  if (held === wanted && after.status !== 'deleted') return [];
  return [
    ...(wanted === undefined ? [] : [{ kind: 'take', name: wanted, owner } as const]),
    ...(held === undefined ? [] : [{ kind: 'give-up', name: held, owner } as const]),
    ...(after.status === 'deleted' ? [{ kind: 'destroy-key', owner } as const] : []),
  ];
}

async function nameOf(user: UserState, names: NameKeeper): Promise<string | undefined> {
  return user.status === 'active' ? names.nameOf('email', normalised(user.email)) : undefined;
}

/**
 * Two spellings of one address are one claim. Providers disagree on more than case (dots, `+tags`): to merge those would lock
 * people out of addresses that are theirs.
 */
const normalised = (email: string): string => email.trim().normalize('NFC').toLowerCase();
