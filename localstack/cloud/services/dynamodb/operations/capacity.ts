import type { SecondaryIndex } from '../table/secondary-index';
import type { StoredItem } from '../table/stored-item';
import type { Table } from '../table/table';
import { sameItem } from '../values/compare';

/** Units by table and index, of one request; given back when the caller asked for them. */
export class Capacity {
  readonly #mode: string | undefined;
  readonly #kind: 'read' | 'write' | undefined;
  readonly #tables = new Map<Table, Map<SecondaryIndex | undefined, number>>();

  /** `mode`: the parameter ReturnConsumedCapacity. `kind`: for transactions, which say what they did. */
  constructor(mode: string | undefined, kind?: 'read' | 'write') {
    this.#mode = mode === 'NONE' ? undefined : mode;
    this.#kind = kind;
  }

  /** Whether anybody wants to know. */
  get wanted(): boolean {
    return this.#mode !== undefined;
  }

  /** Adds units of a table, or of one of its indexes. */
  add(table: Table, units: number, index?: SecondaryIndex): void {
    if (!this.wanted) return;
    let byIndex = this.#tables.get(table);
    if (!byIndex) {
      byIndex = new Map();
      this.#tables.set(table, byIndex);
    }
    byIndex.set(index, (byIndex.get(index) ?? 0) + units);
  }

  /** Adds what a write costs, with the entries of the indexes that it touches. `factor`: 2 in a transaction. */
  addWrite(table: Table, before: StoredItem | undefined, after: StoredItem | undefined, factor = 1): void {
    if (!this.wanted) return;
    this.add(table, factor * writeUnits(Math.max(before?.size ?? 0, after?.size ?? 0)));
    for (const index of table.indexes) {
      const units = indexWriteUnits(index, before, after);
      if (units > 0) this.add(table, factor * units, index);
    }
  }

  /** One figure, for the operations on one table; undefined when nobody asked. */
  single(): object | undefined {
    return this.all()?.[0];
  }

  /** One figure for each table. */
  all(): object[] | undefined {
    if (!this.wanted) return undefined;
    return [...this.#tables].map(([table, units]) => this.#figure(table, units));
  }

  #figure(table: Table, byIndex: ReadonlyMap<SecondaryIndex | undefined, number>): object {
    let total = 0;
    for (const units of byIndex.values()) total += units;
    const figure: Record<string, unknown> = { TableName: table.record.name, ...this.#units(total) };
    if (this.#mode !== 'INDEXES') return figure;
    figure.Table = this.#units(byIndex.get(undefined) ?? 0);
    for (const [index, units] of byIndex) {
      if (!index) continue;
      const member = index.record.local ? 'LocalSecondaryIndexes' : 'GlobalSecondaryIndexes';
      figure[member] = { ...(figure[member] as object), [index.record.IndexName]: this.#units(units) };
    }
    return figure;
  }

  #units(units: number): object {
    if (!this.#kind) return { CapacityUnits: units };
    return { CapacityUnits: units, [this.#kind === 'read' ? 'ReadCapacityUnits' : 'WriteCapacityUnits']: units };
  }
}

/** One for each KB begun; one at least. */
const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));

/** One for each 4 KB begun, half of that when the read may be stale. */
export const readUnits = (bytes: number, consistent: boolean): number =>
  Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5);

/** A new key costs a removal and an insertion, another change one write, and no change nothing. */
function indexWriteUnits(index: SecondaryIndex, before: StoredItem | undefined, after: StoredItem | undefined): number {
  const oldKey = before && index.entryKey(before.item, '');
  const newKey = after && index.entryKey(after.item, '');
  const oldUnits = before && oldKey !== undefined ? writeUnits(index.sizeOf(before)) : 0;
  const newUnits = after && newKey !== undefined ? writeUnits(index.sizeOf(after)) : 0;
  if (oldKey === undefined || newKey === undefined || oldKey !== newKey) return oldUnits + newUnits;
  const unchanged = before && after && sameItem(index.project(before.item), index.project(after.item));
  return unchanged ? 0 : Math.max(oldUnits, newUnits);
}
