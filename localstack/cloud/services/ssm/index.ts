import type { Call, CloudContext, Service } from '../../core/service';
import { parameterOperations } from './parameters';

/** SSM: the parameter store, plain parameters only. */
export function createSsm(context: CloudContext): Service {
  return {
    name: 'ssm',
    signingNames: ['ssm'],
    protocol: { kind: 'json', version: '1.1', targetPrefixes: ['AmazonSSM'] },
    operations: parameterOperations(context),
    access: (operation, input, call) =>
      resourcesOf(operation, input as Record<string, unknown>, call).map((resource) => ({
        action: `ssm:${operation}`,
        resource,
      })),
  };
}

function resourcesOf(operation: string, input: Record<string, unknown>, call: Call): string[] {
  const arn = (name: unknown) =>
    `arn:aws:ssm:${call.region}:${call.account}:parameter/${String(name).replace(/^\//, '')}`;
  if (operation === 'GetParameters' || operation === 'DeleteParameters') {
    return [input.Names ?? []].flat().map(arn);
  }
  const name = input.Name ?? input.Path ?? input.ResourceId;
  return [name === undefined ? '*' : arn(name)];
}
