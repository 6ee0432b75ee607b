import type { Inbox, InboxItem, InboxKey, Vault } from '../../application/ports';
import { openItems, sealItem } from './sealed-item';

/** An Inbox that seals what is about a person on its way in and opens it on its way out. */
export class SealedInbox implements Inbox {
  constructor(
    private readonly inner: Inbox,
    private readonly vault: Vault,
  ) {}

  async put(item: InboxItem): Promise<void> {
    await this.inner.put(await sealItem(item, this.vault));
  }

  async parked(stream: string): Promise<readonly InboxItem[]> {
    return openItems(await this.inner.parked(stream), this.vault);
  }

  async expired(now: Date, limit: number): Promise<readonly InboxItem[]> {
    return openItems(await this.inner.expired(now, limit), this.vault);
  }

  remove(item: InboxKey): Promise<void> {
    return this.inner.remove(item);
  }

  has(item: InboxKey): Promise<boolean> {
    return this.inner.has(item);
  }
}
