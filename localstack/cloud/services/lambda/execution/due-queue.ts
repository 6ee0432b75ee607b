import { Heap } from '../../../core/heap';

/** Things that become due, soonest first; those that are due together in the order in which they came. */
export class DueQueue<T> {
  readonly #heap = new Heap<{ readonly dueAt: number; readonly order: number; readonly item: T }>(
    (a, b) => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order),
  );
  #order = 0;

  get size(): number {
    return this.#heap.size;
  }

  /** When the first becomes due; undefined when there is none. */
  get next(): number | undefined {
    return this.#heap.peek()?.dueAt;
  }

  add(dueAt: number, item: T): void {
    this.#heap.push({ dueAt, order: this.#order++, item });
  }

  /** Takes out what is due at `now`. */
  take(now: number): T[] {
    const due: T[] = [];
    for (let next = this.#heap.peek(); next && next.dueAt <= now; next = this.#heap.peek()) {
      due.push(next.item);
      this.#heap.pop();
    }
    return due;
  }
}
