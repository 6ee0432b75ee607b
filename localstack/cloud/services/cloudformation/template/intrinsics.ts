import { notImplemented } from '../../../core/aws-error';
import { validationError } from './errors';

/** What a template's functions are resolved against. */
export interface Scope {
  /** The value of a parameter, pseudo parameter or resource; undefined when there is none of that name. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  importValue(exportName: string): string;
  condition(name: string): boolean;
  findInMap(map: string, first: string, second: string): unknown;
  readonly region: string;
}

/** What `AWS::NoValue` stands for: the property or list entry that has it disappears. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');

/** The name of the function that `value` is a call of; undefined for plain data. */
export function functionOf(value: object): string | undefined {
  const names = Object.keys(value);
  const name = names.length === 1 ? names[0]! : undefined;
  return name === 'Ref' || name?.startsWith('Fn::') ? name : undefined;
}

/** `value` with every function in it replaced by what it yields. Throws `ValidationError`. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return resolveText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== NO_VALUE);
  const name = functionOf(value);
  if (name) return callFunction(name, (value as Record<string, unknown>)[name], scope);
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const resolved = resolve(member, scope);
    if (resolved !== NO_VALUE) result[key] = resolved;
  }
  return result;
}

function resolveText(text: string): string {
  const dynamic = /\{\{resolve:[^}]*\}\}/.exec(text);
  if (dynamic) throw notImplemented(`The dynamic reference ${dynamic[0]}`);
  return text;
}

type IntrinsicFunction = (argument: unknown, scope: Scope) => unknown;

const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: (name, scope) => {
    if (name === 'AWS::NoValue') return NO_VALUE;
    const value = scope.ref(String(name));
    if (value === undefined) throw unresolved(String(name));
    return value;
  },
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, attribute] = getAttArguments(argument);
    return scope.getAtt(logicalId, text(resolve(attribute, scope), 'Fn::GetAtt'));
  },
  'Fn::Sub': (argument, scope) => {
    const [pattern, variables] = subArguments(argument);
    return pattern.replace(SUB_VARIABLE, (_, literal: string | undefined, name: string) => {
      if (literal) return `\${${name}}`;
      const value = Object.hasOwn(variables, name) ? resolve(variables[name], scope) : subReference(name, scope);
      return text(value, 'Fn::Sub');
    });
  },
  'Fn::Join': (argument, scope) => {
    const [delimiter, items] = pair(argument, 'Fn::Join');
    return list(resolve(items, scope), 'Fn::Join')
      .map((item) => text(item, 'Fn::Join'))
      .join(String(delimiter));
  },
  'Fn::Split': (argument, scope) => {
    const [delimiter, source] = pair(argument, 'Fn::Split');
    return text(resolve(source, scope), 'Fn::Split').split(String(delimiter));
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = pair(argument, 'Fn::Select');
    const resolved = list(resolve(items, scope), 'Fn::Select');
    const chosen = resolved[Number(resolve(index, scope))];
    if (chosen === undefined)
      throw validationError('Template error: Fn::Select cannot select nonexistent value at index');
    return chosen;
  },
  'Fn::If': (argument, scope) => {
    const [condition, yes, no] = list(argument, 'Fn::If');
    return resolve(scope.condition(String(condition)) ? yes : no, scope);
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = list(argument, 'Fn::FindInMap').map((item) =>
      text(resolve(item, scope), 'Fn::FindInMap'),
    );
    return scope.findInMap(map!, first!, second!);
  },
  'Fn::ImportValue': (name, scope) => scope.importValue(text(resolve(name, scope), 'Fn::ImportValue')),
  'Fn::Base64': (argument, scope) => Buffer.from(text(resolve(argument, scope), 'Fn::Base64')).toString('base64'),
  'Fn::GetAZs': (argument, scope) => {
    const region = text(resolve(argument, scope), 'Fn::GetAZs') || scope.region;
    return ['a', 'b', 'c'].map((zone) => `${region}${zone}`);
  },
  'Fn::Length': (argument, scope) => list(resolve(argument, scope), 'Fn::Length').length,
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(resolve(argument, scope)),
  // Conditions, which also stand in rules.
  'Fn::Equals': (argument, scope) => {
    const [a, b] = pair(argument, 'Fn::Equals').map((item) => resolve(item, scope));
    return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
  },
  'Fn::Not': (argument, scope) => !truth(list(argument, 'Fn::Not')[0], scope),
  'Fn::And': (argument, scope) => list(argument, 'Fn::And').every((item) => truth(item, scope)),
  'Fn::Or': (argument, scope) => list(argument, 'Fn::Or').some((item) => truth(item, scope)),
  'Fn::Contains': (argument, scope) => {
    const [items, wanted] = pair(argument, 'Fn::Contains').map((item) => resolve(item, scope));
    return list(items, 'Fn::Contains').map(String).includes(String(wanted));
  },
};

function callFunction(name: string, argument: unknown, scope: Scope): unknown {
  const run = FUNCTIONS[name];
  if (!run) throw notImplemented(`The function ${name} in templates`);
  return run(argument, scope);
}

/** Whether a condition holds: a function, `{Condition: name}`, or `true` and `false` themselves. */
export function truth(condition: unknown, scope: Scope): boolean {
  if (typeof condition === 'object' && condition !== null && 'Condition' in condition) {
    return scope.condition(String(condition.Condition));
  }
  return String(resolve(condition, scope)) === 'true';
}

/** `${Name}`, `${Name.Attribute}` and `${!Literal}` in the pattern of `Fn::Sub`. */
export const SUB_VARIABLE = /\$\{(!)?([^}]+)\}/g;

export function subArguments(argument: unknown): [pattern: string, variables: Record<string, unknown>] {
  if (typeof argument === 'string') return [argument, {}];
  const [pattern, variables] = pair(argument, 'Fn::Sub');
  return [String(pattern), variables as Record<string, unknown>];
}

function subReference(name: string, scope: Scope): unknown {
  const reference = name.trim();
  const dot = reference.indexOf('.');
  if (dot > 0) return scope.getAtt(reference.slice(0, dot), reference.slice(dot + 1));
  const value = scope.ref(reference);
  if (value === undefined) throw unresolved(reference);
  return value;
}

export function getAttArguments(argument: unknown): [logicalId: string, attribute: unknown] {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  const [logicalId, attribute] = pair(argument, 'Fn::GetAtt');
  return [String(logicalId), attribute];
}

const unresolved = (name: string) =>
  validationError(
    `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
  );

function list(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw validationError(`Template error: every ${name} object requires a list argument.`);
  return value;
}

function pair(value: unknown, name: string): [unknown, unknown] {
  const items = list(value, name);
  if (items.length !== 2) {
    throw validationError(`Template error: every ${name} object requires two parameters.`);
  }
  return items as [unknown, unknown];
}

function text(value: unknown, name: string): string {
  if (typeof value === 'object' || typeof value === 'symbol' || value === undefined) {
    throw validationError(`Template error: the arguments of ${name} must be strings.`);
  }
  return String(value);
}

/** Templates do not tell 1 from "1". */
const plain = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
