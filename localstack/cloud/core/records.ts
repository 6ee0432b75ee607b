import type { Space } from './store';

/**
 * A small collection (rules, functions, queues: what an account has dozens of), held in memory and written through
 * to the store. Values are plain JSON; change one by setting it again.
 */
export class Records<T> {
  readonly #space: Space;
  readonly #values = new Map<string, T>();

  constructor(space: Space) {
    this.#space = space;
    for (const [key, value] of space.range({})) {
      this.#values.set(Buffer.from(key, 'latin1').toString('utf8'), JSON.parse(value) as T);
    }
  }

  get(name: string): T | undefined {
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  set(name: string, value: T): void {
    this.#values.set(name, value);
    this.#space.put(Buffer.from(name, 'utf8').toString('latin1'), JSON.stringify(value));
  }

  delete(name: string): boolean {
    this.#space.remove(Buffer.from(name, 'utf8').toString('latin1'));
    return this.#values.delete(name);
  }

  /** In the order of the names. */
  entries(): [string, T][] {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  values(): T[] {
    return this.entries().map(([, value]) => value);
  }
}
