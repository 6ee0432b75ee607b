import type { MessageState } from './message';
import type { MessageOrder } from './message-order';

type Group = { readonly name: string; readonly ready: MessageState[]; readonly taken: Set<number> };

/**
 * In the order they were sent within each group; while messages of a group are being worked on, the rest of the group
 * waits. One receive may take several of a group. Groups take turns.
 */
export class FifoOrder implements MessageOrder {
  readonly #groups = new Map<string, Group>();
  /** Groups of which messages can be received now. */
  readonly #free = new Set<Group>();

  get isEmpty(): boolean {
    return this.#free.size === 0;
  }

  add(state: MessageState): void {
    const group = this.#group(state);
    group.taken.delete(state.seq);
    const { ready } = group;
    let at = ready.length;
    while (at > 0 && (ready[at - 1] as MessageState).seq > state.seq) at--;
    if (ready[at - 1]?.seq !== state.seq) ready.splice(at, 0, state);
    this.#settle(group);
  }

  take(max: number): MessageState[] {
    const taken: MessageState[] = [];
    for (const group of this.#free) {
      if (taken.length >= max) break;
      const states = group.ready.splice(0, max - taken.length);
      for (const state of states) group.taken.add(state.seq);
      this.#free.delete(group);
      taken.push(...states);
    }
    return taken;
  }

  remove(state: MessageState): void {
    const group = this.#group(state);
    if (!group.taken.delete(state.seq)) {
      const at = group.ready.findIndex(({ seq }) => seq === state.seq);
      if (at >= 0) group.ready.splice(at, 1);
    }
    this.#settle(group);
  }

  resumeTaken(state: MessageState): void {
    const group = this.#group(state);
    group.taken.add(state.seq);
    this.#settle(group);
  }

  clear(): void {
    this.#groups.clear();
    this.#free.clear();
  }

  #settle(group: Group): void {
    if (group.ready.length > 0 && group.taken.size === 0) this.#free.add(group);
    else this.#free.delete(group);
    if (group.ready.length === 0 && group.taken.size === 0) this.#groups.delete(group.name);
  }

  #group({ group: name = '' }: MessageState): Group {
    let found = this.#groups.get(name);
    if (!found) {
      found = { name, ready: [], taken: new Set() };
      this.#groups.set(name, found);
    }
    return found;
  }
}
