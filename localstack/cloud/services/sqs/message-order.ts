import { Heap } from '../../core/heap';
import type { MessageState } from './message';

/** Chooses, among the messages of a queue that can be received, the next one. */
export interface MessageOrder {
  /** The message can be received (again). */
  add(state: MessageState): void;
  /** Takes out up to `max` messages; each stays out until it is added again or removed. */
  take(max: number): MessageState[];
  /** The message is deleted, or will be hidden for a while without having been taken. */
  remove(state: MessageState): void;
  /** The message was taken before the last restart and is not visible yet. */
  resumeTaken(state: MessageState): void;
  readonly isEmpty: boolean;
  clear(): void;
}

/** Oldest first, which is more order than AWS promises. */
export class StandardOrder implements MessageOrder {
  readonly #ready = new Set<number>();
  /** Holds removed messages too, until they come up. */
  readonly #heap = new Heap<MessageState>((a, b) => a.seq < b.seq);

  get isEmpty(): boolean {
    return this.#ready.size === 0;
  }

  add(state: MessageState): void {
    if (this.#ready.has(state.seq)) return;
    this.#ready.add(state.seq);
    this.#heap.push(state);
  }

  take(max: number): MessageState[] {
    const taken: MessageState[] = [];
    while (taken.length < max) {
      const state = this.#heap.pop();
      if (!state) break;
      if (this.#ready.delete(state.seq)) taken.push(state);
    }
    return taken;
  }

  remove(state: MessageState): void {
    this.#ready.delete(state.seq);
  }

  resumeTaken(): void {}

  clear(): void {
    this.#ready.clear();
    this.#heap.clear();
  }
}

type Group = { readonly ready: MessageState[]; readonly taken: Set<number> };

/**
 * In the order they were sent within each group; while messages of a group are being worked on, the rest of the group
 * waits. One receive may take several of a group.
 */
export class FifoOrder implements MessageOrder {
  readonly #groups = new Map<string, Group>();
  #ready = 0;

  get isEmpty(): boolean {
    if (this.#ready === 0) return true;
    for (const group of this.#groups.values()) if (group.ready.length > 0 && group.taken.size === 0) return false;
    return true;
  }

  add(state: MessageState): void {
    const group = this.#group(state);
    group.taken.delete(state.seq);
    const { ready } = group;
    let at = ready.length;
    while (at > 0 && (ready[at - 1] as MessageState).seq > state.seq) at--;
    if (ready[at - 1]?.seq === state.seq) return;
    ready.splice(at, 0, state);
    this.#ready++;
  }

  take(max: number): MessageState[] {
    const taken: MessageState[] = [];
    for (const group of this.#groups.values()) {
      if (taken.length >= max) break;
      if (group.taken.size > 0 || group.ready.length === 0) continue;
      const states = group.ready.splice(0, max - taken.length);
      this.#ready -= states.length;
      for (const state of states) group.taken.add(state.seq);
      taken.push(...states);
    }
    return taken;
  }

  remove(state: MessageState): void {
    const group = this.#group(state);
    if (!group.taken.delete(state.seq)) {
      const at = group.ready.findIndex(({ seq }) => seq === state.seq);
      if (at >= 0) {
        group.ready.splice(at, 1);
        this.#ready--;
      }
    }
    if (group.ready.length === 0 && group.taken.size === 0) this.#groups.delete(state.group ?? '');
  }

  resumeTaken(state: MessageState): void {
    this.#group(state).taken.add(state.seq);
  }

  clear(): void {
    this.#groups.clear();
    this.#ready = 0;
  }

  #group({ group = '' }: MessageState): Group {
    let found = this.#groups.get(group);
    if (!found) {
      found = { ready: [], taken: new Set() };
      this.#groups.set(group, found);
    }
    return found;
  }
}
