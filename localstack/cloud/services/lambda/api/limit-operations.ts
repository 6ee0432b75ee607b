import { refuseUnknown } from '../../../core/aws-error';
import type { CloudContext, Operation } from '../../../core/service';
import { validateDestination } from '../destinations';
import type { EventInvokeConfig, FunctionRecord } from '../function-record';
import type { Functions } from '../functions';
import { checkRange, invalidParameter, resourceNotFound } from './errors';
import { page } from './page';

/** AWS keeps this much of an account's concurrency for functions without a reservation. */
const ALWAYS_UNRESERVED = 100;
const ACCOUNT_CONCURRENCY = 1000;
const DESTINATIONS = ['sqs', 'sns', 'lambda', 'events'];

/** Reserved concurrency, and what becomes of asynchronous invocations. */
export function limitOperations(context: CloudContext, functions: Functions): Record<string, Operation> {
  const view = (record: FunctionRecord, qualifier: string, config: EventInvokeConfig) => ({
    ...config,
    FunctionArn: `${record.arn}:${qualifier}`,
  });
  const configAt = (record: FunctionRecord, qualifier: string): EventInvokeConfig => {
    const config = record.eventInvoke[qualifier];
    if (!config) {
      throw resourceNotFound(`The function ${record.arn}:${qualifier} doesn't have an EventInvokeConfig`);
    }
    return config;
  };
  const store = (record: FunctionRecord, qualifier: string, config: EventInvokeConfig) => {
    functions.set({ ...record, eventInvoke: { ...record.eventInvoke, [qualifier]: config } });
    return view(record, qualifier, config);
  };
  // biome-ignore lint/suspicious/noExplicitAny: this is what checks the input.
  const read = (at: string, input: any, before?: EventInvokeConfig): EventInvokeConfig => {
    refuseUnknown(at, input, [
      'FunctionName',
      'Qualifier',
      'MaximumRetryAttempts',
      'MaximumEventAgeInSeconds',
      'DestinationConfig',
    ]);
    const given = { ...input, ...input.DestinationConfig };
    if (
      [given.MaximumRetryAttempts, given.MaximumEventAgeInSeconds, input.DestinationConfig].every(
        (v) => v === undefined,
      )
    ) {
      throw invalidParameter('You must specify at least one of error handling or destination setting.');
    }
    checkRange(input.MaximumRetryAttempts, 'maximumRetryAttempts', 0, 2);
    checkRange(input.MaximumEventAgeInSeconds, 'maximumEventAgeInSeconds', 60, 21_600);
    for (const side of ['OnSuccess', 'OnFailure'] as const) {
      validateDestination(at, input.DestinationConfig?.[side]?.Destination, DESTINATIONS);
    }
    const retries = input.MaximumRetryAttempts ?? before?.MaximumRetryAttempts;
    const age = input.MaximumEventAgeInSeconds ?? before?.MaximumEventAgeInSeconds;
    return {
      ...(retries === undefined ? {} : { MaximumRetryAttempts: retries }),
      ...(age === undefined ? {} : { MaximumEventAgeInSeconds: age }),
      DestinationConfig: {
        OnSuccess: input.DestinationConfig?.OnSuccess ?? before?.DestinationConfig.OnSuccess ?? {},
        OnFailure: input.DestinationConfig?.OnFailure ?? before?.DestinationConfig.OnFailure ?? {},
      },
      LastModified: context.clock.now() / 1000,
    };
  };

  return {
    PutFunctionConcurrency: (input, call) => {
      refuseUnknown('PutFunctionConcurrency', input, ['FunctionName', 'ReservedConcurrentExecutions']);
      const { record } = functions.resolve(input.FunctionName, call);
      checkRange(input.ReservedConcurrentExecutions, 'reservedConcurrentExecutions', 0, Number.MAX_SAFE_INTEGER);
      const others = functions
        .list(call)
        .reduce((sum, other) => sum + (other.arn === record.arn ? 0 : (other.reservedConcurrency ?? 0)), 0);
      if (ACCOUNT_CONCURRENCY - others - input.ReservedConcurrentExecutions < ALWAYS_UNRESERVED) {
        throw invalidParameter(
          `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${ALWAYS_UNRESERVED}].`,
        );
      }
      functions.set({ ...record, reservedConcurrency: input.ReservedConcurrentExecutions });
      return { ReservedConcurrentExecutions: input.ReservedConcurrentExecutions };
    },
    GetFunctionConcurrency: (input, call) => {
      const { reservedConcurrency } = functions.resolve(input.FunctionName, call).record;
      return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
    },
    DeleteFunctionConcurrency: (input, call) => {
      const { reservedConcurrency: _, ...record } = functions.resolve(input.FunctionName, call).record;
      functions.set(record);
    },
    PutFunctionEventInvokeConfig: (input, call) => {
      const { record, qualifier } = functions.resolve(input.FunctionName, call, input.Qualifier);
      return store(record, qualifier, read('PutFunctionEventInvokeConfig', input));
    },
    UpdateFunctionEventInvokeConfig: (input, call) => {
      const { record, qualifier } = functions.resolve(input.FunctionName, call, input.Qualifier);
      const before = configAt(record, qualifier);
      return store(record, qualifier, read('UpdateFunctionEventInvokeConfig', input, before));
    },
    GetFunctionEventInvokeConfig: (input, call) => {
      const { record, qualifier } = functions.resolve(input.FunctionName, call, input.Qualifier);
      return view(record, qualifier, configAt(record, qualifier));
    },
    DeleteFunctionEventInvokeConfig: (input, call) => {
      const { record, qualifier } = functions.resolve(input.FunctionName, call, input.Qualifier);
      configAt(record, qualifier);
      const { [qualifier]: _, ...eventInvoke } = record.eventInvoke;
      functions.set({ ...record, eventInvoke });
    },
    ListFunctionEventInvokeConfigs: (input, call) => {
      const { record } = functions.resolve(input.FunctionName, call);
      const { items, marker } = page(Object.entries(record.eventInvoke), input, 50);
      return {
        FunctionEventInvokeConfigs: items.map(([qualifier, config]) => view(record, qualifier, config)),
        ...marker,
      };
    },
  };
}
