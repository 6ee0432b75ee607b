import { type AwsError, refuseUnknown } from '../../../core/aws-error';
import { compilePattern } from '../../../core/patterns/event-pattern';
import { validateDestination } from '../destinations';
import type { MappingRecord } from '../mappings/mapping-record';
import { checkRange, constraint, invalidParameter } from './errors';

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
/** Characters. */
const MAX_PATTERN = 4096;
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
  | 'tumblingSeconds'
>;

/** What settings are read for: the operation, and where the records come from. */
type Place = { readonly at: string; readonly source: MappingRecord['source']; readonly sourceArn: string };

/** Settings with AWS's limits and defaults; those that `input` does not name as they were `before`. */
export function readSettings(
  { at, source, sourceArn }: Place,
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
        throw unsupported(name);
      }
    }
  } else if (input.ScalingConfig?.MaximumConcurrency !== undefined) {
    throw unsupported('ScalingConfig');
  }
  checkRange(input.BatchSize, 'batchSize', 1, 10_000);
  checkRange(input.MaximumBatchingWindowInSeconds, 'maximumBatchingWindowInSeconds', 0, 300);
  checkRange(input.ParallelizationFactor, 'parallelizationFactor', 1, 10);
  checkRange(input.TumblingWindowInSeconds, 'tumblingWindowInSeconds', 0, 900);
  checkRange(input.MaximumRetryAttempts, 'maximumRetryAttempts', -1, 10_000);
  checkRange(input.MaximumRecordAgeInSeconds, 'maximumRecordAgeInSeconds', -1, WEEK_SECONDS);
  checkRange(input.ScalingConfig?.MaximumConcurrency, 'scalingConfig.maximumConcurrency', 2, 1000);
  if (input.MaximumRecordAgeInSeconds >= 0 && input.MaximumRecordAgeInSeconds < 60) {
    throw invalidParameter('MaximumRecordAgeInSeconds must be -1 or at least 60.');
  }
  const onFailure: string | undefined = input.DestinationConfig
    ? input.DestinationConfig.OnFailure?.Destination || undefined
    : before?.onFailure;
  if (input.DestinationConfig?.OnSuccess) throw unsupported('DestinationConfig');
  if (input.DestinationConfig) refuseUnknown(`${at}: DestinationConfig`, input.DestinationConfig, ['OnFailure']);
  validateDestination(at, onFailure, ['sqs', 'sns']);
  const maximumConcurrency: number | undefined = input.ScalingConfig
    ? input.ScalingConfig.MaximumConcurrency
    : before?.maximumConcurrency;
  const tumblingSeconds: number = input.TumblingWindowInSeconds ?? before?.tumblingSeconds ?? 0;
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
    ...(tumblingSeconds === 0 ? {} : { tumblingSeconds }),
  };
  if (tumblingSeconds > 0 && settings.parallelization > 1) {
    throw invalidParameter('ParallelizationFactor must be 1 when TumblingWindowInSeconds is set.');
  }
  if (!stream && settings.batchSize > 10 && settings.windowSeconds < 1) {
    throw invalidParameter(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
  if (sourceArn.endsWith('.fifo')) {
    if (settings.windowSeconds > 0) throw invalidParameter('Batching window is not supported for FIFO queues');
    if (settings.batchSize > 10) throw invalidParameter('Batch size must not exceed 10 for FIFO queues');
  }
  return settings;
}

const unsupported = (name: string): AwsError =>
  invalidParameter(`Unsupported ${name} parameter for given event source mapping type.`);

function responseTypes(types: readonly string[]): boolean {
  if (types.length > 1) {
    throw constraint(types, 'functionResponseTypes', 'Member must have length less than or equal to 1');
  }
  for (const type of types) {
    if (type === 'ReportBatchItemFailures') continue;
    throw constraint(
      types,
      'functionResponseTypes',
      'Member must satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures]]',
    );
  }
  return types.length > 0;
}

function filtersOf(at: string, criteria: { Filters?: readonly { Pattern?: string }[] }): string[] {
  refuseUnknown(`${at}: FilterCriteria`, criteria, ['Filters']);
  const patterns = (criteria.Filters ?? []).map(({ Pattern }) => Pattern ?? '');
  if (patterns.length > MAX_FILTERS) throw invalidParameter(`Filter criteria may have at most ${MAX_FILTERS} filters.`);
  for (const pattern of patterns) {
    if (pattern.length > MAX_PATTERN) {
      throw constraint(
        pattern,
        'filterCriteria.filters.1.member.pattern',
        `Member must have length less than or equal to ${MAX_PATTERN}`,
      );
    }
    try {
      compilePattern(pattern);
    } catch {
      throw invalidParameter('Invalid filter pattern definition.');
    }
  }
  return patterns;
}
