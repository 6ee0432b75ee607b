import type { Timer } from '../../core/clock';
import { integerKey } from '../../core/key';
import type { CloudContext } from '../../core/service';
import type { Space } from '../../core/store';
import type { DeliveryJob } from './deliveries';

/**
 * Why a delivery waits: it failed, the adversary makes it late, lets others overtake it, or repeats it; or another one of
 * its message group has not come through yet.
 */
export type Reason = 'retry' | 'late' | 'held back' | 'repeated' | 'behind';

type Stored = { readonly job: DeliveryJob; readonly reason: Reason; readonly dueAt?: number };

/**
 * Deliveries that are due later: each in the store, and on the clock. Those of one lane (a message group of one
 * subscription) come through in their order: while the first waits, so do the others.
 */
export class WaitingDeliveries {
  readonly #context: CloudContext;
  readonly #space: Space;
  readonly #timers = new Map<number, Timer>();
  /** By lane: how many wait, the first of them on the clock, and those behind it in their order. */
  readonly #lanes = new Map<string, { first: number; behind: DeliveryJob[] }>();
  readonly #due: (job: DeliveryJob, reason: Reason) => void;

  /** `due` is called when a delivery's time has come; it does not wait any more then. */
  constructor(context: CloudContext, due: (job: DeliveryJob, reason: Reason) => void) {
    this.#context = context;
    this.#due = due;
    this.#space = context.store.space('sns-deliveries');
  }

  /** Takes up what the last run left; returns the number that the next delivery gets. */
  start(): number {
    let next = 1;
    for (const [, value] of [...this.#space.range({})]) {
      const { job, reason, dueAt } = JSON.parse(value) as Stored;
      next = job.order + 1;
      if (dueAt === undefined) this.#lanes.get(job.lane!)!.behind.push(job);
      else this.#wait(job, reason, dueAt);
    }
    return next;
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  /** Whether a delivery of this lane has to wait for one before it. */
  isHeld(lane: string | undefined): boolean {
    return lane !== undefined && this.#lanes.has(lane);
  }

  /** `dueAt`: milliseconds since 1970. The first of its lane. */
  add(job: DeliveryJob, reason: Reason, dueAt: number): void {
    this.#put({ job, reason, dueAt });
    this.#wait(job, reason, dueAt);
  }

  /** The last of its lane, which is held. */
  addBehind(job: DeliveryJob): void {
    this.#put({ job, reason: 'behind' });
    this.#lanes.get(job.lane!)!.behind.push(job);
  }

  #put(stored: Stored): void {
    this.#space.put(integerKey(stored.job.order), JSON.stringify(stored));
  }

  #wait(job: DeliveryJob, reason: Reason, dueAt: number): void {
    const { clock } = this.#context;
    const { lane, order } = job;
    if (lane !== undefined) {
      const held = this.#lanes.get(lane);
      if (held) held.first = order;
      else this.#lanes.set(lane, { first: order, behind: [] });
    }
    const what = reason === 'retry' ? `retry ${job.retries}` : `${reason} delivery`;
    const label = `sns: ${what} of subscription ${job.subscriptionArn}`;
    this.#timers.set(
      order,
      clock.after(dueAt - clock.now(), label, () => {
        this.#timers.delete(order);
        this.#run(job, reason);
      }),
    );
  }

  #run(first: DeliveryJob, reason: Reason): void {
    this.#take(first, reason);
    const held = first.lane === undefined ? undefined : this.#lanes.get(first.lane);
    // It came through, or was given up, unless it has a timer again: then it is the next one's turn.
    while (held && !this.#timers.has(held.first)) {
      const next = held.behind.shift();
      if (!next) {
        this.#lanes.delete(first.lane!);
        return;
      }
      held.first = next.order;
      this.#take(next, 'behind');
    }
  }

  #take(job: DeliveryJob, reason: Reason): void {
    this.#space.remove(integerKey(job.order));
    this.#due(job, reason);
  }
}
