import { AwsError } from '../../../localstack/cloud/core/aws-error';
import type { StreamRecord, StreamSource } from '../../../localstack/cloud/core/peers';

export const STREAM = 'arn:aws:dynamodb:us-east-1:000000000000:table/Events/stream/2026-01-15T12:00:00.000';
const SHARD = 'shardId-00000001';

export type FakeItem = { readonly pk: string; readonly n: number; readonly cause?: string; readonly bytes?: number };

/** A stream that a test writes by hand. */
export class FakeStreams implements StreamSource {
  readonly #records = new Map<string, StreamRecord[]>([[STREAM, []]]);
  readonly #wakers = new Map<string, Set<() => void>>();
  #sequence = 100;
  /** The items' key: both members, so that each record is of another item, or `pk` alone. */
  key: 'pk+n' | 'pk' = 'pk+n';

  checkKey(): void {}

  /** Another stream. */
  add(streamArn: string): void {
    this.#records.set(streamArn, []);
  }

  /** Writes items `{pk, n}` that came `at` (milliseconds). */
  write(items: readonly FakeItem[], at: number, streamArn = STREAM): string[] {
    const numbers: string[] = [];
    for (const { pk, n, cause, bytes = 20 } of items) {
      const SequenceNumber = String(this.#sequence++);
      numbers.push(SequenceNumber);
      this.#of(streamArn).push({
        eventID: `event-${SequenceNumber}`,
        eventName: 'INSERT',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'us-east-1',
        dynamodb: {
          ApproximateCreationDateTime: Math.floor(at / 1000),
          Keys: { pk: { S: pk }, ...(this.key === 'pk' ? {} : { n: { N: String(n) } }) },
          NewImage: { pk: { S: pk }, n: { N: String(n) } },
          SequenceNumber,
          SizeBytes: bytes,
          StreamViewType: 'NEW_IMAGE',
        },
        ...(cause === undefined ? {} : { cause }),
      });
    }
    for (const wake of this.#wakers.get(streamArn) ?? []) wake();
    return numbers;
  }

  shards(streamArn: string): readonly string[] {
    this.#of(streamArn);
    return [SHARD];
  }

  read(streamArn: string, _shard: string, after: string | undefined, limit: number): readonly StreamRecord[] {
    return this.#of(streamArn)
      .filter(({ dynamodb }) => after === undefined || Number(dynamodb.SequenceNumber) > Number(after))
      .slice(0, limit);
  }

  latest(streamArn: string): string | undefined {
    return this.#of(streamArn).at(-1)?.dynamodb.SequenceNumber;
  }

  onWrite(streamArn: string, wake: () => void): () => void {
    const wakers = this.#wakers.get(streamArn) ?? new Set();
    this.#wakers.set(streamArn, wakers);
    wakers.add(wake);
    return () => wakers.delete(wake);
  }

  /** Wakes nobody any more. */
  forget(): void {
    this.#wakers.clear();
  }

  #of(streamArn: string): StreamRecord[] {
    const records = this.#records.get(streamArn);
    if (!records) throw new AwsError('ResourceNotFoundException', `Stream not found: ${streamArn}`);
    return records;
  }
}
