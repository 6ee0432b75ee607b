import { notImplemented } from '../../core/aws-error';
import type { CloudContext, Principal } from '../../core/service';
import { validation } from './errors';

/** Whether a service of this cloud has an operation. */
export type KnowsOperation = (service: string, operation: string) => boolean;

export type UniversalTarget = { readonly service: string; readonly operation: string };

/** Services whose name in the AWS SDK is not the one that they have here. */
const SDK_NAMES: Readonly<Record<string, string>> = { eventbridge: 'events', cloudwatchlogs: 'logs' };

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html#unsupported-api-actions */
const READ_ONLY =
  /^(get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe|batchRead|transactGet|adminGet|adminList|testMigration|retrieve|testConnection|translateDocument|isAuthorized|invokeModel)/;

/** The call that `arn:aws:scheduler:::aws-sdk:<service>:<apiAction>` names. Throws when it cannot be made. */
export function universalTarget(arn: string, at: string, knows: KnowsOperation): UniversalTarget {
  const match = /^arn:aws[a-z-]*:scheduler:::aws-sdk:([a-z0-9-]+):([a-z][A-Za-z0-9]*)$/.exec(arn);
  if (!match) throw validation('Provided Arn is not in correct format.');
  const [, sdkName, api] = match as unknown as [string, string, string];
  if (READ_ONLY.test(api)) throw validation(`${api} API is not supported.`);
  const service = SDK_NAMES[sdkName] ?? sdkName;
  const operation = `${api[0]!.toUpperCase()}${api.slice(1)}`;
  const isInvoke = service === 'lambda' && operation === 'Invoke';
  if (!isInvoke && !knows(service, operation)) throw notImplemented(`${at}: a target of ${sdkName}:${api}`);
  return { service, operation };
}

type Invoke = { readonly FunctionName?: string; readonly InvocationType?: string; readonly Payload?: unknown };

/** Makes the call as `principal`, whose policies are judged as if it had come over HTTP. Rejects as the service does. */
export async function callUniversal(
  context: CloudContext,
  { service, operation }: UniversalTarget,
  input: object,
  principal: Principal,
  scope: { readonly account: string; readonly region: string; readonly requestId: string; readonly hop: string },
): Promise<void> {
  const { registry, endpoint } = context;
  const call = { ...scope, principal, endpoint: endpoint() };
  const access = registry.service(service)!.access(operation, input, call);
  if (service === 'lambda' && operation === 'Invoke') {
    const { InvocationType: type = 'RequestResponse', Payload, FunctionName = '' } = input as Invoke;
    const payload = Payload === undefined ? '{}' : typeof Payload === 'string' ? Payload : JSON.stringify(Payload);
    const arn = access[0]?.resource ?? FunctionName;
    if (type === 'Event') {
      registry.peer('lambda').enqueue(arn, payload, principal);
      return;
    }
    if (type !== 'RequestResponse') throw notImplemented(`lambda:Invoke: InvocationType ${type} of a schedule`);
    registry.peer('iam').authorize(principal, access);
    // A function that fails has been invoked: the call itself was answered with 200.
    await registry.peer('lambda').invoke(arn, payload);
    return;
  }
  registry.peer('iam').authorize(principal, access);
  await registry.call(service, operation, input, call);
}
