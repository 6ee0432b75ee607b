/** Items (which are not sets themselves) in bins by key. A bin exists as long as it holds something. */
export class Bins<Key, T extends object> {
  /** Most bins hold one item, and are that item: what is not there need not be fetched from memory. */
  readonly #bins = new Map<Key, T | Set<T>>();

  get size(): number {
    return this.#bins.size;
  }

  keys(): Iterable<Key> {
    return this.#bins.keys();
  }

  crowd(key: Key): number {
    const bin = this.#bins.get(key);
    return bin === undefined ? 0 : bin instanceof Set ? bin.size : 1;
  }

  /** Whether the bin is new. */
  add(key: Key, item: T): boolean {
    const bin = this.#bins.get(key);
    if (bin === undefined) this.#bins.set(key, item);
    else if (bin instanceof Set) bin.add(item);
    else if (bin !== item) this.#bins.set(key, new Set([bin, item]));
    return bin === undefined;
  }

  /** Whether the bin is gone. */
  delete(key: Key, item: T): boolean {
    const bin = this.#bins.get(key);
    if (bin === item) return this.#bins.delete(key);
    return bin instanceof Set && bin.delete(item) && bin.size === 0 && this.#bins.delete(key);
  }

  each(key: Key, visit: (item: T) => void): void {
    const bin = this.#bins.get(key);
    if (bin === undefined) return;
    if (bin instanceof Set) for (const item of bin) visit(item);
    else visit(bin);
  }
}
