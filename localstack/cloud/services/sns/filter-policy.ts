import { AwsError } from '../../core/aws-error';
import { parseEventJson } from '../../core/patterns/event-json';
import { compilePattern } from '../../core/patterns/event-pattern';
import { isInvalidPattern } from '../../core/patterns/invalid-pattern';
import { invalidParameter } from './errors';
import { type MessageAttribute, type NewMessage, textFor } from './message';

/** Whether a message goes to a subscription of this protocol. */
export type Filter = (message: NewMessage, protocol: string) => boolean;

export const SCOPES = ['MessageAttributes', 'MessageBody'];

const MAX_KEYS = 5;
const MAX_COMBINATIONS = 150;
const MAX_BYTES = 262_144;

/** The filter of a subscription with these attributes: `FilterPolicy` and `FilterPolicyScope`. */
export function compileFilter({ FilterPolicy, FilterPolicyScope }: Readonly<Record<string, string>>): Filter {
  if (FilterPolicy === undefined) return () => true;
  const pattern = compilePattern(FilterPolicy);
  if (FilterPolicyScope !== 'MessageBody') return ({ attributes }) => pattern.matches(attributeValues(attributes));
  return (message, protocol) => {
    const body = parseBody(textFor(message, protocol));
    return body !== undefined && pattern.matches(body);
  };
}

/** Attributes as values that patterns match: numbers, texts, elements of arrays; binary ones are not looked at. */
function attributeValues(attributes: NewMessage['attributes']): object {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, attribute]) => {
      const value = matchable(attribute);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function matchable({ DataType, StringValue = '' }: MessageAttribute): unknown {
  if (DataType.startsWith('Binary')) return undefined;
  if (DataType.startsWith('Number')) return parseEventJson(String(Number(StringValue)));
  return DataType === 'String.Array' ? parseEventJson(StringValue) : StringValue;
}

/** A body that is no JSON object fits no policy. */
function parseBody(text: string): object | undefined {
  try {
    const body = parseEventJson(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Refuses a filter policy that SNS would not take. `at`: how its messages begin, which differs between operations.
 * Its operators are those of an older Event Ruler, its limits its own:
 * https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
export function checkFilterPolicy(text: string, scope: string, at: string): void {
  const refuse = (reason: string) => invalidParameter(`${at}${reason}`);
  if (Buffer.byteLength(text) > MAX_BYTES) throw refuse('FilterPolicy: Filter policy is too large');
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw refuse('FilterPolicy: failed to parse JSON.');
  }
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) {
    throw refuse('FilterPolicy: Filter is not an object');
  }
  try {
    compilePattern(text);
  } catch (error) {
    if (!isInvalidPattern(error)) throw error;
    throw refuse(`FilterPolicy: ${error.reason}`);
  }
  const unknown = undocumented(policy as Policy);
  if (unknown !== undefined) throw refuse(`FilterPolicy: ${unknown}`);
  const { keys, combinations, nested } = measure(policy as Policy, 1);
  if (nested && scope === 'MessageAttributes') {
    throw refuse('Filter policy scope MessageAttributes does not support nested filter policy');
  }
  if (keys > MAX_KEYS) throw refuse(`FilterPolicy: Filter policy can not have more than ${MAX_KEYS} keys`);
  if (combinations > MAX_COMBINATIONS) throw refuse('FilterPolicy: Filter policy is too complex');
}

type Policy = { readonly [name: string]: Policy | readonly unknown[] };
/**
 * What is wrong with a policy that has an operator of Event Ruler's which SNS does not name.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
function undocumented(policy: Policy): string | undefined {
  for (const [name, value] of Object.entries(policy)) {
    const tests = Array.isArray(value) && name !== '$or' ? value : undefined;
    const branches = tests ? [] : ([value].flat() as Policy[]);
    const found = tests ? tests.map(newerOperator) : branches.map(undocumented);
    const reason = found.find((one) => one !== undefined);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function newerOperator(test: unknown): string | undefined {
  if (typeof test !== 'object' || test === null) return undefined;
  const [operator = '', operand] = Object.entries(test)[0] ?? [];
  if (operator === 'wildcard' || operator === 'exactly') return `Unrecognized match type ${operator}`;
  if (typeof operand !== 'object' || operand === null || Array.isArray(operand)) return undefined;
  if (operator === 'prefix' || operator === 'suffix') return `${operator} match pattern must be a string`;
  const inner = Object.keys(operand)[0];
  return inner === 'prefix' ? undefined : `Unsupported anything-but pattern: ${inner}`;
}

type Measure = { readonly keys: number; readonly combinations: number; readonly nested: boolean };

/** Keys that have values; what the numbers of values, each times the depth of its key, multiply to; what `$or`s add to. */
function measure(policy: Policy, depth: number): Measure {
  const parts = Object.entries(policy).map(([name, value]): Measure => {
    if (!Array.isArray(value)) return { ...measure(value as Policy, depth + 1), nested: true };
    if (name !== '$or') return { keys: 1, combinations: value.length * depth, nested: false };
    const branches = value.map((branch) => measure(branch as Policy, depth));
    return {
      keys: sum(branches.map(({ keys }) => keys)),
      combinations: sum(branches.map(({ combinations }) => combinations)),
      nested: branches.some(({ nested }) => nested),
    };
  });
  return {
    keys: sum(parts.map(({ keys }) => keys)),
    combinations: parts.reduce((product, { combinations }) => product * combinations, 1),
    nested: parts.some(({ nested }) => nested),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

export const tooManyFilters = (): AwsError =>
  new AwsError('FilterPolicyLimitExceeded', 'Filter policy limit exceeded', { status: 403 });
