import type { Inbox, InboxItem, Vault } from '../../application/ports';
import { isSealedEvent, openItem, sealItem } from './sealed-item';

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
    return this.opened(await this.inner.parked(stream));
  }

  async expired(now: Date, limit: number): Promise<readonly InboxItem[]> {
    return this.opened(await this.inner.expired(now, limit));
  }

  remove(item: Parameters<Inbox['remove']>[0]): Promise<void> {
    return this.inner.remove(item);
  }

  private async opened(items: readonly InboxItem[]): Promise<readonly InboxItem[]> {
    const owners = new Set(items.flatMap(({ event }) => (isSealedEvent(event) ? [event.owner] : [])));
    const keys = new Map(
      await Promise.all([...owners].map(async (owner) => [owner, await this.vault.keyOf(owner)] as const)),
    );
    return items.map((item) => openItem(item, keys.get(item.stream) ?? { state: 'none' }, this.vault));
  }
}
