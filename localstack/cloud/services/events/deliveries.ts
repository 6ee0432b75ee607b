import { AwsError } from '../../core/aws-error';
import type { Fault, FaultKind } from '../../core/faults';
import { uuid } from '../../core/ids';
import { nextTry } from '../../core/retry-policy';
import type { CloudContext } from '../../core/service';
import type { Delivery, Parcel } from './delivery';
import { type DeliveryError, deliveryError } from './delivery-error';
import type { Envelope } from './envelope';
import { ruleArn } from './records';
import { textAttributes } from './text-attributes';
import { type Reason, WaitingDeliveries } from './waiting-deliveries';

/** What the adversary can do to a delivery. */
export const DELIVER_FAULTS: readonly FaultKind[] = ['error', 'throttle', 'latency', 'duplicate', 'reorder'];
/** How long a delivery is held back at most, in milliseconds, unless the fault says. */
const HELD_BACK = 1_000;

/** An event on its way to one target. */
export type DeliveryJob = {
  readonly id: string;
  readonly parcel: Parcel;
  readonly envelope: Envelope;
  /** It came from another bus, and goes to no third one. */
  readonly forwarded: boolean;
  /** Milliseconds since 1970. */
  readonly firstTriedAt: number;
  readonly retries: number;
  /** The hops that brought the next try about. */
  readonly causes: readonly string[];
};

type Start = Pick<DeliveryJob, 'parcel' | 'envelope' | 'forwarded' | 'causes'>;

/**
 * Every delivery of an event to a target: tried at once; when that fails, tried again with exponential back-off until
 * the target's retry policy is exhausted; then sent to the target's dead-letter queue.
 */
export class Deliveries {
  readonly #context: CloudContext;
  readonly #delivery: Delivery;
  readonly #forward: (job: DeliveryJob) => boolean;
  readonly #waiting: WaitingDeliveries;

  /** `forward` takes a delivery to another bus, and answers false when its target is none. */
  constructor(context: CloudContext, delivery: Delivery, forward: (job: DeliveryJob) => boolean) {
    this.#context = context;
    this.#delivery = delivery;
    this.#forward = forward;
    this.#waiting = new WaitingDeliveries(context, (job, reason) => this.#due(job, reason));
  }

  start(): void {
    this.#waiting.start();
  }

  stop(): void {
    this.#waiting.stop();
  }

  send(start: Start): void {
    const { clock } = this.#context;
    this.#try({ ...start, id: uuid(), firstTriedAt: clock.now(), retries: 0 });
  }

  #due(job: DeliveryJob, reason: Reason): void {
    // The adversary has had its turn with what it has delayed.
    if (reason === 'retry') this.#try(job);
    else this.#deliver(job);
  }

  #try(job: DeliveryJob): void {
    const { faults } = this.#context;
    const target = job.parcel.target.Arn;
    const fault = faults.active
      ? faults.at({ service: 'events', operation: 'Deliver', target, caller: 'events' }, DELIVER_FAULTS)
      : undefined;
    if (fault) this.#strike(job, fault);
    else this.#deliver(job);
  }

  #strike(job: DeliveryJob, { kind, rule, random }: Fault): void {
    const now = this.#context.clock.now();
    switch (kind) {
      case 'latency':
        this.#delay(job, 'late', now + (rule.ms ?? 0));
        return;
      case 'reorder':
        this.#delay(job, 'held back', now + 1 + Math.floor(random() * (rule.ms ?? HELD_BACK)));
        return;
      case 'duplicate':
        this.#deliver(job);
        if (rule.ms) this.#delay({ ...job, id: uuid() }, 'repeated', now + rule.ms);
        else this.#deliver({ ...job, id: uuid() });
        return;
      default: {
        const code = rule.code ?? (kind === 'throttle' ? 'THROTTLING' : 'INTERNAL_ERROR');
        const message = rule.message ?? (kind === 'throttle' ? 'Rate exceeded' : 'An internal error occurred.');
        this.#deliver(job, () => {
          throw new AwsError(code, message);
        });
      }
    }
  }

  #delay(job: DeliveryJob, reason: Reason, dueAt: number): void {
    this.#waiting.add({ ...job, causes: [this.#note(job, 'Deliver', reason)] }, reason, dueAt);
  }

  #deliver(job: DeliveryJob, handOver = () => this.#handOver(job)): void {
    const { trace } = this.#context;
    const { parcel, envelope, causes } = job;
    const hop = trace.begin({
      service: 'events',
      operation: 'Deliver',
      target: parcel.target.Arn,
      by: ruleArn(parcel.rule),
      causes,
      about: envelope.text(),
    });
    try {
      trace.within(hop.id, handOver);
    } catch (error) {
      const failure = deliveryError(error);
      hop.end(failure.code, failure.message);
      this.#failed({ ...job, causes: [hop.id] }, failure);
      return;
    }
    hop.end();
  }

  #handOver(job: DeliveryJob): void {
    if (!this.#forward(job)) this.#delivery.deliver(job.parcel, job.envelope.traceHeader);
  }

  #failed(job: DeliveryJob, error: DeliveryError): void {
    const next = error.retriable ? nextTry(job.parcel.target.RetryPolicy, job, this.#context.clock.now()) : undefined;
    if (next && 'at' in next) this.#waiting.add({ ...job, retries: job.retries + 1 }, 'retry', next.at);
    else this.#giveUp(job, error, next?.exhausted);
  }

  #giveUp(job: DeliveryJob, error: DeliveryError, exhausted: string | undefined): void {
    const { target, rule } = job.parcel;
    const queue = target.DeadLetterConfig?.Arn;
    if (queue === undefined) return;
    const { trace } = this.#context;
    const source = ruleArn(rule);
    const { traceHeader } = job.envelope;
    const message = {
      body: job.envelope.text(),
      attributes: textAttributes({
        RULE_ARN: source,
        TARGET_ARN: target.Arn,
        ERROR_CODE: error.code,
        ERROR_MESSAGE: error.message || error.code,
        ...(exhausted ? { EXHAUSTED_RETRY_CONDITION: exhausted, RETRY_ATTEMPTS: String(job.retries) } : {}),
      }),
      ...(traceHeader === undefined ? {} : { traceHeader }),
    };
    const { causes } = job;
    const about = message.body;
    const hop = trace.begin({ service: 'events', operation: 'DeadLetter', target: queue, by: source, causes, about });
    try {
      trace.within(hop.id, () => this.#delivery.deadLetter(queue, message, source));
      hop.end();
    } catch (failure) {
      // Like AWS, which counts this as InvocationsFailedToBeSentToDLQ and drops the event.
      const { code, message: reason } = deliveryError(failure);
      hop.end(code, reason);
      console.error(`events: an event of ${source} could not be sent to its dead-letter queue: ${reason}`);
    }
  }

  #note({ parcel, causes, envelope }: DeliveryJob, operation: string, outcome: string): string {
    const by = ruleArn(parcel.rule);
    const about = envelope.text();
    return this.#context.trace.note(
      { service: 'events', operation, target: parcel.target.Arn, by, causes, about },
      outcome,
    );
  }
}
