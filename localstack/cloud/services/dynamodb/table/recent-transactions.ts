import type { Range } from '../../../core/store';
import type { StoredItem } from './stored-item';
import type { Table } from './table';

/** How many are remembered, and how long, in milliseconds: a transaction is seen partly while it is being done. */
const MAX = 256;
const RECENT = 1_000;

type Write = { readonly key: string; readonly before: StoredItem | undefined; readonly after: StoredItem };
type Transaction = { readonly table: string; readonly at: number; readonly writes: readonly Write[] };

/** What a read shows instead of the items that stand at these keys: an older item, or none. */
export type Hidden = ReadonlyMap<string, StoredItem | undefined>;

/**
 * The transactions of late, for the adversary: a Query is only read-committed against a transaction, so it may show what
 * that wrote later and not yet what it wrote earlier. Each transaction is shown partly once at most.
 */
export class RecentTransactions {
  #transactions: Transaction[] = [];

  /** Remembers what a transaction has put, table by table. */
  note(
    steps: readonly {
      readonly write: { readonly table: Table };
      readonly key: string;
      readonly before: StoredItem | undefined;
      readonly after: StoredItem | undefined;
    }[],
    at: number,
  ): void {
    const byTable = new Map<string, Write[]>();
    for (const { write, key, before, after } of steps) {
      // A condition check changes nothing; a deletion is not hidden.
      if (!after || after === before) continue;
      const { id } = write.table.record;
      byTable.set(id, [...(byTable.get(id) ?? []), { key, before, after }]);
    }
    for (const [table, writes] of byTable) {
      if (writes.length > 1) this.#transactions.push({ table, at, writes });
    }
    if (this.#transactions.length > MAX) this.#transactions.splice(0, this.#transactions.length - MAX);
  }

  /** The newest of them that wrote several items of a range which still stand there; sorted by key. */
  within({ record, items }: Table, range: Range, now: number): Torn | undefined {
    const { start = '', end } = range;
    this.#transactions = this.#transactions.filter(({ at }) => at + RECENT > now);
    for (const transaction of [...this.#transactions].reverse()) {
      if (transaction.table !== record.id) continue;
      const writes = transaction.writes
        .filter(({ key, after }) => key >= start && (!end || key < end) && items.get(key) === after.encode())
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      if (writes.length < 2) continue;
      return {
        hide: (random) => {
          this.#transactions = this.#transactions.filter((each) => each !== transaction);
          return someOf(writes, random);
        },
      };
    }
    return undefined;
  }
}

/** A transaction that can be shown partly. `hide` says what of it is not shown, and forgets it. */
type Torn = { hide(random: () => number): Hidden };

/** Some of the earlier writes; never the last, and one at least. */
function someOf(writes: readonly Write[], random: () => number): Hidden {
  const earlier = writes.slice(0, -1);
  const certain = Math.floor(random() * earlier.length);
  const hidden = earlier.filter((_, index) => index === certain || random() < 0.5);
  return new Map(hidden.map(({ key, before }) => [key, before]));
}
