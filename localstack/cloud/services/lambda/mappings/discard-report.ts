import type { StreamRecord } from '../../../core/peers';
import { rolePrincipal } from '../execution/role-credentials';
import type { MappingRecord } from './mapping-record';
import { causesOf, createdAt, eventRecord } from './stream-event';
import type { PollerParts } from './stream-poller';
import type { Discard } from './stream-work';

type Discarded = { readonly shardId: string; readonly records: readonly StreamRecord[]; readonly why: Discard };

/** Records that will not be tried again: the trace tells, and the on-failure destination gets a pointer to them. */
export function discardRecords(
  { context, destinations, functions }: Pick<PollerParts, 'context' | 'destinations' | 'functions'>,
  mapping: MappingRecord,
  discarded: Discarded,
): void {
  const { onFailure, functionArn, eventSourceArn } = mapping;
  const { records, why } = discarded;
  const hop = context.trace.begin({
    service: 'lambda',
    operation: 'Discard',
    target: onFailure ?? functionArn,
    by: 'dynamodb',
    causes: why.result ? [why.result.hop] : causesOf(records),
    about: records.map((record) => eventRecord(record, eventSourceArn)),
  });
  const target = onFailure ? functions.find(functionArn, context) : undefined;
  if (!onFailure || !target) {
    hop.end(why.condition);
    return;
  }
  const body = JSON.stringify(reportOf(mapping, discarded, context.clock.now()));
  try {
    const role = rolePrincipal(target.config.role, target.record.name);
    context.trace.within(hop.id, () => destinations.send(onFailure, { body, succeeded: false, functionArn }, role));
    hop.end(why.condition);
  } catch (error) {
    hop.end(why.condition, error instanceof Error ? error.message : String(error));
    destinations.reportFailure(target.record, onFailure, error);
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html: a pointer, not the records. */
function reportOf(
  { functionArn, eventSourceArn }: MappingRecord,
  { shardId, records, why: { condition, attempts, result } }: Discarded,
  now: number,
): object {
  const [first, last] = [records[0]!, records[records.length - 1]!];
  const arrival = (record: StreamRecord) => new Date(createdAt(record)).toISOString().replace('.000Z', 'Z');
  return {
    requestContext: {
      requestId: result?.requestId ?? '',
      functionArn,
      condition,
      approximateInvokeCount: attempts,
    },
    ...(result
      ? {
          responseContext: {
            statusCode: 200,
            executedVersion: result.executedVersion,
            ...(result.functionError ? { functionError: result.functionError } : {}),
          },
        }
      : {}),
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first.dynamodb.SequenceNumber,
      endSequenceNumber: last.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: records.length,
      streamArn: eventSourceArn,
    },
  };
}
