import type { Access, Call } from '../../core/service';
import { functionArn, parseFunctionName } from './function-name';

/** Operations without a resource of their own. */
const ON_ANYTHING = new Set(['ListFunctions', 'ListEventSourceMappings', 'GetAccountSettings', 'ListLayers']);

const PASSING = new Set(['CreateFunction', 'UpdateFunctionConfiguration']);
const PASS_ROLE = { action: 'iam:PassRole', context: { 'iam:PassedToService': 'lambda.amazonaws.com' } };

/** What a role must be allowed to do, as in the service authorisation reference of Lambda. */
export function access(operation: string, input: unknown, call: Call): readonly Access[] {
  const {
    FunctionName,
    Qualifier,
    Resource,
    UUID,
    Role,
    Principal = '',
    LayerName,
    VersionNumber,
  } = (input ?? {}) as Record<string, string | undefined>;
  const action = `lambda:${operation === 'Invoke' || operation === 'InvokeAsync' ? 'InvokeFunction' : operation}`;
  if (ON_ANYTHING.has(operation)) return [{ action, resource: '*' }];
  if (Resource) return [{ action, resource: Resource }];
  if (UUID) {
    return [{ action, resource: `arn:aws:lambda:${call.region}:${call.account}:event-source-mapping:${UUID}` }];
  }
  if (LayerName) {
    const layer = LayerName.startsWith('arn:')
      ? LayerName
      : `arn:aws:lambda:${call.region}:${call.account}:layer:${LayerName}`;
    return [{ action, resource: VersionNumber === undefined ? layer : `${layer}:${VersionNumber}` }];
  }
  if (!FunctionName) return [{ action, resource: '*' }];
  const ref = parseFunctionName(FunctionName, call, Qualifier);
  const arn = functionArn(ref);
  const resource = ref.qualifier === undefined ? arn : `${arn}:${ref.qualifier}`;
  // Mappings are judged on `*`, with the function as a condition.
  if (operation === 'CreateEventSourceMapping') {
    return [{ action, resource: '*', context: { 'lambda:FunctionArn': resource } }];
  }
  const own = {
    action,
    resource,
    ...(operation === 'AddPermission' && { context: { 'lambda:Principal': Principal } }),
  };
  // Whoever gives a function a role must be allowed to hand that role on.
  const passed = PASSING.has(operation) && Role ? [{ ...PASS_ROLE, resource: Role }] : [];
  return [own, ...passed];
}
