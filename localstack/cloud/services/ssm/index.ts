import { refuseUnknown } from '../../core/aws-error';
import type { Call, CloudContext, Operation, Service } from '../../core/service';
import { labelOperations } from './label-operations';
import { parameterArn, parseSelector } from './parameter';
import { Parameters } from './parameters';
import { Protection } from './protection';
import { putParameter } from './put-parameter';
import { readOperations } from './read-operations';
import { tagOperations } from './tag-operations';

/** SSM: the parameter store. */
export function createSsm(context: CloudContext): Service {
  const parameters = new Parameters(context);
  const protection = new Protection(context.registry);
  return {
    name: 'ssm',
    signingNames: ['ssm'],
    protocol: { kind: 'json', version: '1.1', targetPrefixes: ['AmazonSSM'] },
    operations: {
      PutParameter: putParameter(context, parameters, protection),
      ...readOperations(parameters, protection),
      ...deleteOperations(parameters),
      ...labelOperations(parameters),
      ...tagOperations(parameters),
    },
    access: (operation, input, call) =>
      resourcesOf(operation, input as Record<string, unknown>, call).map((resource) => ({
        action: `ssm:${operation}`,
        resource,
      })),
    resourceTags: (arn) => parameters.at(arn)?.tags,
    conditionKeys: ['ssm:resourceTag/*'],
  };
}

function deleteOperations(parameters: Parameters): Record<string, Operation> {
  return {
    DeleteParameter: (input, call) => {
      refuseUnknown('DeleteParameter', input, ['Name']);
      const { name } = parameters.get(parseSelector(input.Name), call);
      parameters.delete(name, call);
      return {};
    },
    DeleteParameters: (input, call) => {
      refuseUnknown('DeleteParameters', input, ['Names']);
      const names = (input.Names ?? []) as string[];
      const deleted = names.filter((name) => parameters.delete(name, call));
      return { DeletedParameters: deleted, InvalidParameters: names.filter((name) => !deleted.includes(name)) };
    },
  };
}

function resourcesOf(operation: string, input: Record<string, unknown>, call: Call): string[] {
  if (operation === 'DescribeParameters') return ['*'];
  const named = (given: unknown) => parameterArn(parseSelector(given).name, call);
  if (operation === 'GetParameters' || operation === 'DeleteParameters') {
    return [input.Names ?? []].flat().map(named);
  }
  const name = input.Name ?? input.Path ?? input.ResourceId;
  return [name === undefined ? '*' : named(name)];
}
