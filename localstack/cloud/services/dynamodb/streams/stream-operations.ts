import { AwsError } from '../../../core/aws-error';
import type { CloudContext, Operation } from '../../../core/service';
import { RawJson } from '../../../core/service';
import { validationError } from '../errors';
import { checkInput, type Shape } from '../operations/input-shape';
import { readIterator, type ShardIterator, writeIterator } from './shard-iterator';
import { positionOf, type StreamLog, sequenceNumber } from './stream-log';
import type { Streams } from './streams';

const MAX_RECORDS = 1000;
const MAX_BYTES = 1024 * 1024;
const ITERATOR_LIFE = 15 * 60 * 1000;

const streamArn: Shape = { type: 'string', required: true, min: 37, max: 1024 };
const shardId: Shape = { type: 'string', min: 28, max: 65 };

export const describeStream =
  (streams: Streams): Operation =>
  (input: { readonly StreamArn: string; readonly Limit?: number; readonly ExclusiveStartShardId?: string }) => {
    checkInput('DescribeStream', input, {
      StreamArn: streamArn,
      Limit: { type: 'integer', min: 1, max: 100 },
      ExclusiveStartShardId: shardId,
    });
    const { info, position } = find(streams, input.StreamArn);
    const start = input.ExclusiveStartShardId;
    const behind = start === undefined ? 0 : info.shards.indexOf(start) + 1;
    if (start !== undefined && behind === 0) throw shardNotFound(start, info.arn);
    const shards = info.shards.slice(behind, behind + (input.Limit ?? 100));
    const disabled = info.disabledAt !== undefined;
    return {
      StreamDescription: {
        StreamArn: info.arn,
        StreamLabel: info.label,
        StreamStatus: disabled ? 'DISABLED' : 'ENABLED',
        StreamViewType: info.view,
        CreationRequestDateTime: info.createdAt / 1000,
        TableName: info.tableName,
        KeySchema: info.KeySchema,
        Shards: shards.map((ShardId) => ({
          ShardId,
          SequenceNumberRange: {
            StartingSequenceNumber: sequenceNumber(1),
            ...(disabled && { EndingSequenceNumber: sequenceNumber(Math.max(1, position)) }),
          },
        })),
        ...(behind + shards.length < info.shards.length && { LastEvaluatedShardId: shards.at(-1) }),
      },
    };
  };

export const listStreams =
  (streams: Streams): Operation =>
  (
    input: { readonly TableName?: string; readonly Limit?: number; readonly ExclusiveStartStreamArn?: string },
    call,
  ) => {
    checkInput('ListStreams', input, {
      TableName: { type: 'string', min: 3, max: 255, pattern: '[a-zA-Z0-9_.-]+', orArn: true },
      Limit: { type: 'integer', min: 1, max: 100 },
      ExclusiveStartStreamArn: { type: 'string', min: 37, max: 1024 },
    });
    const prefix = `arn:aws:dynamodb:${call.region}:${call.account}:table/`;
    const table = input.TableName?.startsWith(prefix) ? input.TableName.slice(prefix.length) : input.TableName;
    const start = input.ExclusiveStartStreamArn ?? '';
    const infos = streams
      .all()
      .map(({ info }) => info)
      .filter(({ arn, tableName }) => arn.startsWith(prefix) && arn > start && (!table || tableName === table))
      .sort((a, b) => (a.arn < b.arn ? -1 : 1));
    const shown = infos.slice(0, input.Limit ?? 100);
    return {
      Streams: shown.map(({ arn, tableName, label }) => ({
        StreamArn: arn,
        TableName: tableName,
        StreamLabel: label,
      })),
      ...(shown.length < infos.length && { LastEvaluatedStreamArn: shown.at(-1)?.arn }),
    };
  };

type IteratorInput = {
  readonly StreamArn: string;
  readonly ShardId: string;
  readonly ShardIteratorType: 'TRIM_HORIZON' | 'LATEST' | 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER';
  readonly SequenceNumber?: string;
};

export const getShardIterator =
  (streams: Streams, { clock }: CloudContext): Operation =>
  (input: IteratorInput) => {
    checkInput('GetShardIterator', input, {
      StreamArn: streamArn,
      ShardId: { ...shardId, required: true },
      ShardIteratorType: {
        type: 'string',
        required: true,
        values: ['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'],
      },
      SequenceNumber: { type: 'string', min: 21, max: 40 },
    });
    const stream = find(streams, input.StreamArn);
    const shard = stream.info.shards.indexOf(input.ShardId);
    if (shard < 0) throw shardNotFound(input.ShardId, input.StreamArn);
    const iterator = { streamArn: input.StreamArn, shard, after: startOf(stream, shard, input), at: clock.now() };
    return { ShardIterator: writeIterator(iterator) };
  };

/** The position behind which an iterator begins. */
function startOf(stream: StreamLog, shard: number, { ShardIteratorType, SequenceNumber }: IteratorInput): number {
  if (ShardIteratorType === 'TRIM_HORIZON') return stream.trimmed(shard);
  if (ShardIteratorType === 'LATEST') return stream.position;
  if (SequenceNumber === undefined)
    throw validationError(`SequenceNumber must be specified for ShardIteratorType ${ShardIteratorType}`);
  const position = positionOf(SequenceNumber);
  if (position === undefined || position > stream.position)
    throw validationError(`Invalid SequenceNumber: ${SequenceNumber}`);
  const after = ShardIteratorType === 'AT_SEQUENCE_NUMBER' ? position - 1 : position;
  if (after < stream.trimmed(shard)) throw trimmedData();
  return Math.max(0, after);
}

export const getRecords =
  (streams: Streams, { clock }: CloudContext): Operation =>
  (input: { readonly ShardIterator: string; readonly Limit?: number }) => {
    checkInput('GetRecords', input, {
      ShardIterator: { type: 'string', required: true, min: 1, max: 2048 },
      Limit: { type: 'integer', min: 1, max: MAX_RECORDS },
    });
    const iterator = readIterator(input.ShardIterator);
    if (!iterator) throw validationError('Invalid ShardIterator');
    const stream = find(streams, iterator.streamArn);
    if (iterator.at + ITERATOR_LIFE <= clock.now())
      throw new AwsError(
        'ExpiredIteratorException',
        'The shard iterator has expired and can no longer be used to retrieve stream records. A shard iterator expires 15 minutes after it is retrieved using the GetShardIterator action.',
      );
    if (iterator.after < stream.trimmed(iterator.shard)) throw trimmedData();
    const { texts, after, ended } = readSome(stream, iterator, input.Limit ?? MAX_RECORDS);
    const next = ended && stream.info.disabledAt !== undefined ? undefined : { ...iterator, after, at: clock.now() };
    return new RawJson(
      `{"Records":[${texts.join(',')}]${next ? `,"NextShardIterator":${JSON.stringify(writeIterator(next))}` : ''}}`,
    );
  };

function readSome(
  stream: StreamLog,
  iterator: ShardIterator,
  limit: number,
): { texts: string[]; after: number; ended: boolean } {
  const texts: string[] = [];
  let { after } = iterator;
  let bytes = 0;
  for (const { text, position } of stream.read(iterator.shard, iterator.after)) {
    if (texts.length === limit || (texts.length > 0 && bytes + text.length > MAX_BYTES))
      return { texts, after, ended: false };
    texts.push(text);
    bytes += text.length;
    after = position;
  }
  return { texts, after, ended: true };
}

function find(streams: Streams, arn: string): StreamLog {
  const stream = streams.get(arn);
  if (!stream)
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream: ${arn} not found`);
  return stream;
}

const shardNotFound = (shard: string, arn: string) =>
  new AwsError(
    'ResourceNotFoundException',
    `Requested resource not found: Shard: ${shard} in Stream: ${arn} not found`,
  );

const trimmedData = () =>
  new AwsError(
    'TrimmedDataAccessException',
    'The operation attempted to read past the oldest stream record in a shard.',
  );
