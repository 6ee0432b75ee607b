import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Effects } from '../application/ports';
import type { RecordedEvent } from '../application/recorded-event';
import { canComeAgain } from '../application/snapshots';
import { claimKeyOf } from './inbox-item';

/** BatchWriteItem takes no more requests (API reference). */
const PER_CALL = 25;
const TRIES = 10;

/**
 * Where events stand, by their identity, in items of the Inbox table: for the part of a stream that a snapshot hides from
 * its readers. They are written before the event that carries the snapshot, so whoever sees the snapshot finds them.
 */
export class IdentityClaims {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  /** Of events that stand in their stream already. Idempotent. */
  async keep(events: readonly RecordedEvent[]): Promise<void> {
    const requests = events.filter(canComeAgain).map((event) => ({ PutRequest: { Item: itemOf(event) } }));
    for (let i = 0; i < requests.length; i += PER_CALL) await this.write(requests.slice(i, i + PER_CALL));
  }

  /** The version of the event; undefined: no claim says that there is one. Consistent. */
  async find(stream: string, { source, id }: { readonly source: string; readonly id: string }) {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.table, Key: claimKeyOf({ stream, source, id }), ConsistentRead: true }),
    );
    return Item?.version?.N === undefined ? undefined : Number(Item.version.N);
  }

  private async write(requests: WriteRequest[]): Promise<void> {
    let pending = requests;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) await this.effects.sleep(Math.min(1000, 25 * 2 ** attempt) * this.effects.random());
      const answer = await this.client.send(new BatchWriteItemCommand({ RequestItems: { [this.table]: pending } }));
      pending = answer.UnprocessedItems?.[this.table] ?? [];
      if (pending.length === 0) return;
    }
    throw new Error(`${this.table} left ${pending.length} claims unwritten after ${TRIES} calls`);
  }
}

const itemOf = (event: RecordedEvent) => ({ ...claimKeyOf(event), version: { N: String(event.version) } });
