import { AwsError, notImplemented, refuseUnknown } from '../../core/aws-error';
import type { Call, CloudContext, Operation } from '../../core/service';
import { latest, type Parameter, type ParameterType, parameterArn, type Tier, type Version } from './parameter';
import type { Parameters } from './parameters';
import type { Protection } from './protection';
import { toTags } from './tag-operations';

/** https://docs.aws.amazon.com/general/latest/gr/ssm.html#limits_ssm */
const MAX_VERSIONS = 100;
const MAX_LEVELS = 15;
const MAX_VALUE = { Standard: 4096, Advanced: 8192 };
const TYPES = ['String', 'StringList', 'SecureString'];
const TIERS = ['Standard', 'Advanced', 'Intelligent-Tiering'];

/** Makes a parameter, or a new version of one. */
export function putParameter(context: CloudContext, parameters: Parameters, protection: Protection): Operation {
  return (input, call) => {
    refuseUnknown('PutParameter', input, [
      'Name',
      'Value',
      'Type',
      'Description',
      'KeyId',
      'Overwrite',
      'AllowedPattern',
      'Tags',
      'Tier',
      'DataType',
    ]);
    if (input.DataType !== undefined && input.DataType !== 'text') {
      throw notImplemented(`PutParameter: DataType ${input.DataType}`);
    }
    const name = String(input.Name);
    checkName(name);
    const value = String(input.Value ?? '');
    if (value === '') {
      throw invalid(
        "Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
      );
    }
    const before = parameters.find(name, call);
    if (before && input.Overwrite !== true) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    if (input.Overwrite === true && input.Tags?.length) {
      throw new AwsError(
        'ValidationException',
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
      );
    }
    const last = before && latest(before);
    const type = typeOf(input.Type, last);
    const tier = tierOf(input.Tier, last, value);
    if (Buffer.byteLength(value) > MAX_VALUE[tier]) throw tooLong(tier);
    const allowedPattern = input.AllowedPattern ?? last?.allowedPattern;
    if (allowedPattern) checkPattern(String(allowedPattern), value);
    if (input.KeyId !== undefined && type !== 'SecureString') {
      throw new AwsError('ValidationException', 'KeyId is only valid for parameters of type SecureString.');
    }
    const keyId = type === 'SecureString' ? (input.KeyId ?? last?.keyId) : undefined;
    if (type === 'SecureString') protection.toWrite(keyId, tier, parameterArn(name, call), call);
    const description = input.Description ?? last?.description;
    const version: Version = {
      version: (last?.version ?? 0) + 1,
      type,
      value,
      tier,
      ...(description !== undefined && { description: String(description) }),
      ...(allowedPattern && { allowedPattern: String(allowedPattern) }),
      ...(keyId !== undefined && { keyId: String(keyId) }),
      labels: [],
      modifiedAt: context.clock.now(),
      modifiedBy: call.principal.arn,
    };
    save(parameters, before ?? { name, tags: toTags(input.Tags), versions: [] }, version, call);
    return { Version: version.version, Tier: tier };
  };
}

function save(parameters: Parameters, parameter: Parameter, version: Version, call: Call): void {
  const versions = [...parameter.versions, version];
  const [oldest] = versions;
  if (versions.length > MAX_VERSIONS) {
    if (oldest!.labels.length > 0) {
      throw new AwsError(
        'ParameterMaxVersionLimitExceeded',
        `You attempted to create a new version of ${parameter.name} by calling the PutParameter API with the overwrite flag. Version ${oldest!.version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
      );
    }
    versions.shift();
  }
  parameters.set({ ...parameter, versions }, call);
}

function checkName(name: string): void {
  if (!/^[\w./-]{1,2048}$/.test(name)) {
    throw new AwsError(
      'ValidationException',
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw new AwsError('ValidationException', 'Parameter name must be a fully qualified name.');
  }
  if (/^\/aws\/./i.test(name)) {
    throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw new AwsError(
      'ValidationException',
      'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    );
  }
  if (name.split('/').length - 1 > MAX_LEVELS) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `The hierarchy can have a maximum of ${MAX_LEVELS} levels.`,
    );
  }
}

function typeOf(given: unknown, last: Version | undefined): ParameterType {
  if (given === undefined && !last) {
    throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
  }
  const type = String(given ?? last?.type);
  if (!TYPES.includes(type)) {
    throw invalid(
      `Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [SecureString, StringList, String]`,
    );
  }
  return type as ParameterType;
}

function tierOf(given: unknown, last: Version | undefined, value: string): Tier {
  const asked = String(given ?? last?.tier ?? 'Standard');
  if (!TIERS.includes(asked)) {
    throw invalid(
      `Value '${asked}' at 'tier' failed to satisfy constraint: Member must satisfy enum value set: [Standard, Advanced, Intelligent-Tiering]`,
    );
  }
  if (asked === 'Intelligent-Tiering') {
    return last?.tier === 'Advanced' || Buffer.byteLength(value) > MAX_VALUE.Standard ? 'Advanced' : 'Standard';
  }
  if (asked === 'Standard' && last?.tier === 'Advanced') {
    throw new AwsError(
      'ValidationException',
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  return asked as Tier;
}

function checkPattern(pattern: string, value: string): void {
  let compiled: RegExp;
  try {
    compiled = new RegExp(`^(?:${pattern})$`);
  } catch {
    throw new AwsError(
      'InvalidAllowedPatternException',
      `The request does not meet the regular expression requirement: ${pattern}`,
    );
  }
  if (!compiled.test(value)) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
  }
}

function tooLong(tier: Tier): AwsError {
  const limit = MAX_VALUE[tier];
  return new AwsError(
    'ValidationException',
    tier === 'Standard'
      ? `Standard tier parameters support a maximum parameter value of ${limit} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.`
      : `Advanced tier parameters support a maximum parameter value of ${limit} characters.`,
  );
}

const invalid = (constraint: string) =>
  new AwsError('ValidationException', `1 validation error detected: ${constraint}`);
