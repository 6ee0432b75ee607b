import { notImplemented } from '../../../core/aws-error';
import { validationError } from './errors';
import type { Template, TemplateParameter } from './template';

export type ParameterValue = {
  readonly key: string;
  /** As given or defaulted: for an SSM parameter, its name. */
  readonly value: string;
  /** What `Ref` yields, where that is something else: the value of the SSM parameter. */
  readonly resolved?: string;
  readonly noEcho?: true;
};

export type GivenParameter = {
  readonly ParameterKey: string;
  readonly ParameterValue?: string;
  readonly UsePreviousValue?: boolean | string;
};

/** Reads a parameter of the parameter store; undefined when there is none. */
export type ParameterStore = (name: string) => Promise<string | undefined>;

const SSM_VALUE = /^AWS::SSM::Parameter::Value<(String|List<String>|CommaDelimitedList)>$/;
const LISTS = ['CommaDelimitedList', 'List<Number>', 'List<String>'];

/** The value of every parameter of the template. Throws `ValidationError` when one is missing or not allowed. */
export async function parameterValues(
  template: Template,
  given: readonly GivenParameter[],
  previous: readonly ParameterValue[],
  store: ParameterStore,
): Promise<ParameterValue[]> {
  const declared = template.Parameters ?? {};
  const surplus = given.map((parameter) => parameter.ParameterKey).filter((key) => !declared[key]);
  if (surplus.length > 0) {
    throw validationError(`Parameters: [${surplus.join(', ')}] do not exist in the template`);
  }
  const missing: string[] = [];
  const values: ParameterValue[] = [];
  for (const [key, parameter] of Object.entries(declared)) {
    const value = givenValue(key, parameter, given, previous);
    if (value === undefined) {
      missing.push(key);
      continue;
    }
    checkValue(key, parameter, value);
    const resolved = SSM_VALUE.test(parameter.Type) ? await store(value) : undefined;
    if (SSM_VALUE.test(parameter.Type) && resolved === undefined) {
      throw validationError(`Unable to fetch parameters [${value}] from parameter store for this account.`);
    }
    values.push({
      key,
      value,
      ...(resolved !== undefined && { resolved }),
      ...(String(parameter.NoEcho) === 'true' && { noEcho: true }),
    });
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  return values;
}

/** What `Ref` yields for a parameter: a text, or a list of texts. */
export function referenceValue(parameter: TemplateParameter, { value, resolved }: ParameterValue): string | string[] {
  const type = SSM_VALUE.exec(parameter.Type)?.[1] ?? parameter.Type;
  const text = resolved ?? value;
  if (!LISTS.includes(type)) return text;
  return text === '' ? [''] : text.split(',').map((item) => item.trim());
}

function givenValue(
  key: string,
  parameter: TemplateParameter,
  given: readonly GivenParameter[],
  previous: readonly ParameterValue[],
): string | undefined {
  const entry = given.find((candidate) => candidate.ParameterKey === key);
  if (entry && String(entry.UsePreviousValue) === 'true') {
    const before = previous.find((candidate) => candidate.key === key);
    if (!before) {
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    }
    return before.value;
  }
  if (entry?.ParameterValue !== undefined) return String(entry.ParameterValue);
  return parameter.Default === undefined ? undefined : String(parameter.Default);
}

function checkValue(key: string, parameter: TemplateParameter, value: string): void {
  const { Type: type } = parameter;
  const known = type === 'String' || type === 'Number' || type === 'AWS::SSM::Parameter::Name';
  if (!known && !LISTS.includes(type) && !SSM_VALUE.test(type))
    throw notImplemented(`The parameter type ${type} (${key})`);
  const failed = (constraint: string) =>
    validationError(
      parameter.ConstraintDescription
        ? `Parameter ${key} failed to satisfy constraint: ${parameter.ConstraintDescription}`
        : constraint,
    );
  if (type === 'Number' && (value.trim() === '' || Number.isNaN(Number(value)))) {
    throw validationError(`Parameter '${key}' must be a number.`);
  }
  if (type === 'Number') {
    if (Number(value) < Number(parameter.MinValue ?? Number.NEGATIVE_INFINITY)) {
      throw failed(`Parameter '${key}' must be a number not less than ${parameter.MinValue}`);
    }
    if (Number(value) > Number(parameter.MaxValue ?? Number.POSITIVE_INFINITY)) {
      throw failed(`Parameter '${key}' must be a number not greater than ${parameter.MaxValue}`);
    }
  }
  if (value.length < Number(parameter.MinLength ?? 0)) {
    throw failed(`Parameter '${key}' must contain at least ${parameter.MinLength} characters`);
  }
  if (value.length > Number(parameter.MaxLength ?? Number.POSITIVE_INFINITY)) {
    throw failed(`Parameter '${key}' must contain at most ${parameter.MaxLength} characters`);
  }
  if (parameter.AllowedPattern !== undefined && !new RegExp(`^(?:${parameter.AllowedPattern})$`).test(value)) {
    throw failed(`Parameter '${key}' must match pattern ${parameter.AllowedPattern}`);
  }
  if (parameter.AllowedValues && !parameter.AllowedValues.map(String).includes(value)) {
    throw failed(`Parameter '${key}' must be one of AllowedValues`);
  }
}
