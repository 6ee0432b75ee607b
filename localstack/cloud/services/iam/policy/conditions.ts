import { isIP } from 'node:net';
import { glob } from './glob';
import type { ConditionKeys } from './request-context';
import { fillVariables, hasVariables } from './variables';

/** One condition block, ready to be judged. */
export type Condition = (keys: ConditionKeys) => boolean;

type Test = (value: string, wanted: string) => boolean;
/**
 * `negated`: true when *none* of the wanted values fits, and also when the key is missing. `pattern`: wanted values have
 * wildcards.
 */
type Operator = { readonly test: Test; readonly negated?: boolean; readonly pattern?: boolean };

const arnLike: Test = (value, wanted) => {
  // Each of the six parts is matched by itself: a `*` does not reach over a colon, except in the last.
  const parts = (arn: string) => {
    const split = arn.split(':');
    return [...split.slice(0, 5), split.slice(5).join(':')];
  };
  const have = parts(value);
  return parts(wanted).every((pattern, index) => glob(pattern)(have[index] ?? ''));
};
const numbers =
  (compare: (a: number, b: number) => boolean): Test =>
  (value, wanted) =>
    compare(Number(value), Number(wanted));
const time = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const dates =
  (compare: (a: number, b: number) => boolean): Test =>
  (value, wanted) =>
    compare(time(value), time(wanted));
const equals: Test = (value, wanted) => value === wanted;
const equalsIgnoringCase: Test = (value, wanted) => value.toLowerCase() === wanted.toLowerCase();
const like: Test = (value, wanted) => glob(wanted)(value);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Operator>> = {
  stringequals: { test: equals },
  stringnotequals: { test: equals, negated: true },
  stringequalsignorecase: { test: equalsIgnoringCase },
  stringnotequalsignorecase: { test: equalsIgnoringCase, negated: true },
  stringlike: { test: like, pattern: true },
  stringnotlike: { test: like, negated: true, pattern: true },
  numericequals: { test: numbers((a, b) => a === b) },
  numericnotequals: { test: numbers((a, b) => a === b), negated: true },
  numericlessthan: { test: numbers((a, b) => a < b) },
  numericlessthanequals: { test: numbers((a, b) => a <= b) },
  numericgreaterthan: { test: numbers((a, b) => a > b) },
  numericgreaterthanequals: { test: numbers((a, b) => a >= b) },
  dateequals: { test: dates((a, b) => a === b) },
  datenotequals: { test: dates((a, b) => a === b), negated: true },
  datelessthan: { test: dates((a, b) => a < b) },
  datelessthanequals: { test: dates((a, b) => a <= b) },
  dategreaterthan: { test: dates((a, b) => a > b) },
  dategreaterthanequals: { test: dates((a, b) => a >= b) },
  bool: { test: equalsIgnoringCase },
  binaryequals: { test: equals },
  ipaddress: { test: inRange },
  notipaddress: { test: inRange, negated: true },
  arnequals: { test: arnLike, pattern: true },
  arnlike: { test: arnLike, pattern: true },
  arnnotequals: { test: arnLike, negated: true, pattern: true },
  arnnotlike: { test: arnLike, negated: true, pattern: true },
};

type Parsed = { readonly operator: Operator | 'null'; readonly ifExists: boolean; readonly set?: 'all' | 'any' };

/** `ForAllValues:StringLikeIfExists` taken apart; undefined when there is no such operator. */
export function parseOperator(name: string): Parsed | undefined {
  const match = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/i.exec(name);
  if (!match) return undefined;
  const base = match[2]!.toLowerCase();
  // What asks whether a key is there cannot be left out where it is not.
  if (base === 'null' && match[3] !== undefined) return undefined;
  const operator = base === 'null' ? 'null' : OPERATORS[base];
  if (!operator) return undefined;
  const set = match[1]?.toLowerCase() === 'forallvalues' ? 'all' : match[1] ? 'any' : undefined;
  return { operator, ifExists: match[3] !== undefined, ...(set && { set }) };
}

/** Compiles the `Condition` of a statement. All of its operators, and all of their keys, have to hold. */
export function compileConditions(
  block: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  variables: boolean,
): Condition {
  const conditions: Condition[] = [];
  for (const [name, keys] of Object.entries(block)) {
    const parsed = parseOperator(name);
    // Refused when the policy was put; a policy that comes from elsewhere must not grant by a typing error.
    if (!parsed) return () => false;
    for (const [key, value] of Object.entries(keys)) {
      conditions.push(compileKey(parsed, key.toLowerCase(), [value].flat().map(String), variables));
    }
  }
  return (keys) => conditions.every((condition) => condition(keys));
}

function compileKey(
  { operator, ifExists, set }: Parsed,
  key: string,
  wanted: readonly string[],
  variables: boolean,
): Condition {
  if (operator === 'null') {
    return (keys) => wanted.some((value) => (value.toLowerCase() === 'true') === (keys(key) === undefined));
  }
  const variable = variables && wanted.some(hasVariables);
  const pattern = operator.pattern === true;
  return (keys) => {
    const values = keys(key);
    if (values === undefined || values.length === 0) {
      return ifExists || set === 'all' || (operator.negated === true && set !== 'any');
    }
    const patterns = variable ? wanted.flatMap((text) => fillVariables(text, keys, { pattern }) ?? []) : wanted;
    const fits = (value: string) =>
      patterns.some((pattern) => operator.test(value, pattern)) !== (operator.negated === true);
    // Without a set operator a key has one value; services that give several mean "any of them".
    if (set === 'all' || (set === undefined && operator.negated)) return values.every(fits);
    return values.some(fits);
  };
}

function inRange(address: string, range: string): boolean {
  const [base = '', length] = range.split('/');
  const family = isIP(base);
  if (family === 0 || isIP(address) !== family) return false;
  const bits = family === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  if (!(prefix >= 0 && prefix <= bits)) return false;
  const shift = BigInt(bits - prefix);
  return ipNumber(address) >> shift === ipNumber(base) >> shift;
}

function ipNumber(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text ? text.split(':') : []);
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const middle = tail === undefined ? [] : Array<string>(8 - front.length - back.length).fill('0');
  return [...front, ...middle, ...back].reduce((sum, part) => (sum << 16n) + BigInt(`0x${part}`), 0n);
}
