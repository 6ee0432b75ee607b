import { notImplemented } from '../../../core/aws-error';
import { getAttArguments, list, malformed, pair, SUB_VARIABLE, subArguments, subTarget, text } from './arguments';
import { cidrBlocks } from './cidr';
import { validationError } from './errors';
import { type IntrinsicFunction, NO_VALUE, type Scope } from './scope';

/** The functions that yield texts, lists and structures. */
export const VALUE_FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: (name, scope) => {
    if (typeof name !== 'string') throw malformed('Ref');
    return name === 'AWS::NoValue' ? NO_VALUE : referenced(name, scope);
  },
  'Fn::GetAtt': (argument, scope, resolve, name) => {
    const [logicalId, attribute] = getAttArguments(argument);
    return scope.getAtt(logicalId, text(resolve(attribute), name));
  },
  'Fn::Sub': (argument, scope, resolve) => {
    const [pattern, variables] = subArguments(argument);
    return pattern.replace(SUB_VARIABLE, (_, literal: string | undefined, variable: string) => {
      if (literal) return `\${${variable}}`;
      return Object.hasOwn(variables, variable)
        ? substituted(variable, resolve(variables[variable]))
        : substituted(variable, subReference(variable, scope));
    });
  },
  'Fn::Join': (argument, _scope, resolve, name) => {
    const [delimiter, items] = pair(argument, name);
    if (typeof delimiter === 'object') throw malformed(name);
    return list(resolve(items), name)
      .map((item) => text(item, name))
      .join(String(delimiter));
  },
  'Fn::Split': (argument, _scope, resolve, name) => {
    const [delimiter, source] = pair(argument, name);
    if (typeof delimiter === 'object' || delimiter === '') throw malformed(name);
    return text(resolve(source), name).split(String(delimiter));
  },
  'Fn::Select': (argument, _scope, resolve, name) => {
    const [at, items] = pair(argument, name);
    const index = text(resolve(at), name);
    if (!/^-?\d+$/.test(index)) {
      throw validationError(
        'Template error: Fn::Select requires a list argument with a valid index value as its first element',
      );
    }
    const chosen = list(resolve(items), name)[Number(index)];
    if (chosen === undefined || chosen === null) {
      throw validationError(`Template error: Fn::Select cannot select nonexistent value at index ${index}`);
    }
    return chosen;
  },
  'Fn::If': (argument, scope, resolve, name) => {
    const [condition, yes, no] = list(argument, name, 3, 3);
    return resolve(scope.condition(conditionName(condition), name) ? yes : no);
  },
  'Fn::FindInMap': (argument, scope, resolve, name) => {
    const [map = '', first = '', second = ''] = list(argument, name, 3, 4)
      .slice(0, 3)
      .map((item) => text(resolve(item), name));
    const fallback = (argument as unknown[])[3] as { DefaultValue?: unknown } | undefined;
    const found = scope.findInMap(map, first, second);
    if (found !== undefined) return found;
    if (fallback?.DefaultValue !== undefined) return resolve(fallback.DefaultValue);
    throw validationError(`Template error: Unable to get mapping for ${map}::${first}::${second}`);
  },
  'Fn::ImportValue': (argument, scope, resolve, name) => scope.importValue(text(resolve(argument), name)),
  'Fn::GetStackOutput': (argument, scope, resolve, name) => {
    const { StackName, OutputName, Region = scope.region, RoleArn, ...others } = structure(argument, name);
    if (Object.keys(others).length > 0) throw malformed(name);
    if (RoleArn !== undefined) throw notImplemented(`${name}: RoleArn`);
    const [stack, output, region] = [StackName, OutputName, Region].map((part) => text(resolve(part), name));
    return scope.stackOutput(stack!, output!, region!);
  },
  'Fn::Base64': (argument, _scope, resolve, name) => Buffer.from(text(resolve(argument), name)).toString('base64'),
  'Fn::GetAZs': (argument, scope, resolve, name) => {
    const region = text(resolve(argument), name) || scope.region;
    return ['a', 'b', 'c'].map((zone) => `${region}${zone}`);
  },
  'Fn::Cidr': (argument, _scope, resolve, name) => {
    const [block, count, bits] = list(argument, name, 2, 3).map((item) => text(resolve(item), name));
    return cidrBlocks(block!, Number(count), bits === undefined ? undefined : Number(bits));
  },
  'Fn::Length': (argument, _scope, resolve, name) => list(resolve(argument), name).length,
  'Fn::ToJsonString': (argument, _scope, resolve, name) => {
    const value = resolve(argument);
    if (typeof value !== 'object') throw malformed(name);
    return JSON.stringify(value);
  },
};

/** The first argument of `Fn::If`. */
export function conditionName(condition: unknown): string {
  if (typeof condition === 'string') return condition;
  throw validationError('Template error: Fn::If requires a list argument with the first element being a condition');
}

function subReference(variable: string, scope: Scope): unknown {
  const { name, attribute } = subTarget(variable);
  return attribute === undefined ? referenced(name, scope) : scope.getAtt(name, attribute);
}

function referenced(name: string, scope: Scope): unknown {
  const value = scope.ref(name);
  if (value !== undefined) return value;
  throw validationError(
    `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
  );
}

function substituted(variable: string, value: unknown): string {
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw validationError(`Template error: variable ${variable} in Fn::Sub expression does not resolve to a string`);
}

function structure(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(name);
  return value as Record<string, unknown>;
}
