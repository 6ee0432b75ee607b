import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Effects } from '../application/ports';
import type { RecordedEvent } from '../application/recorded-event';
import { canComeAgain } from '../application/snapshots';
import { batchWrite, WRITES_PER_CALL } from './batch-write';
import { claimKeyOf } from './inbox-item';

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
    for (let i = 0; i < requests.length; i += WRITES_PER_CALL)
      await batchWrite(this.client, this.table, requests.slice(i, i + WRITES_PER_CALL), this.effects);
  }

  /** The version of the event; undefined: no claim says that there is one. Consistent. */
  async find(stream: string, { source, id }: { readonly source: string; readonly id: string }) {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.table, Key: claimKeyOf({ stream, source, id }), ConsistentRead: true }),
    );
    return Item?.version?.N === undefined ? undefined : Number(Item.version.N);
  }
}

const itemOf = (event: RecordedEvent) => ({ ...claimKeyOf(event), version: { N: String(event.version) } });
