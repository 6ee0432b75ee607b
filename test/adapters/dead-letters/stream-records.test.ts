import { describe, expect, it } from '@jest/globals';
import { DynamoDbStreamRecords } from '../../../functions/adapters/dead-letters/stream-records';
import { FixedEffects } from '../../support/fixed-effects';
import { awsError, ScriptedClient } from '../../support/scripted-client';

const range = {
  streamArn: 'arn:stream',
  shardId: 'shard-1',
  firstSequenceNumber: '100',
  // Longer than a number can be exact.
  lastSequenceNumber: '90000000000000000000000001',
  firstArrival: '2026-01-01T12:00:00Z',
  lastArrival: '2026-01-01T12:00:00Z',
  records: 3,
};
const record = (SequenceNumber: string, stream: string, version: number) => ({
  dynamodb: { SequenceNumber, Keys: { stream: { S: stream }, version: { N: String(version) } } },
});
const page = (...Records: object[]) => ({ Records, NextShardIterator: 'next' });

function recordsWith(...answers: readonly unknown[]) {
  const client = new ScriptedClient(answers);
  return { client, records: new DynamoDbStreamRecords(client.as(), new FixedEffects()) };
}

describe('the records of a range', () => {
  it('are read from the first to the last, over pages with nothing in them', async () => {
    const { client, records } = recordsWith(
      { ShardIterator: 'first' },
      page(record('100', 'order#a', 1)),
      page(),
      page(
        record('200', 'order#b', 4),
        record('90000000000000000000000001', 'order#a', 2),
        record('90000000000000000000000002', 'order#c', 1),
      ),
    );
    expect(await records.places(range)).toEqual([
      { stream: 'order#a', version: 1 },
      { stream: 'order#b', version: 4 },
      { stream: 'order#a', version: 2 },
    ]);
    expect(client.inputs[0]).toMatchObject({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: '100' });
  });

  it.each(['TrimmedDataAccessException', 'ResourceNotFoundException'])(
    'are gone when DynamoDB says %s',
    async (name) => {
      expect(await recordsWith(awsError(name)).records.places(range)).toBeUndefined();
      expect(await recordsWith({ ShardIterator: 'first' }, awsError(name)).records.places(range)).toBeUndefined();
    },
  );

  it('are not taken for read when the shard ends before them, or goes on with nothing', async () => {
    const ended = recordsWith({ ShardIterator: 'first' }, { Records: [record('100', 'order#a', 1)] });
    await expect(ended.records.places(range)).rejects.toThrow('cannot be read; try again');
    const silent = recordsWith({ ShardIterator: 'first' }, page());
    await expect(silent.records.places(range)).rejects.toThrow('cannot be read; try again');
    await expect(recordsWith(awsError('ThrottlingException')).records.places(range)).rejects.toThrow('Throttling');
  });
});
