import { AwsError, notImplemented, refuseUnknown } from '../../core/aws-error';
import type { Call, Operation } from '../../core/service';
import { type Filter, matching } from './filters';
import { page } from './page';
import {
  chooseVersion,
  latest,
  type Parameter,
  parameterArn,
  parseSelector,
  type Selector,
  type Version,
} from './parameter';
import type { Parameters } from './parameters';
import type { Protection } from './protection';

/** Reading parameters: by name, below a path, their history, and what there is. */
export function readOperations(parameters: Parameters, protection: Protection): Record<string, Operation> {
  const valueFor = (name: string, version: Version, input: Decryption, call: Call): string => {
    if (version.type !== 'SecureString') return version.value;
    const arn = parameterArn(name, call);
    if (input.WithDecryption !== true) return protection.veil(version, arn);
    protection.toRead(version, arn, call);
    return version.value;
  };
  const describe = (
    { name }: Parameter,
    version: Version,
    selector: Selector | undefined,
    input: Decryption,
    call: Call,
  ) => ({
    Name: name,
    Type: version.type,
    Value: valueFor(name, version, input, call),
    Version: version.version,
    ...(selector?.suffix && { Selector: selector.suffix }),
    LastModifiedDate: version.modifiedAt / 1000,
    ARN: parameterArn(name, call),
    DataType: 'text',
  });
  const select = (given: unknown, input: Decryption, call: Call) => {
    const selector = parseSelector(given);
    if (selector.name.startsWith('/aws/')) throw notImplemented(`The public parameter ${selector.name}`);
    const parameter = parameters.get(selector, call);
    return describe(parameter, chooseVersion(parameter, selector), selector, input, call);
  };

  return {
    GetParameter: (input, call) => {
      refuseUnknown('GetParameter', input, ['Name', 'WithDecryption']);
      return { Parameter: select(input.Name, input, call) };
    },

    GetParameters: (input, call) => {
      refuseUnknown('GetParameters', input, ['Names', 'WithDecryption']);
      const names = (input.Names ?? []) as string[];
      if (names.length > 10) {
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: Value '[${names.join(', ')}]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 10.`,
        );
      }
      const found: object[] = [];
      const missing: string[] = [];
      for (const name of names) {
        try {
          found.push(select(name, input, call));
        } catch (error) {
          if (!(error instanceof AwsError) || !MISSING.includes(error.code)) throw error;
          missing.push(name);
        }
      }
      return { Parameters: found, InvalidParameters: missing };
    },

    GetParametersByPath: (input, call) => {
      refuseUnknown('GetParametersByPath', input, [
        'Path',
        'Recursive',
        'ParameterFilters',
        'WithDecryption',
        'MaxResults',
        'NextToken',
      ]);
      const path = String(input.Path);
      if (!path.startsWith('/')) {
        throw new AwsError(
          'ValidationException',
          'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/".',
        );
      }
      if (path.startsWith('/aws/')) throw notImplemented(`The public parameters below ${path}`);
      const filters = (input.ParameterFilters ?? []) as Filter[];
      const label = filters.find(({ Key }) => Key === 'Label')?.Values?.[0];
      const below: Filter = {
        Key: 'Path',
        Option: input.Recursive === true ? 'Recursive' : 'OneLevel',
        Values: [path],
      };
      const found = matching(parameters.of(call), [below, ...filters], ['Type', 'KeyId', 'Label', 'Path']);
      return page(found, input, 10, 10, (items) => ({
        Parameters: items.map((one) => {
          const selector = label === undefined ? undefined : { name: one.name, label, suffix: `:${label}` };
          return describe(one, selector ? chooseVersion(one, selector) : latest(one), selector, input, call);
        }),
      }));
    },

    GetParameterHistory: (input, call) => {
      refuseUnknown('GetParameterHistory', input, ['Name', 'WithDecryption', 'MaxResults', 'NextToken']);
      const { name, versions } = parameters.get(parseSelector(input.Name), call);
      return page(versions, input, 50, 50, (items) => ({
        Parameters: items.map((version) => ({
          ...metadata(name, version),
          Value: valueFor(name, version, input, call),
          Labels: version.labels,
        })),
      }));
    },

    DescribeParameters: (input, call) => {
      refuseUnknown('DescribeParameters', input, ['Filters', 'ParameterFilters', 'MaxResults', 'NextToken']);
      if (input.Filters?.length && input.ParameterFilters?.length) {
        throw new AwsError(
          'ValidationException',
          'You can use either Filters or ParameterFilters in a single request.',
        );
      }
      // The older kind has no option; names are compared by their beginning.
      const older = ((input.Filters ?? []) as Filter[]).map((one) =>
        one.Key === 'Name' ? { ...one, Option: 'BeginsWith' } : one,
      );
      const found = matching(parameters.of(call), [...older, ...(input.ParameterFilters ?? [])]);
      return page(found, input, 50, 50, (items) => ({
        Parameters: items.map((one) => ({
          ...metadata(one.name, latest(one)),
          ARN: parameterArn(one.name, call),
        })),
      }));
    },
  };
}

type Decryption = { readonly WithDecryption?: boolean };

const MISSING = ['ParameterNotFound', 'ParameterVersionNotFound'];

const metadata = (name: string, version: Version) => ({
  Name: name,
  Type: version.type,
  ...(version.type === 'SecureString' && { KeyId: version.keyId ?? 'alias/aws/ssm' }),
  LastModifiedDate: version.modifiedAt / 1000,
  LastModifiedUser: version.modifiedBy,
  Description: version.description,
  AllowedPattern: version.allowedPattern,
  Version: version.version,
  Tier: version.tier,
  DataType: 'text',
  Policies: [],
});
