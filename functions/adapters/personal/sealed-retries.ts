import type { Aggregate } from '../../application/catalogue';
import type { JsonObject } from '../../application/json';
import type { InboxItem, Vault } from '../../application/ports';
import type { Retries } from '../../application/retry-rejected';
import { sealItem } from './sealed-item';

/** What is about a person waits in the queue as it does in the Inbox: sealed. */
export class SealedRetries implements Retries {
  constructor(
    private readonly inner: Retries,
    private readonly vault: Vault,
  ) {}

  async send(ingest: Aggregate, event: JsonObject, rejected: InboxItem): Promise<void> {
    const { event: sealed } = await sealItem({ ...rejected, event }, this.vault);
    await this.inner.send(ingest, sealed as JsonObject, rejected);
  }
}
