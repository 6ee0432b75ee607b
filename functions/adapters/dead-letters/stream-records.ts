import {
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import type { StreamRange } from '../../application/dead-letters/dead-letter';
import type { StreamRecords } from '../../application/dead-letters/onward';
import type { Effects } from '../../application/ports';
import type { Place } from '../../application/read-models/feed-row';

/** Pages without a record that are read in a row: a shard may answer with none although there are more. */
const EMPTY_PAGES = 50;
/** What DynamoDB says of records, or of a shard with them, that are older than 24 hours. */
const GONE: ReadonlySet<string> = new Set(['TrimmedDataAccessException', 'ResourceNotFoundException']);

/** The stream of the Events table by DynamoDB Streams' own API. */
export class DynamoDbStreamRecords implements StreamRecords {
  constructor(
    private readonly client: DynamoDBStreamsClient,
    private readonly effects: Pick<Effects, 'sleep'>,
  ) {}

  async places(range: StreamRange): Promise<readonly Place[] | undefined> {
    try {
      return await this.read(range);
    } catch (error) {
      if (error instanceof Error && GONE.has(error.name)) return undefined;
      throw error;
    }
  }

  private async read({ streamArn, shardId, firstSequenceNumber, lastSequenceNumber }: StreamRange): Promise<Place[]> {
    const places: Place[] = [];
    const last = BigInt(lastSequenceNumber);
    let { ShardIterator: iterator } = await this.client.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        SequenceNumber: firstSequenceNumber,
      }),
    );
    for (let empty = 0; iterator !== undefined && empty < EMPTY_PAGES; ) {
      const page = await this.client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      const records = page.Records ?? [];
      for (const { dynamodb } of records) {
        const sequenceNumber = BigInt(dynamodb?.SequenceNumber ?? '0');
        if (sequenceNumber > last) return places;
        places.push(...placeOf(dynamodb));
        if (sequenceNumber === last) return places;
      }
      iterator = page.NextShardIterator;
      empty = records.length === 0 ? empty + 1 : 0;
      if (empty > 0) await this.effects.sleep(100);
    }
    throw new Error(`the record ${lastSequenceNumber} of shard ${shardId} cannot be read; try again`);
  }
}

function placeOf(image: StreamRecord['dynamodb']): Place[] {
  const stream = image?.Keys?.stream?.S;
  const version = Number(image?.Keys?.version?.N);
  return stream === undefined || !Number.isSafeInteger(version) ? [] : [{ stream, version }];
}
