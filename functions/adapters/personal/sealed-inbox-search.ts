import type { InboxQuery, InboxSearch } from '../../application/inbox-search';
import type { InboxItem, InboxState, Vault } from '../../application/ports';
import { openItems } from './sealed-item';

/** A search that opens what is about a person, as long as their key is there. */
export class SealedInboxSearch implements InboxSearch {
  constructor(
    private readonly inner: InboxSearch,
    private readonly vault: Vault,
  ) {}

  async list(query: InboxQuery): Promise<{ readonly items: readonly InboxItem[]; readonly more: boolean }> {
    const { items, more } = await this.inner.list(query);
    return { items: await openItems(items, this.vault), more };
  }

  async find(state: InboxState, id: string, stream?: string): Promise<readonly InboxItem[]> {
    return openItems(await this.inner.find(state, id, stream), this.vault);
  }
}
