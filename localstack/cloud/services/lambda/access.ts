import type { Access, Call } from '../../core/service';
import { functionArn, parseFunctionName } from './function-name';

/** Operations without a resource of their own. */
const ON_ANYTHING = new Set(['ListFunctions', 'ListEventSourceMappings', 'GetAccountSettings', 'ListLayers']);

/** What a role must be allowed to do, as in the service authorisation reference of Lambda. */
export function access(operation: string, input: unknown, call: Call): readonly Access[] {
  const { FunctionName, Qualifier, Resource, UUID } = (input ?? {}) as Record<string, string | undefined>;
  const action = `lambda:${operation === 'Invoke' || operation === 'InvokeAsync' ? 'InvokeFunction' : operation}`;
  if (ON_ANYTHING.has(operation)) return [{ action, resource: '*' }];
  if (Resource) return [{ action, resource: Resource }];
  if (UUID) {
    return [{ action, resource: `arn:aws:lambda:${call.region}:${call.account}:event-source-mapping:${UUID}` }];
  }
  if (!FunctionName) return [{ action, resource: '*' }];
  const ref = parseFunctionName(FunctionName, call, Qualifier);
  const arn = functionArn(ref);
  const resource = ref.qualifier === undefined ? arn : `${arn}:${ref.qualifier}`;
  // Mappings are judged on `*`, with the function as a condition.
  if (operation === 'CreateEventSourceMapping') {
    return [{ action, resource: '*', context: { 'lambda:FunctionArn': resource } }];
  }
  return [{ action, resource }];
}
