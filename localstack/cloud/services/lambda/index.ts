import { callerName } from '../../core/caller-name';
import { Clock } from '../../core/clock';
import type { FunctionInvoker } from '../../core/peers';
import type { CloudContext, Service } from '../../core/service';
import { access } from './access';
import { functionOperations } from './api/function-operations';
import { invokeOperation } from './api/invoke-operation';
import { layerOperations } from './api/layer-operations';
import { limitOperations } from './api/limit-operations';
import { mappingOperations } from './api/mapping-operations';
import { permissionOperations, policyOf } from './api/permission-operations';
import { tagOperations } from './api/tag-operations';
import { urlOperations } from './api/url-operations';
import { versionOperations } from './api/version-operations';
import { CodeStore } from './code-store';
import { logDenials } from './denial-log';
import { Destinations } from './destinations';
import { EnvironmentKeys } from './environment-keys';
import { AsyncQueue } from './execution/async-queue';
import { apiFailure, FAULT_POINTS } from './execution/invocation-faults';
import { Invoker } from './execution/invoker';
import { WorkerFile } from './execution/worker-file';
import { Functions } from './functions';
import { LayeredCode } from './layered-code';
import { Layers } from './layers';
import { mappingFaultPoints } from './mappings/fault-points';
import { MAPPING_DATA_SPACES, Mappings } from './mappings/mappings';
import { routes } from './routes';
import { FunctionUrls } from './urls/function-urls';

export type LambdaOptions = {
  /** Execution environments in all (6), each of some 30 MB: above it, a function that has one waits for that. */
  readonly maxEnvironments?: number;
  /** Execution environments of one function (3). */
  readonly maxEnvironmentsPerFunction?: number;
  /** How long an environment may be idle before it ends, in milliseconds (5 minutes) of the `machine`'s clock. */
  readonly idleMs?: number;
  readonly machine?: Clock;
  /** How long `stop` lets running invocations finish, in milliseconds of real time (2000). */
  readonly stopGraceMs?: number;
  /** The bundled worker; `dist/localstack/worker.mjs` of this package unless given. */
  readonly workerPath?: string;
};

/** Lambda: functions run in worker threads, one for each concurrent environment. */
export function createLambda(
  context: CloudContext,
  options: LambdaOptions = {},
): { service: Service & { readonly name: 'lambda' }; peer: FunctionInvoker } {
  const perFunction = options.maxEnvironmentsPerFunction ?? 3;
  const functions = new Functions(context);
  const code = new CodeStore(context.dir);
  const layers = new Layers(context);
  const keys = new EnvironmentKeys(context);
  functions.onChange((after, before) => keys.retire(after, before));
  const layered = new LayeredCode(context.dir, code);
  const invoker = new Invoker(context, {
    functions,
    code: layered,
    keys,
    limits: {
      total: options.maxEnvironments ?? 6,
      perFunction,
      idleMs: options.idleMs ?? 300_000,
      machine: options.machine ?? new Clock(),
    },
    worker: new WorkerFile(context.dir, options.workerPath),
  });
  const destinations = new Destinations(context, (arn, payload, principal) => {
    peer.enqueue(arn, payload, principal);
  });
  const queue = new AsyncQueue(context, { functions, invoker, destinations, perFunction });
  const mappings = new Mappings({ context, functions, invoker, destinations, perFunction });
  const urls = new FunctionUrls(context, functions, invoker);
  const endDenials = logDenials(context, functions);

  const peer: FunctionInvoker = {
    enqueue: (functionArn, payload, principal, sourceArn) => {
      const target = functions.resolve(functionArn, context);
      const keys = { 'aws:SourceAccount': target.record.account, ...(sourceArn && { 'aws:SourceArn': sourceArn }) };
      const wanted = { action: 'lambda:InvokeFunction', resource: target.arn, context: keys };
      context.registry.peer('iam').authorize(principal, [wanted]);
      const by = callerName(principal);
      const trigger = principal.kind === 'service' ? by : 'invoke';
      return queue.enqueue(target, payload, { trigger, by, cause: context.trace.cause });
    },
    invoke: async (functionArn, payload) => {
      const target = functions.resolve(functionArn, context);
      const { logs: _, hop: __, ...result } = await invoker.invoke(target, { payload, trigger: 'invoke' });
      return result;
    },
    crash: (hop) => invoker.crash(hop),
    handleUrl: (urlId, request, call) => urls.handle(urlId, request, call),
  };

  const service: Service & { readonly name: 'lambda' } = {
    name: 'lambda',
    signingNames: ['lambda'],
    protocol: { kind: 'rest-json', routes },
    operations: {
      ...keys.guard(functionOperations({ context, functions, code, layers, keys })),
      ...layerOperations({ context, layers, code }),
      ...keys.guard(versionOperations(functions)),
      ...permissionOperations(functions),
      ...limitOperations(context, functions),
      ...mappingOperations(context, functions, mappings),
      ...urlOperations(context, functions),
      ...tagOperations(functions, {
        tags: (arn) => mappings.byArn(arn).tags,
        setTags: (arn, tags) => mappings.setTags(mappings.byArn(arn), tags),
      }),
    },
    rawOperations: { Invoke: invokeOperation({ functions, invoker, queue }) },
    access,
    resourcePolicy: (arn) => {
      const target = arn.includes(':function:') ? functions.find(arn, context) : undefined;
      return target && policyOf(target.record, target.qualifier);
    },
    resourceTags: (arn) =>
      arn.includes(':event-source-mapping:')
        ? mappings.list().find(({ uuid }) => arn.endsWith(`:${uuid}`))?.tags
        : functions.byArn(arn.split(':').slice(0, 7).join(':'))?.tags,
    conditionKeys: [
      'lambda:FunctionArn',
      'lambda:FunctionUrlAuthType',
      'lambda:InvokedViaFunctionUrl',
      'lambda:Principal',
    ],
    faultPoints: { ...FAULT_POINTS, ...mappingFaultPoints },
    failure: (kind, operation, _input, code) => apiFailure(kind, operation, code),
    dataSpaces: ['lambda-async', ...MAPPING_DATA_SPACES],
    files: ['lambda/code'],
    start: () => {
      const configs = functions.all().flatMap((record) => [record.latest, ...record.versions]);
      const ofFunctions = configs.flatMap((config) => [config, ...(config.layers ?? [])].map((part) => part.code));
      code.keepOnly([...ofFunctions, ...layers.codes()]);
      layered.clear();
      queue.start();
      mappings.start();
    },
    stop: async ({ abandon } = { abandon: false }) => {
      endDenials();
      queue.stop();
      const pollersEnded = mappings.stop();
      await invoker.stop(abandon ? 0 : (options.stopGraceMs ?? 2000));
      await pollersEnded;
    },
  };
  return { service, peer };
}
