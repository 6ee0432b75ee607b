import type { Timer } from '../../core/clock';
import { textKey } from '../../core/key';
import type { CloudContext } from '../../core/service';
import type { Space } from '../../core/store';
import { type Delivery, type DeliveryError, deliveryError, type Parcel } from './delivery';
import { ruleArn } from './records';

/** The defaults of AWS: a day, and 185 retries. */
const MAX_ATTEMPTS = 185;
const MAX_AGE_SECONDS = 86_400;
/** With these, 185 retries take about a day. AWS names no figures, and adds jitter, which would not be repeatable. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 480_000;

/** A delivery that failed and is tried again. */
type Pending = {
  /** The event's and the target's: one event can be pending for many targets. */
  readonly id: string;
  readonly parcel: Parcel;
  /** The event as it matched, for the dead-letter queue. */
  readonly event: string;
  readonly firstTriedAt: number;
  /** Retries so far. */
  readonly retries: number;
  readonly dueAt: number;
};

/**
 * Deliveries that failed: each waits in the store for its next try, with exponential back-off by the clock, until its
 * retry policy is exhausted; then the event goes to the target's dead-letter queue.
 */
export class Retries {
  readonly #context: CloudContext;
  readonly #delivery: Delivery;
  readonly #space: Space;
  readonly #timers = new Map<string, Timer>();

  constructor(context: CloudContext, delivery: Delivery) {
    this.#context = context;
    this.#delivery = delivery;
    this.#space = context.store.space('events-retries');
  }

  /** Takes up what the last run left. */
  start(): void {
    for (const [, value] of [...this.#space.range({})]) this.#wait(JSON.parse(value) as Pending);
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  /** The first try of `parcel` failed with `error`. */
  failed(parcel: Parcel, eventId: string, event: string, error: unknown): void {
    const now = this.#context.clock.now();
    const id = `${eventId}/${ruleArn(parcel.rule)}/${parcel.target.Id}`;
    this.#again({ id, parcel, event, firstTriedAt: now, retries: 0, dueAt: now }, deliveryError(error));
  }

  #again(pending: Pending, error: DeliveryError): void {
    this.#space.remove(textKey(pending.id));
    if (!error.retriable) {
      this.#giveUp(pending, error);
      return;
    }
    const { MaximumRetryAttempts = MAX_ATTEMPTS, MaximumEventAgeInSeconds = MAX_AGE_SECONDS } =
      pending.parcel.target.RetryPolicy ?? {};
    if (pending.retries >= MaximumRetryAttempts) {
      this.#giveUp(pending, error, 'MaximumRetryAttempts');
      return;
    }
    const now = this.#context.clock.now();
    const dueAt = now + Math.min(FIRST_WAIT * 2 ** pending.retries, LONGEST_WAIT);
    if (dueAt - pending.firstTriedAt > MaximumEventAgeInSeconds * 1_000) {
      this.#giveUp(pending, error, 'MaximumEventAgeInSeconds');
      return;
    }
    const next = { ...pending, retries: pending.retries + 1, dueAt };
    this.#space.put(textKey(next.id), JSON.stringify(next));
    this.#wait(next);
  }

  #wait(pending: Pending): void {
    const { clock } = this.#context;
    const label = `events: retry ${pending.retries} of rule ${pending.parcel.rule.name} to ${pending.parcel.target.Arn}`;
    this.#timers.set(
      pending.id,
      clock.after(pending.dueAt - clock.now(), label, () => {
        this.#timers.delete(pending.id);
        try {
          this.#delivery.deliver(pending.parcel);
        } catch (error) {
          this.#again(pending, deliveryError(error));
          return;
        }
        this.#space.remove(textKey(pending.id));
      }),
    );
  }

  #giveUp({ parcel, event, retries }: Pending, error: DeliveryError, exhausted?: string): void {
    const queue = parcel.target.DeadLetterConfig?.Arn;
    if (queue === undefined) return;
    const attributes = {
      RULE_ARN: ruleArn(parcel.rule),
      TARGET_ARN: parcel.target.Arn,
      ERROR_CODE: error.code,
      ERROR_MESSAGE: error.message || error.code,
      ...(exhausted ? { EXHAUSTED_RETRY_CONDITION: exhausted, RETRY_ATTEMPTS: String(retries) } : {}),
    };
    try {
      this.#delivery.deadLetter(queue, event, attributes, attributes.RULE_ARN);
    } catch (failure) {
      // Like AWS, which counts this as InvocationsFailedToBeSentToDLQ and drops the event.
      const reason = failure instanceof Error ? failure.message : String(failure);
      console.error(`events: an event of ${attributes.RULE_ARN} could not be sent to its dead-letter queue: ${reason}`);
    }
  }
}
