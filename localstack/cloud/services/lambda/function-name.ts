import { AwsError } from '../../core/aws-error';

export type FunctionRef = {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** `$LATEST`, a version number or an alias; undefined when none was given. */
  readonly qualifier: string | undefined;
};

const NAME =
  /^(?:arn:aws[a-z-]*:lambda:(?<region>[a-z0-9-]+):(?<account>\d{12}):function:|(?<partial>\d{12}):function:)?(?<name>[A-Za-z0-9_-]+)(?::(?<qualifier>\$LATEST|[A-Za-z0-9_-]+))?$/;

/** Reads what Lambda takes for a function: name, `name:qualifier`, partial or full ARN. */
export function parseFunctionName(
  text: unknown,
  place: { readonly account: string; readonly region: string },
  qualifier?: string,
): FunctionRef {
  const groups = typeof text === 'string' ? NAME.exec(text)?.groups : undefined;
  if (!groups || groups.name!.length > 64) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${text ?? ''}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?`,
    );
  }
  if (groups.qualifier !== undefined && qualifier !== undefined && groups.qualifier !== qualifier) {
    throw new AwsError(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  return {
    account: groups.account ?? groups.partial ?? place.account,
    region: groups.region ?? place.region,
    name: groups.name!,
    qualifier: groups.qualifier ?? qualifier,
  };
}

export const functionArn = ({ account, region, name }: Omit<FunctionRef, 'qualifier'>): string =>
  `arn:aws:lambda:${region}:${account}:function:${name}`;
