import { AwsError } from '../../core/aws-error';
import { latest, type Parameter } from './parameter';

export type Filter = { readonly Key: string; readonly Option?: string; readonly Values?: readonly string[] };

const KEYS = ['Name', 'Path', 'Type', 'KeyId', 'Tier', 'DataType', 'Label'];

/** The options of a key, the first being the usual one. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  Name: ['Equals', 'BeginsWith', 'Contains'],
  Path: ['OneLevel', 'Recursive'],
  KeyId: ['Equals', 'BeginsWith'],
  Tier: ['Equals'],
};

/**
 * Those that every filter lets through. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html
 * Throws `InvalidFilterKey`, `InvalidFilterOption` or `InvalidFilterValue`.
 */
export function matching(
  parameters: readonly Parameter[],
  filters: readonly Filter[],
  keys: readonly string[] = KEYS,
): Parameter[] {
  const tests = filters.map((filter) => compile(filter, keys));
  return parameters.filter((parameter) => tests.every((test) => test(parameter)));
}

function compile(filter: Filter, keys: readonly string[]): (parameter: Parameter) => boolean {
  const { Key, Values = [] } = filter;
  const tag = /^tag:(.+)$/.exec(Key)?.[1];
  if (tag === undefined && !keys.includes(Key)) {
    throw new AwsError(
      'InvalidFilterKey',
      `The following filter key is not valid: ${Key}. Valid filter keys include: [${keys.join(', ')}].`,
    );
  }
  const options = OPTIONS[Key] ?? ['Equals'];
  const option = filter.Option ?? options[0]!;
  if (!options.includes(option)) {
    throw new AwsError(
      'InvalidFilterOption',
      `The following filter option is not valid: ${option}. Valid options include: [${options.join(', ')}].`,
    );
  }
  if (tag !== undefined)
    return ({ tags }) => tags[tag] !== undefined && (Values.length === 0 || Values.includes(tags[tag]));
  if (Values.length === 0) {
    throw new AwsError('InvalidFilterValue', `The following filter values are missing : null for filter key ${Key}`);
  }
  if (Key === 'Label')
    return ({ versions }) => versions.some(({ labels }) => Values.some((one) => labels.includes(one)));
  return (parameter) => Values.some((value) => compare(textOf(parameter, Key), option, value));
}

function textOf(parameter: Parameter, key: string): string {
  const { type, tier, keyId } = latest(parameter);
  if (key === 'Type') return type;
  if (key === 'Tier') return tier;
  if (key === 'DataType') return 'text';
  if (key === 'KeyId') return type === 'SecureString' ? (keyId ?? 'alias/aws/ssm') : '';
  return parameter.name;
}

function compare(text: string, option: string, value: string): boolean {
  switch (option) {
    case 'BeginsWith':
      return text.startsWith(value);
    case 'Contains':
      return text.includes(value);
    case 'OneLevel':
    case 'Recursive': {
      const prefix = value.replace(/\/?$/, '/');
      if (!text.startsWith(prefix)) return false;
      return option === 'Recursive' || !text.slice(prefix.length).includes('/');
    }
    default:
      return text === value;
  }
}
