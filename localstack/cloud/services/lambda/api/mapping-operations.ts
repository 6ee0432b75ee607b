import { parseArn } from '../../../core/arn';
import { AwsError, notImplemented, refuseUnknown } from '../../../core/aws-error';
import { uuid } from '../../../core/ids';
import type { CloudContext, Operation } from '../../../core/service';
import type { Functions } from '../functions';
import type { MappingRecord } from '../mappings/mapping-record';
import type { Mappings } from '../mappings/mappings';
import { invalidParameter, resourceConflict } from './errors';
import { checkSource } from './mapping-access';
import { readSettings, SETTINGS } from './mapping-settings';
import { page } from './page';

/** Event source mappings: streams and queues that a function reads. */
export function mappingOperations(
  context: CloudContext,
  functions: Functions,
  mappings: Mappings,
): Record<string, Operation> {
  const view = (record: MappingRecord, state?: string): object =>
    viewOf(record, mappings.lastResult(record.uuid), state);
  const now = () => context.clock.now() / 1000;

  return {
    CreateEventSourceMapping: (input, call) => {
      refuseUnknown('CreateEventSourceMapping', input, [
        'EventSourceArn',
        'FunctionName',
        'StartingPosition',
        'Tags',
        ...SETTINGS,
      ]);
      const source = sourceOf(input.EventSourceArn);
      const target = functions.resolve(input.FunctionName, call);
      const settings = readSettings('CreateEventSourceMapping', source, input);
      checkPosition(source, input.StartingPosition);
      checkSource(context, source, input.EventSourceArn, target);
      const twin = mappings
        .list()
        .find((other) => other.eventSourceArn === input.EventSourceArn && other.functionArn === target.arn);
      if (twin) {
        throw resourceConflict(
          `The event source arn (" ${input.EventSourceArn} ") and function (" ${target.record.name} ") provided mapping already exists. Please update or delete the existing mapping with UUID ${twin.uuid}`,
        );
      }
      const id = uuid();
      const record: MappingRecord = {
        ...settings,
        uuid: id,
        arn: `arn:aws:lambda:${call.region}:${call.account}:event-source-mapping:${id}`,
        source,
        eventSourceArn: input.EventSourceArn,
        functionArn: target.arn,
        tags: input.Tags ?? {},
        lastModified: now(),
        ...(source === 'dynamodb' ? { startingPosition: input.StartingPosition } : {}),
      };
      mappings.create(record);
      return view(record, 'Creating');
    },
    UpdateEventSourceMapping: (input, call) => {
      refuseUnknown('UpdateEventSourceMapping', input, ['UUID', 'FunctionName', ...SETTINGS]);
      const before = mappings.get(input.UUID);
      const target = functions.resolve(input.FunctionName ?? before.functionArn, call);
      const settings = readSettings('UpdateEventSourceMapping', before.source, input, before);
      if (settings.enabled) checkSource(context, before.source, before.eventSourceArn, target);
      const { onFailure: _, maximumConcurrency: __, ...kept } = before;
      const record: MappingRecord = { ...kept, ...settings, functionArn: target.arn, lastModified: now() };
      mappings.update(record);
      return view(record, 'Updating');
    },
    GetEventSourceMapping: (input) => view(mappings.get(input.UUID)),
    DeleteEventSourceMapping: (input) => {
      const record = mappings.get(input.UUID);
      const answer = view(record, 'Deleting');
      mappings.delete(record);
      return answer;
    },
    ListEventSourceMappings: (input, call) => {
      const wanted = input.FunctionName ? functions.resolve(input.FunctionName, call).arn : undefined;
      const found = mappings
        .list()
        .filter(
          (record) =>
            (wanted === undefined || record.functionArn === wanted) &&
            (input.EventSourceArn === undefined || record.eventSourceArn === input.EventSourceArn) &&
            parseArn(record.arn)?.region === call.region &&
            parseArn(record.arn)?.account === call.account,
        );
      const { items, marker } = page(found, input, 100);
      return { EventSourceMappings: items.map((record) => view(record)), ...marker };
    },
  };
}

function sourceOf(arn: unknown): MappingRecord['source'] {
  const parsed = typeof arn === 'string' ? parseArn(arn) : undefined;
  if (!parsed) throw invalidParameter('Unrecognized event source.');
  if (parsed.service === 'sqs') return 'sqs';
  if (parsed.service === 'dynamodb' && /^table\/[^/]+\/stream\/.+$/.test(parsed.resource)) return 'dynamodb';
  if (parsed.service === 'dynamodb')
    throw invalidParameter('Unrecognized event source, must be kinesis, dynamodb stream or sqs.');
  throw notImplemented(`CreateEventSourceMapping: an event source of ${parsed.service}`);
}

function checkPosition(source: MappingRecord['source'], position: unknown): void {
  if (source === 'sqs') {
    if (position !== undefined) throw invalidParameter('StartingPosition is not valid for SQS event sources.');
    return;
  }
  if (position === undefined) {
    throw invalidParameter(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    );
  }
  if (position === 'TRIM_HORIZON' || position === 'LATEST') return;
  throw new AwsError('InvalidParameterValueException', `Unsupported starting position for arn type: ${position}`);
}

function viewOf(record: MappingRecord, lastResult: string, state: string | undefined): object {
  const stream = record.source === 'dynamodb';
  return {
    UUID: record.uuid,
    EventSourceMappingArn: record.arn,
    EventSourceArn: record.eventSourceArn,
    FunctionArn: record.functionArn,
    BatchSize: record.batchSize,
    MaximumBatchingWindowInSeconds: record.windowSeconds,
    LastModified: record.lastModified,
    LastProcessingResult: lastResult,
    State: state ?? (record.enabled ? 'Enabled' : 'Disabled'),
    StateTransitionReason: stream ? 'User action' : 'USER_INITIATED',
    FunctionResponseTypes: record.reportFailures ? ['ReportBatchItemFailures'] : [],
    ...(record.filters.length > 0
      ? { FilterCriteria: { Filters: record.filters.map((Pattern) => ({ Pattern })) } }
      : {}),
    ...(record.maximumConcurrency === undefined
      ? {}
      : { ScalingConfig: { MaximumConcurrency: record.maximumConcurrency } }),
    ...(stream
      ? {
          StartingPosition: record.startingPosition,
          ParallelizationFactor: record.parallelization,
          BisectBatchOnFunctionError: record.bisect,
          MaximumRetryAttempts: record.maxRetries,
          MaximumRecordAgeInSeconds: record.maxRecordAge,
          TumblingWindowInSeconds: 0,
          DestinationConfig: { OnFailure: record.onFailure ? { Destination: record.onFailure } : {} },
        }
      : {}),
  };
}
