import { notImplemented } from '../../../core/aws-error';
import { checkParameterValue } from './check-parameter-value';
import { type LookUp, lookedUp, referencesInText, replaceReferences } from './dynamic-references';
import { validationError } from './errors';
import { innerType, isHonoured, isList, isStored } from './parameter-types';
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

/** What parameters may be read from. */
export interface ParameterStore {
  /** A parameter of the parameter store, `name` or `name:version`; undefined when there is none. */
  read(name: string): Promise<{ readonly type: string; readonly value: string } | undefined>;
  readonly lookUp: LookUp;
}

/** The value of every parameter of the template. Throws `ValidationError` when one is missing or not allowed. */
export async function parameterValues(
  template: Template,
  given: readonly GivenParameter[],
  previous: readonly ParameterValue[],
  store: ParameterStore,
): Promise<ParameterValue[]> {
  const declared = template.Parameters ?? {};
  const surplus = given.map((parameter) => parameter.ParameterKey).filter((key) => !Object.hasOwn(declared, key));
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
    if (!isHonoured(parameter.Type)) throw notImplemented(`The parameter type ${parameter.Type} (${key})`);
    checkParameterValue(key, parameter, value);
    const resolved = await resolvedValue(key, parameter, value, store);
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
  const text = resolved ?? value;
  return isList(parameter.Type) ? text.split(',').map((item) => item.trim()) : text;
}

function givenValue(
  key: string,
  parameter: TemplateParameter,
  given: readonly GivenParameter[],
  previous: readonly ParameterValue[],
): string | undefined {
  const entry = given.find((candidate) => candidate.ParameterKey === key);
  if (entry && String(entry.UsePreviousValue) === 'true') {
    if (entry.ParameterValue !== undefined && entry.ParameterValue !== '') {
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
      );
    }
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

async function resolvedValue(
  key: string,
  { Type: type }: TemplateParameter,
  value: string,
  store: ParameterStore,
): Promise<string | undefined> {
  if (isStored(type)) return storedValue(type, value, store);
  if (type === 'AWS::SSM::Parameter::Name' && (await store.read(value)) === undefined) {
    throw validationError(
      `Parameter validation failed: parameter value ${value} for parameter name ${key} does not exist.`,
    );
  }
  if (!value.includes('{{resolve:ssm:')) return undefined;
  if (referencesInText(value).some((reference) => reference.service === 'ssm' && reference.version === undefined)) {
    throw validationError(`Template error: parameter ${key} should not contain ssm versionless resolver`);
  }
  return String(replaceReferences(value, await lookedUp(value, store.lookUp, ['ssm'])));
}

/** Whether the store has a list and whether the template wants one go together, whatever is in it. */
async function storedValue(type: string, name: string, store: ParameterStore): Promise<string> {
  const found = await store.read(name);
  if (!found) {
    throw validationError(`Unable to fetch parameters [${name}] from parameter store for this account.`);
  }
  if (found.type === 'SecureString') {
    throw validationError(`Parameters [${name}] referenced by template have types not supported by CloudFormation.`);
  }
  if ((found.type === 'StringList') !== (innerType(type) !== 'String')) {
    throw validationError(`Types for SSM parameters [${name}] defined in CFN template and SSM are incompatible`);
  }
  if (!isList(type)) return found.value;
  return found.value
    .split(',')
    .map((item) => item.trim())
    .join(',');
}
