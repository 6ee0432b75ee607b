import { validationError } from './errors';
import { isParameterType } from './parameter-types';
import type { TemplateParameter } from './template';

const ATTRIBUTES = [
  'Type',
  'Default',
  'NoEcho',
  'AllowedValues',
  'AllowedPattern',
  'MaxLength',
  'MinLength',
  'MaxValue',
  'MinValue',
  'Description',
  'ConstraintDescription',
];

/** Refuses declarations of parameters that are wrong whatever their values. */
export function checkParameters(parameters: Readonly<Record<string, TemplateParameter>>): void {
  for (const [name, parameter] of Object.entries(parameters)) {
    if (!/^[A-Za-z0-9]+$/.test(name)) {
      throw validationError(`Template format error: Parameter name ${name} is non alphanumeric.`);
    }
    if (typeof parameter !== 'object' || typeof parameter.Type !== 'string') {
      throw validationError('Template format error: Every Parameters object must contain a Type member.');
    }
    if (!isParameterType(parameter.Type)) {
      throw validationError(`Template format error: Unrecognized parameter type: ${parameter.Type}`);
    }
    const unknown = Object.keys(parameter).find((attribute) => !ATTRIBUTES.includes(attribute));
    if (unknown !== undefined) throw validationError(`Invalid template parameter property '${unknown}'`);
    if (typeof parameter.Default === 'object') {
      throw validationError('Template format error: Every Default member must be a string.');
    }
    if (parameter.AllowedValues !== undefined && !Array.isArray(parameter.AllowedValues)) {
      throw validationError('Template format error: Every AllowedValues member must be a list.');
    }
    if (/\{\{resolve:ssm:[^:{}]+\}\}/.test(String(parameter.Default))) {
      throw validationError(`Template error: parameter ${name} should not contain ssm versionless resolver`);
    }
  }
}
