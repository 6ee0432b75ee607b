import { Heap } from '../../core/heap';
import type { MessageState } from './message';
import type { MessageOrder } from './message-order';

/** A tenant (a message group of a standard queue). */
type Tenant = {
  inFlight: number;
  /** Messages that were passed over while the tenant was noisy, and what came after these. */
  readonly held: Heap<MessageState>;
};

/**
 * When a tenant is a noisy neighbour, by its share of what is in flight.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html
 */
const NOISY_MESSAGES = 30;
const NOISY_SHARE = 0.1;

/** Among how many of the oldest messages a random choice is made. */
const WINDOW = 100;

const older = (a: MessageState, b: MessageState) => a.seq < b.seq;

/** Oldest first, which is more order than AWS promises; but messages of noisy tenants come after all others. */
export class StandardOrder implements MessageOrder {
  readonly #ready = new Set<MessageState>();
  readonly #taken = new Set<MessageState>();
  /** Holds removed messages too, until they come up. */
  readonly #heap = new Heap<MessageState>(older);
  readonly #tenants = new Map<string, Tenant>();
  /** Those of the tenants that have held messages. */
  readonly #holding = new Set<Tenant>();

  get isEmpty(): boolean {
    return this.#ready.size === 0;
  }

  add(state: MessageState): void {
    if (this.#ready.has(state)) return;
    this.#release(state);
    this.#ready.add(state);
    const tenant = this.#tenantOf(state);
    // Behind those that are held already, so that the heap does not have to be searched for them once more.
    if (tenant && this.#holding.has(tenant)) tenant.held.push(state);
    else this.#heap.push(state);
  }

  take(max: number, random?: () => number): MessageState[] {
    const taken: MessageState[] = [];
    const count = random ? Math.max(max, WINDOW) : max;
    while (taken.length < count) {
      const state = this.#next();
      if (!state) break;
      this.#ready.delete(state);
      this.#resume(state);
      taken.push(state);
    }
    if (!random) return taken;
    for (let at = 0; at < Math.min(max, taken.length - 1); at++) {
      const other = at + Math.floor(random() * (taken.length - at));
      [taken[at], taken[other]] = [taken[other] as MessageState, taken[at] as MessageState];
    }
    for (const state of taken.slice(max)) this.add(state);
    return taken.slice(0, max);
  }

  remove(state: MessageState): void {
    this.#ready.delete(state);
    this.#release(state);
  }

  resumeTaken(state: MessageState): void {
    this.#resume(state);
  }

  clear(): void {
    this.#ready.clear();
    this.#taken.clear();
    this.#heap.clear();
    this.#tenants.clear();
    this.#holding.clear();
  }

  /** The oldest message of a quiet tenant or, when there is none, of a noisy one. Takes it out of its heap. */
  #next(): MessageState | undefined {
    let first = this.#firstOfQuiet();
    for (const tenant of this.#holding) {
      if (this.#isNoisy(tenant)) continue;
      const state = this.#top(tenant.held);
      if (state && (!first || older(state, first.state))) first = { heap: tenant.held, state };
    }
    if (!first) {
      for (const tenant of this.#holding) {
        const state = this.#top(tenant.held);
        if (state && (!first || older(state, first.state))) first = { heap: tenant.held, state };
      }
    }
    first?.heap.pop();
    for (const tenant of this.#holding) if (tenant.held.size === 0) this.#holding.delete(tenant);
    return first?.state;
  }

  #firstOfQuiet(): { heap: Heap<MessageState>; state: MessageState } | undefined {
    for (let state = this.#top(this.#heap); state; state = this.#top(this.#heap)) {
      const tenant = this.#tenantOf(state);
      if (!tenant || !this.#isNoisy(tenant)) return { heap: this.#heap, state };
      this.#heap.pop();
      tenant.held.push(state);
      this.#holding.add(tenant);
    }
    return undefined;
  }

  /** The first message of a heap that is still to be received. */
  #top(heap: Heap<MessageState>): MessageState | undefined {
    for (let state = heap.peek(); state; state = heap.peek()) {
      if (this.#ready.has(state)) return state;
      heap.pop();
    }
    return undefined;
  }

  #isNoisy({ inFlight }: Tenant): boolean {
    return inFlight >= NOISY_MESSAGES && inFlight > this.#taken.size * NOISY_SHARE;
  }

  #tenantOf({ group }: MessageState): Tenant | undefined {
    return group === undefined ? undefined : this.#tenants.get(group);
  }

  #resume(state: MessageState): void {
    this.#taken.add(state);
    if (state.group === undefined) return;
    const tenant = this.#tenants.get(state.group);
    if (tenant) tenant.inFlight++;
    else this.#tenants.set(state.group, { inFlight: 1, held: new Heap<MessageState>(older) });
  }

  #release(state: MessageState): void {
    if (!this.#taken.delete(state)) return;
    const tenant = this.#tenantOf(state);
    if (!tenant) return;
    tenant.inFlight--;
    if (tenant.inFlight === 0 && tenant.held.size === 0) this.#tenants.delete(state.group as string);
  }
}
