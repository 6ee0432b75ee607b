import type { Timer } from '../../core/clock';
import { textKey } from '../../core/key';
import type { CloudContext } from '../../core/service';
import type { Space } from '../../core/store';
import type { DeliveryJob } from './deliveries';
import { restoreEnvelope, type StoredEnvelope } from './envelope';

/** Why a delivery waits: it failed, or the adversary makes it late, lets others overtake it, or repeats it. */
export type Reason = 'retry' | 'late' | 'held back' | 'repeated';

type Stored = Omit<DeliveryJob, 'envelope'> & {
  readonly envelope: StoredEnvelope;
  readonly reason: Reason;
  readonly dueAt: number;
};

/** Deliveries that are due later: each in the store, and on the clock. */
export class WaitingDeliveries {
  readonly #context: CloudContext;
  readonly #space: Space;
  readonly #timers = new Map<string, Timer>();
  readonly #due: (job: DeliveryJob, reason: Reason) => void;

  /** `due` is called when a delivery's time has come; it does not wait any more then. */
  constructor(context: CloudContext, due: (job: DeliveryJob, reason: Reason) => void) {
    this.#context = context;
    this.#due = due;
    this.#space = context.store.space('events-deliveries');
  }

  /** Takes up what the last run left. */
  start(): void {
    for (const [, value] of [...this.#space.range({})]) {
      const { envelope, reason, dueAt, ...job } = JSON.parse(value) as Stored;
      this.#wait({ ...job, envelope: restoreEnvelope(envelope) }, reason, dueAt);
    }
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  /** `dueAt`: milliseconds since 1970. */
  add(job: DeliveryJob, reason: Reason, dueAt: number): void {
    const { ingestedAt, time, traceHeader } = job.envelope;
    const envelope = { ingestedAt, time, text: job.envelope.text(), ...(traceHeader ? { traceHeader } : {}) };
    const stored: Stored = { ...job, envelope, reason, dueAt };
    this.#space.put(textKey(job.id), JSON.stringify(stored));
    this.#wait(job, reason, dueAt);
  }

  #wait(job: DeliveryJob, reason: Reason, dueAt: number): void {
    const { clock } = this.#context;
    const { rule, target } = job.parcel;
    const what = reason === 'retry' ? `retry ${job.retries}` : `${reason} delivery`;
    const label = `events: ${what} of rule ${rule.name} to ${target.Arn}`;
    this.#timers.set(
      job.id,
      clock.after(dueAt - clock.now(), label, () => {
        this.#timers.delete(job.id);
        this.#space.remove(textKey(job.id));
        this.#due(job, reason);
      }),
    );
  }
}
