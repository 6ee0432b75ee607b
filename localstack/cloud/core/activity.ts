/**
 * Counts what is in flight, so that "wait until nothing happens any more" has an exact meaning.
 *
 * The rule for services: whoever hands work on (a queued delivery, a woken poller) calls `begin` before it returns
 * to the event loop, so the count never touches zero between a cause and its effect.
 */
export class Activity {
  readonly #running = new Map<symbol, string>();
  #waiters: (() => void)[] = [];

  /** Marks a piece of work as in flight; the returned function, called once, ends it. */
  begin(label: string): () => void {
    const token = Symbol();
    this.#running.set(token, label);
    return () => {
      if (!this.#running.delete(token) || this.#running.size > 0) return;
      const waiters = this.#waiters;
      this.#waiters = [];
      for (const wake of waiters) wake();
    };
  }

  /** What is in flight now, as labels. */
  running(): string[] {
    return [...this.#running.values()];
  }

  get size(): number {
    return this.#running.size;
  }

  /** Resolves the next time that nothing is in flight; at once when nothing is. */
  quiet(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}
