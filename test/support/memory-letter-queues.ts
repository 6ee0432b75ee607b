import type { DeadLetterQueue, Letter, LetterQueues, Wanted } from '../../functions/application/dead-letters/queues';

/** Queues in memory: who takes letters holds them until they are given back. */
export class MemoryLetterQueues implements LetterQueues {
  readonly #letters = new Map<DeadLetterQueue, Map<string, Letter>>();
  readonly #held = new Set<string>();
  /** Ids in the order in which they were removed. */
  readonly removed: string[] = [];
  /** Ids that cannot be removed. */
  readonly stuck = new Set<string>();

  add(queue: DeadLetterQueue, ...letters: readonly Letter[]): void {
    for (const letter of letters) this.of(queue).set(letter.id, letter);
  }

  visible(queue: DeadLetterQueue): string[] {
    return [...this.of(queue).keys()].filter((id) => !this.#held.has(id));
  }

  async count(queue: DeadLetterQueue) {
    const waiting = this.visible(queue).length;
    return { waiting, held: this.of(queue).size - waiting };
  }

  async take(queue: DeadLetterQueue, { most = Number.POSITIVE_INFINITY }: Wanted) {
    const ids = this.visible(queue);
    const letters = ids.slice(0, most).map((id) => this.of(queue).get(id)!);
    for (const { id } of letters) this.#held.add(id);
    return { letters, more: ids.length > letters.length };
  }

  async giveBack(_: DeadLetterQueue, letters: readonly Letter[]): Promise<void> {
    for (const { id } of letters) this.#held.delete(id);
  }

  async remove(queue: DeadLetterQueue, { id }: Letter): Promise<void> {
    if (this.stuck.has(id)) throw new Error('the handle has expired');
    this.of(queue).delete(id);
    this.#held.delete(id);
    this.removed.push(id);
  }

  private of(queue: DeadLetterQueue): Map<string, Letter> {
    const letters = this.#letters.get(queue) ?? new Map<string, Letter>();
    this.#letters.set(queue, letters);
    return letters;
  }
}
