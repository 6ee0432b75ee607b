import { validationError } from './errors';

/** What AWS says of a function whose argument has the wrong form. */
const EXPECTED: Readonly<Record<string, string>> = {
  Ref: 'every Ref object must have a single String value.',
  'Fn::Base64': 'every Fn::Base64 object must have a String-typed value.',
  'Fn::GetAZs': 'every Fn::GetAZs object must have a String-typed value.',
  'Fn::GetAtt':
    'every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
  'Fn::Join':
    'every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
  'Fn::Split':
    'every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
  'Fn::Select': 'Fn::Select requires a list argument with two elements: an integer index and a list',
  'Fn::Sub':
    "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
  'Fn::FindInMap':
    'every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
  'Fn::Cidr':
    'every Fn::Cidr object requires two or three parameters, (1) a CIDR block, (2) a count from 1 to 256 and (3) the number of subnet bits',
  'Fn::If': 'Fn::If requires a list argument with three elements',
  'Fn::Equals': 'Fn::Equals requires a list argument with two elements',
  'Fn::Not': 'Fn::Not requires a list argument with one element',
  'Fn::And': 'every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.',
  'Fn::Or': 'every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters.',
  'Fn::ImportValue': 'every Fn::ImportValue object must have a String-typed value.',
  'Fn::GetStackOutput':
    'every Fn::GetStackOutput object requires StackName and OutputName, and may have Region and RoleArn, all of them texts.',
};

/** The error for an argument of `name` that has not the form that the function wants. */
export const malformed = (name: string) =>
  validationError(`Template error: ${EXPECTED[name] ?? `the arguments of ${name} are not what it expects`}`);

/** A list of `from` to `to` entries, given in the template or yielded by a function. */
export function list(value: unknown, name: string, from = 0, to = Number.POSITIVE_INFINITY): readonly unknown[] {
  if (!Array.isArray(value) || value.length < from || value.length > to) throw malformed(name);
  return value;
}

export const pair = (value: unknown, name: string) => list(value, name, 2, 2) as [unknown, unknown];

/** Texts, and the numbers and truth values that templates do not tell from them. */
export function text(value: unknown, name: string): string {
  if (!['string', 'number', 'boolean'].includes(typeof value)) throw malformed(name);
  return String(value);
}

/** `${Name}`, `${Name.Attribute}` and `${!Literal}` in the pattern of `Fn::Sub`. */
export const SUB_VARIABLE = /\$\{(!)?([^}]*)\}/g;

export function subArguments(argument: unknown): [pattern: string, variables: Readonly<Record<string, unknown>>] {
  if (typeof argument === 'string') return [argument, {}];
  const [pattern, variables] = pair(argument, 'Fn::Sub');
  if (typeof pattern !== 'string' || typeof variables !== 'object' || variables === null || Array.isArray(variables)) {
    throw malformed('Fn::Sub');
  }
  return [pattern, variables as Record<string, unknown>];
}

/** What a variable of `Fn::Sub` that its own map does not have refers to. */
export function subTarget(variable: string): { name: string; attribute?: string } {
  const reference = variable.trim();
  if (!/^[\w.:]+$/.test(reference)) {
    throw validationError(
      'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
    );
  }
  const dot = reference.indexOf('.');
  return dot > 0 ? { name: reference.slice(0, dot), attribute: reference.slice(dot + 1) } : { name: reference };
}

/** `Name.Attribute`, where only the first dot counts, or `[Name, Attribute]`. */
export function getAttArguments(argument: unknown): [logicalId: string, attribute: unknown] {
  const dot = typeof argument === 'string' ? argument.indexOf('.') : -1;
  const [logicalId, attribute] =
    typeof argument === 'string' ? [argument.slice(0, dot), argument.slice(dot + 1)] : pair(argument, 'Fn::GetAtt');
  if (typeof logicalId !== 'string' || logicalId === '' || attribute === '' || dot === 0) throw malformed('Fn::GetAtt');
  if (typeof argument === 'string' && dot < 0) throw malformed('Fn::GetAtt');
  return [logicalId, attribute];
}
