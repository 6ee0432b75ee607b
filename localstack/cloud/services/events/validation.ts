import { AwsError } from '../../core/aws-error';

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);

export const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message);

type Constraint = {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly oneOf?: readonly string[];
};

/** Refuses a member that breaks a constraint of its shape, in the words of AWS's own validator. */
export function constrain(member: string, value: unknown, constraint: Constraint): void {
  const broken = brokenConstraint(value, constraint);
  if (!broken) return;
  const shown = value === undefined || value === null ? 'null' : Array.isArray(value) ? '[]' : String(value);
  throw validation(
    `1 validation error detected: Value${value === undefined ? ` ${shown}` : ` '${shown}'`} at '${member}' failed to satisfy constraint: Member ${broken}`,
  );
}

function brokenConstraint(value: unknown, { min, max, pattern, oneOf }: Constraint): string | undefined {
  if (value === undefined || value === null) return 'must not be null';
  const size = typeof value === 'number' ? value : (value as string | readonly unknown[]).length;
  const measure = typeof value === 'number' ? 'value' : 'length';
  if (min !== undefined && size < min) return `must have ${measure} greater than or equal to ${min}`;
  if (max !== undefined && size > max) return `must have ${measure} less than or equal to ${max}`;
  if (pattern && !pattern.test(String(value))) {
    return `must satisfy regular expression pattern: ${pattern.source.replace(/^\^|\$$/g, '')}`;
  }
  if (oneOf && !oneOf.includes(String(value))) return `must satisfy enum value set: [${oneOf.join(', ')}]`;
  return undefined;
}

/** The years that the four digits of an envelope can show. */
const EARLIEST = Date.parse('0000-01-01T00:00:00Z');
const LATEST = Date.UTC(10_000, 0, 1);

/** A point in time, as milliseconds since 1970. SDKs send seconds; text is what a caller without one may send. */
export function readTime(member: string, given: unknown): number {
  constrain(member, given, {});
  const ms = typeof given === 'number' ? given * 1_000 : Date.parse(String(given));
  if (!(ms >= EARLIEST && ms < LATEST)) {
    throw new AwsError('SerializationException', `${String(given)} is not a time.`);
  }
  return ms;
}

/** Lists take one filter at a time. */
export function onlyOneFilter(
  operation: string,
  { NamePrefix, EventSourceArn, State }: { NamePrefix?: string; EventSourceArn?: string; State?: string },
): void {
  if ([NamePrefix, EventSourceArn, State].filter((one) => one !== undefined).length < 2) return;
  throw validation(
    `At most one filter is allowed for ${operation}. Use either : State, EventSourceArn, or NamePrefix.`,
  );
}

/** One page of a list that is sorted by `nameOf`. The token is the last name, so pages stay right while things change. */
export function pageOf<T>(
  all: readonly T[],
  { Limit, NextToken }: { Limit?: number; NextToken?: string },
  nameOf: (item: T) => string,
): { page: readonly T[]; next: { NextToken?: string } } {
  if (Limit !== undefined) constrain('limit', Limit, { min: 1, max: 100 });
  const after = NextToken === undefined ? undefined : Buffer.from(NextToken, 'base64').toString('utf8');
  const rest = after === undefined ? all : all.filter((item) => nameOf(item) > after);
  const page = rest.slice(0, Limit ?? 100);
  const last = page.at(-1);
  if (!last || page.length === rest.length) return { page, next: {} };
  return { page, next: { NextToken: Buffer.from(nameOf(last)).toString('base64') } };
}
