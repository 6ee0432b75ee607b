import type { Person } from '../../domain/user';
import type { Vault } from '../ports';
import type { UserProfile } from '../read-models/rows';

/** A user's row as readers are shown it: open as long as there is a key. */
export async function userBody(
  { personal, ...row }: UserProfile,
  vault: Pick<Vault, 'keyOf' | 'open'>,
): Promise<UserProfile> {
  if (personal === undefined) return row;
  const opened = vault.open(await vault.keyOf(row.stream), row.stream, personal);
  return opened.forgotten ? { ...row, forgotten: true } : { ...row, ...(opened.value as Person) };
}
