import { parseArn } from '../../core/arn';
import { AwsError } from '../../core/aws-error';
import type { Call } from '../../core/service';

export type ParameterType = 'String' | 'StringList' | 'SecureString';
export type Tier = 'Standard' | 'Advanced';

/** What a parameter was at one time. */
export type Version = {
  readonly version: number;
  readonly type: ParameterType;
  readonly value: string;
  readonly tier: Tier;
  readonly description?: string;
  readonly allowedPattern?: string;
  /** Of a `SecureString`, as it was given. */
  readonly keyId?: string;
  readonly labels: readonly string[];
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  readonly modifiedBy: string;
};

export type Parameter = {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Oldest first, a hundred at most. */
  readonly versions: readonly Version[];
};

export const latest = ({ versions }: Parameter): Version => versions.at(-1)!;

export const parameterArn = (name: string, { region, account }: Pick<Call, 'region' | 'account'>): string =>
  `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`;

/** How a request names a parameter, and a version of it. */
export type Selector = {
  readonly name: string;
  readonly version?: number;
  readonly label?: string;
  /** `:3`, `:label` or nothing, as it was given. */
  readonly suffix: string;
  /** In the ARN of a parameter it cannot be seen whether a name without a path has a slash. */
  readonly maybeSlash?: boolean;
};

/** `name`, `name:3`, `name:label`, or an ARN with any of these. */
export function parseSelector(given: unknown): Selector {
  const text = String(given);
  const resource = parseArn(text)?.resource;
  const path = resource?.startsWith('parameter/') ? resource.slice('parameter'.length) : text;
  const [, whole = path, suffix] = /^(.*?)(?::([^:/]+))?$/s.exec(path) ?? [];
  const maybeSlash = resource !== undefined && whole.lastIndexOf('/') === 0;
  const name = maybeSlash ? whole.slice(1) : whole;
  if (suffix === undefined) return { name, suffix: '', maybeSlash };
  return /^\d+$/.test(suffix)
    ? { name, version: Number(suffix), suffix: `:${suffix}`, maybeSlash }
    : { name, label: suffix, suffix: `:${suffix}`, maybeSlash };
}

/** Throws `ParameterVersionNotFound`. */
export function chooseVersion(parameter: Parameter, { version, label, name }: Selector): Version {
  const found = parameter.versions.findLast(
    (one) => (version === undefined || one.version === version) && (label === undefined || one.labels.includes(label)),
  );
  if (found) return found;
  const what = label === undefined ? `version ${version}` : `label ${label}`;
  throw new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find ${what} of ${name}. Verify the version and try again.`,
  );
}
