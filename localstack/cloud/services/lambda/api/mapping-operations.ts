import { parseArn } from '../../../core/arn';
import { notImplemented, refuseUnknown } from '../../../core/aws-error';
import { uuid } from '../../../core/ids';
import type { Call, CloudContext, Operation } from '../../../core/service';
import { functionArn, parseFunctionName } from '../function-name';
import type { Functions, ResolvedFunction } from '../functions';
import type { MappingRecord } from '../mappings/mapping-record';
import type { Mappings } from '../mappings/mappings';
import { checkRange, constraint, invalidParameter, resourceConflict } from './errors';
import { checkSource } from './mapping-access';
import { readSettings, SETTINGS } from './mapping-settings';
import { page } from './page';

/** In the order in which AWS names them. */
const POSITIONS = ['LATEST', 'AT_TIMESTAMP', 'TRIM_HORIZON'];

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
        'StartingPositionTimestamp',
        'Tags',
        ...SETTINGS,
      ]);
      const source = sourceOf(input.EventSourceArn);
      const place = { at: 'CreateEventSourceMapping', source, sourceArn: input.EventSourceArn };
      const settings = readSettings(place, input);
      checkPosition(source, input);
      const target = functionOf(functions, input.FunctionName, call);
      checkSource(context, source, input.EventSourceArn, target);
      const twin = mappings
        .list()
        .find((other) => other.eventSourceArn === input.EventSourceArn && other.functionArn === target.arn);
      if (twin) {
        const pair = `arn (" ${input.EventSourceArn} ") and function (" ${target.record.name} ")`;
        const advice = `Please update or delete the existing mapping with UUID ${twin.uuid}`;
        throw resourceConflict(
          source === 'sqs'
            ? `An event source mapping with SQS ${pair} already exists. ${advice}`
            : `The event source ${pair} provided mapping already exists. ${advice}`,
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
      return view(record, record.enabled ? 'Creating' : 'Disabled');
    },
    UpdateEventSourceMapping: (input, call) => {
      refuseUnknown('UpdateEventSourceMapping', input, ['UUID', 'FunctionName', ...SETTINGS]);
      const before = mappings.get(input.UUID);
      const target = functionOf(functions, input.FunctionName ?? before.functionArn, call);
      const place = { at: 'UpdateEventSourceMapping', source: before.source, sourceArn: before.eventSourceArn };
      const settings = readSettings(place, input, before);
      if (settings.enabled) checkSource(context, before.source, before.eventSourceArn, target);
      const { onFailure: _, maximumConcurrency: __, tumblingSeconds: ___, ...kept } = before;
      const record: MappingRecord = { ...kept, ...settings, functionArn: target.arn, lastModified: now() };
      mappings.update(record);
      if (record.enabled === before.enabled) return view(record, 'Updating');
      return view(record, record.enabled ? 'Enabling' : 'Disabling');
    },
    GetEventSourceMapping: (input) => view(mappings.get(input.UUID)),
    DeleteEventSourceMapping: (input) => {
      const record = mappings.get(input.UUID);
      const answer = view(record, 'Deleting');
      mappings.delete(record);
      return answer;
    },
    ListEventSourceMappings: (input, call) => {
      checkRange(input.MaxItems === undefined ? undefined : Number(input.MaxItems), 'maxItems', 1, 10_000);
      // Mappings outlive their function, and can be found by its name.
      const wanted = input.FunctionName ? arnOf(input.FunctionName, call) : undefined;
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

function checkPosition(
  source: MappingRecord['source'],
  input: { EventSourceArn: string; StartingPosition?: unknown; StartingPositionTimestamp?: unknown },
): void {
  const { EventSourceArn, StartingPosition: position, StartingPositionTimestamp: timestamp } = input;
  if (position !== undefined && !POSITIONS.includes(String(position))) {
    throw constraint(position, 'startingPosition', `Member must satisfy enum value set: [${POSITIONS.join(', ')}]`);
  }
  if (source === 'sqs') {
    if (position === undefined && timestamp === undefined) return;
    throw invalidParameter('StartingPosition is not valid for SQS event sources.');
  }
  if (position === undefined) {
    throw invalidParameter(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    );
  }
  if (position === 'AT_TIMESTAMP')
    throw invalidParameter(`Unsupported starting position for arn type: ${EventSourceArn}`);
  if (timestamp !== undefined) throw invalidParameter('Timestamp only valid with StartingPosition AT_TIMESTAMP');
}

function functionOf(functions: Functions, name: unknown, call: Call): ResolvedFunction {
  const found = functions.find(name as string, call);
  if (!found) throw invalidParameter('Function does not exist');
  return found;
}

function arnOf(name: unknown, call: Call): string {
  const ref = parseFunctionName(name, call);
  return ref.qualifier === undefined ? functionArn(ref) : `${functionArn(ref)}:${ref.qualifier}`;
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
    // Lambda does not tell it of queues.
    ...(stream ? { LastProcessingResult: lastResult } : {}),
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
          TumblingWindowInSeconds: record.tumblingSeconds ?? 0,
          DestinationConfig: { OnFailure: record.onFailure ? { Destination: record.onFailure } : {} },
        }
      : {}),
  };
}
