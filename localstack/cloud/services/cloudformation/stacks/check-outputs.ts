import { validationError } from '../template/errors';
import { resolve } from '../template/intrinsics';
import { NO_VALUE } from '../template/scope';
import type { Template } from '../template/template';
import type { StackScope } from './stack-scope';

const LONGEST_NAME = 256;

/**
 * Refuses outputs that are no texts, and names of exports that are not allowed or depend on resources. `scope`: one in
 * which no resource is there.
 */
export function checkOutputs(template: Template, scope: StackScope): void {
  for (const [key, { Condition: condition, Value: value, Export: exported }] of Object.entries(
    template.Outputs ?? {},
  )) {
    if (condition !== undefined && !scope.condition(condition)) continue;
    checkValue(value, scope);
    if (exported === undefined) continue;
    const name = resolve(exported.Name, scope);
    const malformed = (what: string) =>
      validationError(
        `Template format error: Output ${key} is malformed. The Name field of every Export member must ${what}`,
      );
    if (typeof name !== 'string' || !/^[A-Za-z0-9:-]+$/.test(name)) {
      throw malformed('be specified and consist only of alphanumeric characters, colons, or hyphens.');
    }
    if (name.length > LONGEST_NAME) throw malformed(`not be longer than ${LONGEST_NAME} characters.`);
  }
}

function checkValue(written: unknown, scope: StackScope): void {
  let value: unknown;
  try {
    value = resolve(written, scope);
  } catch {
    // A function that chokes on what is not there yet is judged when it is.
    return;
  }
  const no = Array.isArray(value) ? ' and not a List' : typeof value === 'object' ? ' and not a Map' : '';
  if (no === '' && value !== NO_VALUE) return;
  throw validationError(
    `Template format error: The Value field of every Outputs member must evaluate to a String${no}.`,
  );
}
