import type { GrantUse } from '../../core/peers';
import type { Access } from '../../core/service';

/** Keys of objects and the like are many: beyond so many of one action, further ones are counted together. */
const MAX_RESOURCES = 500;
/** Roles of tests come and go: beyond so many, the one that was first heard of is forgotten. */
const MAX_ROLES = 500;
/** Stands for the resources beyond. */
export const FURTHER_RESOURCES = '(further resources)';

type Tally = { allowed: number; denied: number };
type ByAction = Map<string, Map<string, Tally>>;

/** Which calls each role has made since the services began, and how they were judged. Kept in memory alone. */
export class GrantUsage {
  readonly #roles = new Map<string, ByAction>();
  /** When the counting began: milliseconds since 1970 by the cloud's clock. */
  readonly since: number;

  constructor(since: number) {
    this.since = since;
  }

  note(roleArn: string, { action, resource }: Access, allowed: boolean): void {
    const tally = this.#tally(roleArn, action, resource);
    if (allowed) tally.allowed++;
    else tally.denied++;
  }

  roles(): string[] {
    return [...this.#roles.keys()];
  }

  allowed(roleArn: string): GrantUse[] {
    return this.#uses(roleArn, ({ allowed }) => allowed);
  }

  denied(roleArn: string): GrantUse[] {
    return this.#uses(roleArn, ({ denied }) => denied);
  }

  #uses(roleArn: string, countOf: (tally: Tally) => number): GrantUse[] {
    const actions = [...(this.#roles.get(roleArn) ?? [])];
    return actions.flatMap(([action, resources]) =>
      [...resources].flatMap(([resource, tally]) => {
        const count = countOf(tally);
        return count > 0 ? [{ action, resource, count }] : [];
      }),
    );
  }

  #tally(roleArn: string, action: string, resource: string): Tally {
    const actions = getOrMake(this.#roles, roleArn, () => {
      if (this.#roles.size >= MAX_ROLES) this.#roles.delete(this.#roles.keys().next().value!);
      return new Map();
    });
    const resources = getOrMake(actions, action, () => new Map());
    const known = resources.get(resource);
    if (known) return known;
    return getOrMake(resources, resources.size < MAX_RESOURCES ? resource : FURTHER_RESOURCES, () => ({
      allowed: 0,
      denied: 0,
    }));
  }
}

function getOrMake<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
