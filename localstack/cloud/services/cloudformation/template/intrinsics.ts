import { notImplemented } from '../../../core/aws-error';
import { CONDITION_FUNCTIONS, RULE_FUNCTIONS } from './condition-functions';
import { type IntrinsicFunction, NO_VALUE, type Scope } from './scope';
import { VALUE_FUNCTIONS } from './value-functions';

const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  ...VALUE_FUNCTIONS,
  ...CONDITION_FUNCTIONS,
  ...RULE_FUNCTIONS,
};

/** The name of the function that `value` is a call of; undefined for plain data. */
export function functionOf(value: object): string | undefined {
  const names = Object.keys(value);
  const name = names.length === 1 ? names[0]! : undefined;
  return name === 'Ref' || name?.startsWith('Fn::') ? name : undefined;
}

/** `value` with every function in it replaced by what it yields. Throws `ValidationError`. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== NO_VALUE);
  const name = functionOf(value);
  if (name) return call(name, (value as Record<string, unknown>)[name], scope);
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const resolved = resolve(member, scope);
    if (resolved !== NO_VALUE) result[key] = resolved;
  }
  return result;
}

/** Whether a condition holds: a function or, among the operands of one, `{Condition: name}`. */
export function truth(condition: unknown, scope: Scope): boolean {
  return String(resolveOperand(condition, scope)) === 'true';
}

function call(name: string, argument: unknown, scope: Scope): unknown {
  const run = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!run) throw notImplemented(`The function ${name} in templates`);
  const within = Object.hasOwn(CONDITION_FUNCTIONS, name) ? resolveOperand : resolve;
  return run(argument, scope, (value) => within(value, scope), name);
}

/** `{Condition: name}` names a condition only where a condition is expected: policies have members of that name. */
function resolveOperand(value: unknown, scope: Scope): unknown {
  if (typeof value === 'object' && value !== null && 'Condition' in value && Object.keys(value).length === 1) {
    return scope.condition(String(value.Condition), 'Condition');
  }
  return resolve(value, scope);
}
