import { type Grant, nameOf, type RoleUnderTest, shortNameOf } from './role-under-test';

/** Something that a function does, as somebody notices it who does not know how. It can be repeated. */
export type Exercise = {
  readonly name: string;
  /** The grants that it is about, by action and resource, and nothing else proves. Default: all that it uses. */
  readonly about?: RegExp;
  /** What goes wrong, for everybody to see; undefined: nothing. */
  readonly run: () => Promise<string | undefined>;
  /** Waits for what a run that went wrong has left undone, and says what still is. Default: it leaves nothing. */
  readonly recover?: () => Promise<string | undefined>;
};

/**
 * The grants of a role without which nothing goes wrong, and whatever else is not as it should be: in words, empty when all
 * is well. Every exercise is done once with all grants, which shows what each needs; then each grant is taken away, and the
 * first of those exercises that fails for want of it proves it. A grant that no exercise uses is one too many, or lacks
 * an exercise.
 */
export async function unneeded(role: RoleUnderTest, exercises: readonly Exercise[]): Promise<string[]> {
  const wrong: string[] = [];
  const users = new Map<string, Exercise[]>();
  for (const exercise of exercises) {
    const before = role.used();
    const failed = await exercise.run();
    if (failed) wrong.push(`${exercise.name}, with all grants: ${failed}`);
    for (const [grant, count] of role.used())
      if (count > (before.get(grant) ?? 0)) users.set(grant, [...(users.get(grant) ?? []), exercise]);
  }
  if (wrong.length > 0) return wrong;
  for (const grant of role.grants) {
    const using = users.get(nameOf(grant)) ?? [];
    const about = using.filter((exercise) => exercise.about?.test(nameOf(grant)));
    const found = await isUnneeded(role, grant, about.length > 0 ? about : using.filter((one) => !one.about));
    if (found) wrong.push(`${shortNameOf(grant)}: ${found}`);
  }
  return wrong;
}

async function isUnneeded(
  role: RoleUnderTest,
  grant: Grant,
  exercises: readonly Exercise[],
): Promise<string | undefined> {
  if (exercises.length === 0) return 'never used';
  const tried: string[] = [];
  for (const exercise of exercises) {
    const denied = role.denied(grant);
    await role.take(grant);
    const failed = await exercise.run().finally(() => role.giveBack(grant));
    const left = failed && (await exercise.recover?.());
    if (left) return `given back, "${exercise.name}" does not recover: ${left}`;
    if (failed && role.denied(grant) > denied) return undefined;
    tried.push(`${exercise.name}${failed ? ` (fails without a denial: ${failed})` : ''}`);
  }
  return `taken away, nothing fails of: ${tried.join(', ')}`;
}
