import { AwsError, notImplemented, refuseUnknown } from '../../core/aws-error';
import { Records } from '../../core/records';
import type { Call, CloudContext, Operation } from '../../core/service';

export type Parameter = {
  readonly name: string;
  readonly type: 'String' | 'StringList';
  readonly value: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly version: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  readonly modifiedBy: string;
};

const PAGE = 10;

export function parameterOperations(context: CloudContext): Record<string, Operation> {
  const parameters = new Records<Parameter>(context.store.space('ssm-parameters'));
  const keyOf = (call: Call, name: string) => `${call.account}/${call.region}/${name}`;
  const find = (call: Call, name: string) => parameters.get(keyOf(call, name));
  const all = (call: Call) =>
    parameters
      .entries()
      .filter(([key]) => key.startsWith(keyOf(call, '')))
      .map(([, parameter]) => parameter);
  const need = (call: Call, name: string): Parameter => {
    const { base, version } = selector(name);
    const parameter = find(call, base);
    if (!parameter) throw new AwsError('ParameterNotFound', '');
    if (version !== undefined && version !== parameter.version) {
      throw new AwsError(
        'ParameterVersionNotFound',
        `Systems Manager could not find version ${version} of ${base}. The local cloud keeps only the newest version.`,
      );
    }
    return parameter;
  };

  return {
    PutParameter: (input, call) => {
      refuseUnknown('PutParameter', input, [
        'Name',
        'Value',
        'Type',
        'Description',
        'Overwrite',
        'AllowedPattern',
        'Tags',
        'Tier',
        'DataType',
      ]);
      if (input.Tier !== undefined && input.Tier !== 'Standard')
        throw notImplemented(`PutParameter: Tier ${input.Tier}`);
      if (input.DataType !== undefined && input.DataType !== 'text') {
        throw notImplemented(`PutParameter: DataType ${input.DataType}`);
      }
      const name = String(input.Name);
      if (!/^[\w./-]{1,2048}$/.test(name)) {
        throw new AwsError(
          'ValidationException',
          `Parameter name: ${name} has characters other than letters, digits, . - _ and /`,
        );
      }
      const before = find(call, name);
      if (before && input.Overwrite !== true) {
        throw new AwsError(
          'ParameterAlreadyExists',
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      }
      const type = input.Type ?? before?.type;
      if (type === undefined) {
        throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
      }
      if (type !== 'String' && type !== 'StringList') throw notImplemented(`PutParameter: Type ${type}`);
      const pattern = input.AllowedPattern ?? before?.allowedPattern;
      if (pattern && !new RegExp(`^(?:${pattern})$`).test(input.Value)) {
        throw new AwsError(
          'ParameterPatternMismatchException',
          `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
        );
      }
      const description = input.Description ?? before?.description;
      const parameter: Parameter = {
        name,
        type,
        value: String(input.Value),
        ...(description === undefined ? {} : { description }),
        ...(pattern === undefined ? {} : { allowedPattern: pattern }),
        version: (before?.version ?? 0) + 1,
        tags: { ...before?.tags, ...toTags(input.Tags) },
        modifiedAt: context.clock.now(),
        modifiedBy: call.principal.arn,
      };
      parameters.set(keyOf(call, name), parameter);
      return { Version: parameter.version, Tier: 'Standard' };
    },

    GetParameter: (input, call) => ({ Parameter: describe(need(call, input.Name), call) }),

    GetParameters: (input, call) => {
      const names = input.Names as string[];
      const found = names.filter((name) => find(call, selector(name).base) !== undefined);
      return {
        Parameters: found.map((name) => describe(need(call, name), call)),
        InvalidParameters: names.filter((name) => !found.includes(name)),
      };
    },

    GetParametersByPath: (input, call) => {
      refuseUnknown('GetParametersByPath', input, ['Path', 'Recursive', 'WithDecryption', 'MaxResults', 'NextToken']);
      const prefix = String(input.Path).replace(/\/?$/, '/');
      const below = all(call).filter(
        ({ name }) => name.startsWith(prefix) && (input.Recursive === true || !name.slice(prefix.length).includes('/')),
      );
      return page(below, input, (items) => ({ Parameters: items.map((parameter) => describe(parameter, call)) }));
    },

    DescribeParameters: (input, call) => {
      refuseUnknown('DescribeParameters', input, ['MaxResults', 'NextToken']);
      return page(all(call), { MaxResults: 50, ...input }, (items) => ({
        Parameters: items.map((parameter) => ({
          Name: parameter.name,
          ARN: arnOf(parameter, call),
          Type: parameter.type,
          Description: parameter.description,
          AllowedPattern: parameter.allowedPattern,
          Version: parameter.version,
          LastModifiedDate: parameter.modifiedAt / 1000,
          LastModifiedUser: parameter.modifiedBy,
          Tier: 'Standard',
          DataType: 'text',
          Policies: [],
        })),
      }));
    },

    DeleteParameter: (input, call) => {
      const { name } = need(call, input.Name);
      parameters.delete(keyOf(call, name));
      return {};
    },

    DeleteParameters: (input, call) => {
      const names = input.Names as string[];
      const deleted = names.filter((name) => find(call, name) && parameters.delete(keyOf(call, name)));
      return { DeletedParameters: deleted, InvalidParameters: names.filter((name) => !deleted.includes(name)) };
    },

    AddTagsToResource: (input, call) => {
      onlyParameters('AddTagsToResource', input);
      const parameter = need(call, input.ResourceId);
      parameters.set(keyOf(call, parameter.name), { ...parameter, tags: { ...parameter.tags, ...toTags(input.Tags) } });
      return {};
    },

    RemoveTagsFromResource: (input, call) => {
      onlyParameters('RemoveTagsFromResource', input);
      const parameter = need(call, input.ResourceId);
      const gone = input.TagKeys as string[];
      const tags = Object.fromEntries(Object.entries(parameter.tags).filter(([key]) => !gone.includes(key)));
      parameters.set(keyOf(call, parameter.name), { ...parameter, tags });
      return {};
    },

    ListTagsForResource: (input, call) => {
      onlyParameters('ListTagsForResource', input);
      const { tags } = need(call, input.ResourceId);
      return { TagList: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

/** `name`, or `name:version`. */
function selector(name: string): { base: string; version?: number } {
  const match = /^(.*):(\d+)$/.exec(name);
  return match ? { base: match[1]!, version: Number(match[2]) } : { base: name };
}

const describe = (parameter: Parameter, call: Call) => ({
  Name: parameter.name,
  Type: parameter.type,
  Value: parameter.value,
  Version: parameter.version,
  LastModifiedDate: parameter.modifiedAt / 1000,
  ARN: arnOf(parameter, call),
  DataType: 'text',
});

const arnOf = (parameter: Parameter, call: Call) =>
  `arn:aws:ssm:${call.region}:${call.account}:parameter/${parameter.name.replace(/^\//, '')}`;

const toTags = (tags: readonly { Key: string; Value: string }[] | undefined) =>
  Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));

function onlyParameters(operation: string, input: { ResourceType?: string }): void {
  if (input.ResourceType !== 'Parameter') throw notImplemented(`${operation}: ResourceType ${input.ResourceType}`);
}

function page<T>(
  items: readonly T[],
  input: { readonly MaxResults?: number; readonly NextToken?: string },
  result: (items: readonly T[]) => object,
): object {
  const start = Number(input.NextToken ?? 0);
  const end = start + (input.MaxResults ?? PAGE);
  return { ...result(items.slice(start, end)), ...(end < items.length && { NextToken: String(end) }) };
}
