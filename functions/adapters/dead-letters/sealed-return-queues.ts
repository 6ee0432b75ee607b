import type { Aggregate } from '../../application/catalogue';
import type { ReturnQueues } from '../../application/dead-letters/onward';
import { decodeEvent } from '../../application/decode-event';
import type { JsonObject } from '../../application/json';
import type { Effects, Vault } from '../../application/ports';
import { isSealedEvent, sealItem } from '../personal/sealed-item';

/**
 * A dead letter that came straight from the bus says in clear what it says of a user; in the queue that it goes back by
 * it is sealed, as in the Inbox.
 */
export class SealedReturnQueues implements ReturnQueues {
  constructor(
    private readonly inner: ReturnQueues,
    private readonly vault: Vault,
    private readonly effects: Pick<Effects, 'now'>,
  ) {}

  async toIngest(ingest: Aggregate, message: JsonObject): Promise<void> {
    await this.inner.toIngest(ingest, { ...message, event: await this.sealed(message.event) });
  }

  toSubscriber(queue: 'insights' | 'rebuild', body: string): Promise<void> {
    return this.inner.toSubscriber(queue, body);
  }

  private async sealed(event: unknown): Promise<unknown> {
    if (isSealedEvent(event)) return event;
    const decoded = decodeEvent(event);
    const { stream, id, source } = decoded.ok ? decoded.event : decoded.invalid;
    const type = decoded.ok ? decoded.event.event.type : decoded.invalid.type;
    const at = this.effects.now().toISOString();
    const item = { stream, state: 'rejected', id, source, type, reason: '', event, at } as const;
    return (await sealItem(item, this.vault)).event;
  }
}
