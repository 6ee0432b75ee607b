/** Things that become due, soonest first: a binary heap. */
export class DueQueue<T> {
  readonly #heap: { readonly dueAt: number; readonly item: T }[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** When the first becomes due; undefined when there is none. */
  get next(): number | undefined {
    return this.#heap[0]?.dueAt;
  }

  add(dueAt: number, item: T): void {
    const heap = this.#heap;
    let at = heap.push({ dueAt, item }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.dueAt <= dueAt) break;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  /** Takes out what is due at `now`. */
  take(now: number): T[] {
    const due: T[] = [];
    while (this.#heap[0] && this.#heap[0].dueAt <= now) due.push(this.#removeFirst());
    return due;
  }

  #removeFirst(): T {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && heap[child + 1]!.dueAt < heap[child]!.dueAt) child++;
        if (heap[child]!.dueAt >= heap[at]!.dueAt) break;
        [heap[at], heap[child]] = [heap[child]!, heap[at]!];
        at = child;
      }
    }
    return first.item;
  }
}
