import { validation } from './errors';

type Constraint = {
  readonly required?: boolean;
  /** Of a number its value, of anything else its length. */
  readonly min?: number;
  readonly max?: number;
  /** A regular expression, as text: it is shown as AWS writes it. */
  readonly pattern?: string;
  readonly oneOf?: readonly string[];
};

/** The constraints of the members of one request: all that are broken are named in one error, as AWS does it. */
export class Constraints {
  readonly #broken: string[] = [];

  check(member: string, value: unknown, constraint: Constraint): void {
    const absent = value === undefined || value === null;
    if (absent && !constraint.required) return;
    const shown = absent ? 'null' : `'${typeof value === 'object' ? JSON.stringify(value) : String(value)}'`;
    for (const demand of absent ? ['not be null'] : unmet(value, constraint)) {
      this.#broken.push(`Value ${shown} at '${member}' failed to satisfy constraint: Member must ${demand}`);
    }
  }

  /** Throws `ValidationException` when a constraint was broken. */
  done(): void {
    const count = this.#broken.length;
    if (count === 0) return;
    throw validation(`${count} validation error${count > 1 ? 's' : ''} detected: ${this.#broken.join('; ')}`);
  }
}

function* unmet(value: unknown, { min, max, pattern, oneOf }: Constraint): Generator<string> {
  const isNumber = typeof value === 'number';
  const size = isNumber ? value : ((value as { length?: number }).length ?? 0);
  const measure = isNumber ? 'value' : 'length';
  if (min !== undefined && !(size >= min)) yield `have ${measure} greater than or equal to ${min}`;
  if (max !== undefined && !(size <= max)) yield `have ${measure} less than or equal to ${max}`;
  if (pattern && !new RegExp(pattern).test(String(value))) yield `satisfy regular expression pattern: ${pattern}`;
  if (oneOf && !oneOf.includes(String(value))) yield `satisfy enum value set: [${oneOf.join(', ')}]`;
}

/** Names of schedules and of groups. */
export const NAME: Constraint = { min: 1, max: 64, pattern: '^[0-9a-zA-Z-_.]+$' };
export const CLIENT_TOKEN: Constraint = { min: 1, max: 64, pattern: '^[a-zA-Z0-9-_]+$' };
