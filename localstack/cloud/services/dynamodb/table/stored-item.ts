import type { Item } from '../values/attribute-value';
import { sameItem } from '../values/compare';
import { itemSize } from '../values/size';

/**
 * An item as it stands in the store: its size (as DynamoDB counts it) in front of its JSON, so that reading it back
 * to a client needs neither parsing nor counting.
 */
export class StoredItem {
  /** Bytes. */
  readonly size: number;
  /** JSON. */
  readonly text: string;
  #item: Item | undefined;

  private constructor(size: number, text: string, item: Item | undefined) {
    this.size = size;
    this.text = text;
    this.#item = item;
  }

  static of(item: Item, size = itemSize(item)): StoredItem {
    return new StoredItem(size, JSON.stringify(item), item);
  }

  static decode(stored: string): StoredItem {
    const brace = stored.indexOf('{');
    return new StoredItem(Number(stored.slice(0, brace)), stored.slice(brace), undefined);
  }

  encode(): string {
    return this.size + this.text;
  }

  get item(): Item {
    this.#item ??= JSON.parse(this.text) as Item;
    return this.#item;
  }

  equals(other: StoredItem): boolean {
    if (this.text === other.text) return true;
    return this.size === other.size && sameItem(this.item, other.item);
  }
}
