import { validationError } from './errors';
import { isStored } from './parameter-types';
import type { TemplateParameter } from './template';

/**
 * Throws `ValidationError` when a value is not what its parameter allows. Of a stored parameter it is the name that is
 * judged, not what is stored; of a list, each item.
 */
export function checkParameterValue(key: string, parameter: TemplateParameter, value: string): void {
  const { Type: type } = parameter;
  const list = !isStored(type) && /^(List<|CommaDelimitedList)/.test(type);
  const items = list ? value.split(',').map((item) => item.trim()) : [value];
  const failed = (constraint: string) =>
    validationError(
      parameter.ConstraintDescription
        ? `Parameter ${key} failed to satisfy constraint: ${parameter.ConstraintDescription}`
        : `Parameter '${key}' ${constraint}`,
    );
  if (type === 'Number' || type === 'List<Number>') {
    for (const item of items) checkNumber(key, parameter, item, failed);
  }
  if (type === 'String' || isStored(type)) {
    if (value.length < Number(parameter.MinLength ?? 0)) {
      throw failed(`must contain at least ${parameter.MinLength} characters`);
    }
    if (value.length > Number(parameter.MaxLength ?? Number.POSITIVE_INFINITY)) {
      throw failed(`must contain at most ${parameter.MaxLength} characters`);
    }
  }
  const pattern = patternOf(key, parameter);
  if (pattern && !items.every((item) => pattern.test(item))) {
    throw failed(`must match pattern ${parameter.AllowedPattern}`);
  }
  const allowed = parameter.AllowedValues?.map(String);
  if (allowed && !items.every((item) => allowed.includes(item))) throw failed('must be one of AllowedValues');
}

function checkNumber(
  key: string,
  { MinValue: min, MaxValue: max }: TemplateParameter,
  item: string,
  failed: (constraint: string) => Error,
): void {
  if (item === '' || Number.isNaN(Number(item))) throw validationError(`Parameter '${key}' must be a number.`);
  if (Number(item) < Number(min ?? Number.NEGATIVE_INFINITY)) throw failed(`must be a number not less than ${min}`);
  if (Number(item) > Number(max ?? Number.POSITIVE_INFINITY)) throw failed(`must be a number not greater than ${max}`);
}

function patternOf(key: string, { AllowedPattern: pattern }: TemplateParameter): RegExp | undefined {
  if (pattern === undefined) return undefined;
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    throw validationError(`Template format error: the AllowedPattern of parameter ${key} is no regular expression`);
  }
}
