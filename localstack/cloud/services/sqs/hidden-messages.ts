import { Heap } from '../../core/heap';
import type { MessageState } from './message';

/** The messages of a queue that cannot be received now: in flight, or delayed. */
export class HiddenMessages {
  readonly #inFlight = new Set<MessageState>();
  readonly #delayed = new Set<MessageState>();
  /** Entries whose time is no longer their message's are leftovers. */
  readonly #heap = new Heap<{ readonly state: MessageState; readonly until: number }>((a, b) => a.until < b.until);

  /** How many were received and are hidden for that. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  get delayed(): number {
    return this.#delayed.size;
  }

  /** Hides a message until its `visibleAt`. */
  add(state: MessageState): void {
    this.remove(state);
    (state.receives > 0 ? this.#inFlight : this.#delayed).add(state);
    this.#heap.push({ state, until: state.visibleAt });
  }

  remove(state: MessageState): void {
    if (!this.#inFlight.delete(state)) this.#delayed.delete(state);
    if (this.#inFlight.size === 0 && this.#delayed.size === 0) this.#heap.clear();
  }

  /** Takes out what is visible at `now`. */
  takeDue(now: number): MessageState[] {
    const due: MessageState[] = [];
    for (let until = this.next(); until !== undefined && until <= now; until = this.next()) {
      const { state } = this.#heap.pop() as { state: MessageState };
      this.remove(state);
      due.push(state);
    }
    return due;
  }

  /** When the first of them becomes visible. */
  next(): number | undefined {
    for (let next = this.#heap.peek(); next; next = this.#heap.peek()) {
      const { state, until } = next;
      if (state.visibleAt === until && (this.#inFlight.has(state) || this.#delayed.has(state))) return until;
      this.#heap.pop();
    }
    return undefined;
  }

  clear(): void {
    this.#inFlight.clear();
    this.#delayed.clear();
    this.#heap.clear();
  }
}
