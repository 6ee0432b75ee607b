import { notImplemented, refuseUnknown } from '../../../core/aws-error';
import { compilePattern } from '../../../core/patterns/event-pattern';
import { validateDestination } from '../destinations';
import type { MappingRecord } from '../mappings/mapping-record';
import { checkRange, invalidParameter } from './errors';

const STREAM_ONLY = [
  'ParallelizationFactor',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'DestinationConfig',
  'TumblingWindowInSeconds',
];

/** What both Create- and UpdateEventSourceMapping take. */
export const SETTINGS = [
  'Enabled',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'FilterCriteria',
  'FunctionResponseTypes',
  'ScalingConfig',
  ...STREAM_ONLY,
];

const MAX_FILTERS = 5;
const WEEK_SECONDS = 604_800;

type Settings = Pick<
  MappingRecord,
  | 'enabled'
  | 'batchSize'
  | 'windowSeconds'
  | 'filters'
  | 'reportFailures'
  | 'maximumConcurrency'
  | 'parallelization'
  | 'bisect'
  | 'maxRetries'
  | 'maxRecordAge'
  | 'onFailure'
>;

/** Settings with AWS's limits and defaults; those that `input` does not name as they were `before`. */
export function readSettings(
  at: string,
  source: MappingRecord['source'],
  // biome-ignore lint/suspicious/noExplicitAny: this is what checks the input.
  input: any,
  before?: MappingRecord,
): Settings {
  const stream = source === 'dynamodb';
  if (!stream) {
    for (const name of STREAM_ONLY) {
      const given = input[name];
      // CloudFormation names some of these with their defaults.
      if (given !== undefined && given !== 0 && given !== false && given !== -1) {
        throw invalidParameter(`${name} is not supported for SQS event sources.`);
      }
    }
  } else if (input.ScalingConfig?.MaximumConcurrency !== undefined) {
    throw invalidParameter('ScalingConfig is only supported for SQS event sources.');
  }
  if (input.TumblingWindowInSeconds) throw notImplemented(`${at}: TumblingWindowInSeconds`);
  checkRange(input.BatchSize, 'batchSize', 1, 10_000);
  checkRange(input.MaximumBatchingWindowInSeconds, 'maximumBatchingWindowInSeconds', 0, 300);
  checkRange(input.ParallelizationFactor, 'parallelizationFactor', 1, 10);
  checkRange(input.MaximumRetryAttempts, 'maximumRetryAttempts', -1, 10_000);
  checkRange(input.MaximumRecordAgeInSeconds, 'maximumRecordAgeInSeconds', -1, WEEK_SECONDS);
  checkRange(input.ScalingConfig?.MaximumConcurrency, 'scalingConfig.maximumConcurrency', 2, 1000);
  if (input.MaximumRecordAgeInSeconds >= 0 && input.MaximumRecordAgeInSeconds < 60) {
    throw invalidParameter('MaximumRecordAgeInSeconds must be -1 or at least 60.');
  }
  const onFailure: string | undefined = input.DestinationConfig
    ? input.DestinationConfig.OnFailure?.Destination || undefined
    : before?.onFailure;
  if (input.DestinationConfig) refuseUnknown(`${at}: DestinationConfig`, input.DestinationConfig, ['OnFailure']);
  validateDestination(at, onFailure, ['sqs']);
  const maximumConcurrency: number | undefined = input.ScalingConfig
    ? input.ScalingConfig.MaximumConcurrency
    : before?.maximumConcurrency;
  const settings: Settings = {
    enabled: input.Enabled ?? before?.enabled ?? true,
    batchSize: input.BatchSize ?? before?.batchSize ?? (stream ? 100 : 10),
    windowSeconds: input.MaximumBatchingWindowInSeconds ?? before?.windowSeconds ?? 0,
    filters: input.FilterCriteria ? filtersOf(at, input.FilterCriteria) : (before?.filters ?? []),
    reportFailures: input.FunctionResponseTypes
      ? responseTypes(input.FunctionResponseTypes)
      : (before?.reportFailures ?? false),
    parallelization: input.ParallelizationFactor ?? before?.parallelization ?? 1,
    bisect: input.BisectBatchOnFunctionError ?? before?.bisect ?? false,
    maxRetries: input.MaximumRetryAttempts ?? before?.maxRetries ?? -1,
    maxRecordAge: input.MaximumRecordAgeInSeconds ?? before?.maxRecordAge ?? -1,
    ...(onFailure ? { onFailure } : {}),
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
  };
  if (!stream && settings.batchSize > 10 && settings.windowSeconds < 1) {
    throw invalidParameter(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
  return settings;
}

function responseTypes(types: readonly string[]): boolean {
  for (const type of types) {
    if (type !== 'ReportBatchItemFailures') throw invalidParameter(`Unknown function response type: ${type}`);
  }
  return types.length > 0;
}

function filtersOf(at: string, criteria: { Filters?: readonly { Pattern?: string }[] }): string[] {
  refuseUnknown(`${at}: FilterCriteria`, criteria, ['Filters']);
  const patterns = (criteria.Filters ?? []).map(({ Pattern }) => Pattern ?? '');
  if (patterns.length > MAX_FILTERS) throw invalidParameter(`Filter criteria may have at most ${MAX_FILTERS} filters.`);
  for (const pattern of patterns) {
    try {
      compilePattern(pattern);
    } catch {
      throw invalidParameter('Invalid filter pattern definition.');
    }
  }
  return patterns;
}
