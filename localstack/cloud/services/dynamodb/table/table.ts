import type { Space, Store } from '../../../core/store';
import type { StreamLog } from '../streams/stream-log';
import type { Item } from '../values/attribute-value';
import type { Changes } from './changes';
import { KeySchema } from './key-schema';
import { SecondaryIndex } from './secondary-index';
import { StoredItem } from './stored-item';
import type { TableRecord } from './table-record';
import { TimeToLive } from './time-to-live';

/** Who deleted an item, when no caller did. */
export type Origin = 'time-to-live' | undefined;

/** A table with its items, indexes and stream. A table is made anew from its record whenever that changes. */
export class Table {
  readonly record: TableRecord;
  readonly keys: KeySchema;
  readonly items: Space;
  readonly indexes: readonly SecondaryIndex[];
  readonly stream: StreamLog | undefined;
  readonly ttl: TimeToLive | undefined;
  readonly #counts: Space;
  #itemCount: number;
  #bytes: number;

  constructor(record: TableRecord, store: Store, stream: StreamLog | undefined) {
    this.record = record;
    this.keys = new KeySchema(record.KeySchema, record.AttributeDefinitions);
    this.items = store.space(`dynamodb.items.${record.id}`);
    this.indexes = record.indexes.map(
      (index) =>
        new SecondaryIndex(
          index,
          record.AttributeDefinitions,
          this.keys,
          store.space(`dynamodb.index.${record.id}.${index.IndexName}`),
        ),
    );
    this.stream = stream;
    this.ttl = record.ttlAttribute
      ? new TimeToLive(record.ttlAttribute, store.space(`dynamodb.ttl.${record.id}`))
      : undefined;
    this.#counts = store.space('dynamodb.counts');
    const [count = '0', bytes = '0'] = (this.#counts.get(record.id) ?? '').split(' ');
    this.#itemCount = Number(count);
    this.#bytes = Number(bytes);
  }

  get itemCount(): number {
    return this.#itemCount;
  }

  /** Bytes of all items. */
  get bytes(): number {
    return this.#bytes;
  }

  index(name: string): SecondaryIndex | undefined {
    return this.indexes.find(({ record }) => record.IndexName === name);
  }

  get(key: string): StoredItem | undefined {
    const stored = this.items.get(key);
    return stored === undefined ? undefined : StoredItem.decode(stored);
  }

  /** Throws when an item (with its key checked) does not suit the indexes. */
  assertIndexable(item: Item): void {
    for (const index of this.indexes) index.assertItem(item);
  }

  /**
   * Puts (or, without `after`, removes) an item, keeps the indexes and the time to live, and notes what the stream
   * has to tell. `before` is what stands at `key` now.
   */
  write(
    changes: Changes,
    key: string,
    before: StoredItem | undefined,
    after: StoredItem | undefined,
    origin?: Origin,
  ): void {
    // A write that changes nothing is no change: AWS writes no stream record for it.
    if (before && after ? before.equals(after) : !before && !after) return;
    if (after) this.items.put(key, after.encode());
    else this.items.remove(key);
    this.#count((after ? 1 : 0) - (before ? 1 : 0), (after?.size ?? 0) - (before?.size ?? 0));
    for (const index of this.indexes) {
      const old = before && index.entryKey(before.item, key);
      const now = after && index.entryKey(after.item, key);
      if (old === now) continue;
      if (old !== undefined) index.entries.remove(old);
      if (now !== undefined) index.entries.put(now, key);
    }
    this.ttl?.note(key, before?.item, after?.item);
    if (this.ttl && after) changes.expiring(this);
    if (this.stream) changes.record(this.stream, this.keys, key, before, after, origin);
  }

  /** Fills an index that has just been made with the items that were there already. */
  backfill(index: SecondaryIndex): void {
    for (const [key, stored] of this.items.range({})) {
      const entry = index.entryKey(StoredItem.decode(stored).item, key);
      if (entry !== undefined) index.entries.put(entry, key);
    }
  }

  /** Removes all that the store has of the table. */
  clear(): void {
    this.items.clear();
    for (const index of this.indexes) index.entries.clear();
    this.ttl?.clear();
    this.#counts.remove(this.record.id);
  }

  #count(items: number, bytes: number): void {
    this.#itemCount += items;
    this.#bytes += bytes;
    this.#counts.put(this.record.id, `${this.#itemCount} ${this.#bytes}`);
  }
}
