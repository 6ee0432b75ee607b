/**
 * Counts what is in flight, so that "wait until nothing happens any more" has an exact meaning.
 *
 * The rule for services: whoever hands work on (a queued delivery, a woken poller) calls `begin` before it returns
 * to the event loop, so the count never touches zero between a cause and its effect.
 */
export class Activity {
  readonly #running = new Map<symbol, string>();
  #parked = 0;
  #waiters: (() => void)[] = [];

  /** Marks a piece of work as in flight; the returned function, called once, ends it. */
  begin(label: string): () => void {
    const token = Symbol();
    this.#running.set(token, label);
    return () => {
      if (this.#running.delete(token)) this.#changed();
    };
  }

  /**
   * Says that one piece of work which is in flight cannot go on before the clock is advanced, so that whoever waits to
   * advance it does not wait for that work. The returned function, called once, says that it goes on.
   */
  park(): () => void {
    let parked = true;
    this.#parked++;
    this.#changed();
    return () => {
      if (parked) this.#parked--;
      parked = false;
    };
  }

  /** What is in flight now, as labels. */
  running(): string[] {
    return [...this.#running.values()];
  }

  /** How many pieces of work are in flight and not parked. */
  get size(): number {
    return Math.max(0, this.#running.size - this.#parked);
  }

  /** Resolves the next time that nothing is in flight; at once when nothing is. */
  quiet(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #changed(): void {
    if (this.size > 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
