import type { Inbox, InboxItem } from '../../functions/application/ports';

type Key = Pick<InboxItem, 'stream' | 'state' | 'source' | 'id'>;

const keyOf = ({ stream, state, source, id }: Key): string => JSON.stringify([stream, state, source, id]);

/** The Inbox table in memory. */
export class MemoryInbox implements Inbox {
  private readonly rows = new Map<string, InboxItem>();

  get items(): readonly InboxItem[] {
    return [...this.rows.values()];
  }

  holds(item: Key): boolean {
    return this.rows.has(keyOf(item));
  }

  async has(item: Key): Promise<boolean> {
    return this.holds(item);
  }

  async put(item: InboxItem): Promise<void> {
    if (!this.rows.has(keyOf(item))) this.rows.set(keyOf(item), item);
  }

  async remove(item: Key): Promise<void> {
    this.rows.delete(keyOf(item));
  }

  async parked(stream: string) {
    return this.items.filter((item) => item.stream === stream && item.state === 'parked');
  }

  async expired(now: Date, limit: number) {
    const due = (item: InboxItem) => item.state === 'parked' && (item.parkedUntil ?? '') <= now.toISOString();
    const until = ({ parkedUntil = '' }: InboxItem) => parkedUntil;
    return this.items
      .filter(due)
      .sort((a, b) => (until(a) < until(b) ? -1 : 1))
      .slice(0, limit);
  }
}
