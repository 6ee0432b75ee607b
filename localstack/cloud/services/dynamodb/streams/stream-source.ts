import { AwsError } from '../../../core/aws-error';
import type { StreamRecord, StreamSource } from '../../../core/peers';
import type { TableEncryption } from '../table/table-encryption';
import { positionOf, type StreamLog, sequenceNumber } from './stream-log';
import type { Streams } from './streams';

/** The streams as event source mappings read them: without iterators. */
export function createStreamSource(streams: Streams, encryption: TableEncryption): StreamSource {
  const find = (arn: string): StreamLog => {
    const stream = streams.get(arn);
    if (!stream)
      throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream: ${arn} not found`);
    return stream;
  };
  const shardOf = (stream: StreamLog, shardId: string): number => {
    const shard = stream.info.shards.indexOf(shardId);
    if (shard < 0)
      throw new AwsError(
        'ResourceNotFoundException',
        `Requested resource not found: Shard: ${shardId} in Stream: ${stream.info.arn} not found`,
      );
    return shard;
  };
  return {
    checkKey: (arn, principal) => {
      const [, , , region = '', account = ''] = arn.split(':');
      encryption.check(find(arn).info.tableName, { principal, account, region });
    },
    shards: (arn) => find(arn).info.shards,
    read: (arn, shardId, after, limit) => {
      const stream = find(arn);
      const records: StreamRecord[] = [];
      if (limit <= 0) return records;
      for (const { text, cause } of stream.read(
        shardOf(stream, shardId),
        after === undefined ? 0 : (positionOf(after) ?? 0),
      )) {
        const record = forLambda(JSON.parse(text));
        records.push(cause === undefined ? record : { ...record, cause });
        if (records.length === limit) break;
      }
      return records;
    },
    latest: (arn, shardId) => {
      const stream = find(arn);
      const position = stream.newest(shardOf(stream, shardId));
      return position === undefined ? undefined : sequenceNumber(position);
    },
    onWrite: (arn, wake) => find(arn).onWrite(wake),
  };
}

/** Lambda spells the members of the identity with small letters. */
function forLambda(record: StreamRecord & { userIdentity?: { PrincipalId?: string; Type?: string } }): StreamRecord {
  const { userIdentity } = record;
  if (!userIdentity?.PrincipalId || !userIdentity.Type) return record;
  return { ...record, userIdentity: { principalId: userIdentity.PrincipalId, type: userIdentity.Type } };
}
