import { AwsError } from '../../core/aws-error';
import type { Fault, FaultKind } from '../../core/faults';
import { asAwsError } from '../../core/registry';
import type { CloudContext } from '../../core/service';
import type { Delivery } from './delivery';
import { type Message, textFor } from './message';
import { waitBefore } from './retries';
import { deadLettersOf, type SubscriptionRecord } from './subscription-record';
import type { Topics } from './topics';
import { type Reason, WaitingDeliveries } from './waiting-deliveries';

/** What the adversary can do to a delivery. */
export const DELIVER_FAULTS: readonly FaultKind[] = ['error', 'throttle', 'latency', 'duplicate', 'reorder'];
/** How long a delivery is held back at most, in milliseconds, unless the fault says. */
const HELD_BACK = 1_000;

/** A message on its way to one subscription. */
export type DeliveryJob = {
  /** Of all deliveries, in the order of publishing. */
  readonly order: number;
  readonly subscriptionArn: string;
  readonly message: Message;
  readonly retries: number;
  /** Of FIFO topics: what has to stay in order. */
  readonly lane?: string;
  /** The hops that brought the next try about. */
  readonly causes: readonly string[];
};

/** What lies with the endpoint for now, beside whatever is no client's fault (5xx). */
const TRANSIENT = ['TooManyRequestsException', 'ThrottlingException', 'RequestThrottled', 'Throttling', 'OverLimit'];

/**
 * Every delivery of a message to a subscription: tried at once; when the endpoint fails, tried again as AWS does; when it
 * refuses, or when there are no tries left, sent to the subscription's dead-letter queue, or dropped.
 */
export class Deliveries {
  readonly #context: CloudContext;
  readonly #topics: Topics;
  readonly #delivery: Delivery;
  readonly #waiting: WaitingDeliveries;
  #next = 1;

  constructor(context: CloudContext, topics: Topics, delivery: Delivery) {
    this.#context = context;
    this.#topics = topics;
    this.#delivery = delivery;
    this.#waiting = new WaitingDeliveries(context, (job, reason) => this.#due(job, reason));
  }

  start(): void {
    this.#next = this.#waiting.start();
  }

  stop(): void {
    this.#waiting.stop();
  }

  send({ arn, topicArn }: SubscriptionRecord, message: Message): void {
    const { cause } = this.#context.trace;
    const job: DeliveryJob = {
      order: this.#next++,
      subscriptionArn: arn,
      message,
      retries: 0,
      ...(topicArn.endsWith('.fifo') && { lane: `${arn} ${message.groupId}` }),
      causes: cause === undefined ? [] : [cause],
    };
    if (this.#waiting.isHeld(job.lane)) this.#waiting.addBehind(job);
    else this.#try(job);
  }

  #due(job: DeliveryJob, reason: Reason): void {
    // The adversary has had its turn with what it has delayed.
    if (reason === 'retry' || reason === 'behind') this.#try(job);
    else this.#deliver(job);
  }

  #try(job: DeliveryJob): void {
    const { faults } = this.#context;
    const target = this.#topics.findSubscription(job.subscriptionArn)?.endpoint;
    const fault =
      faults.active && target !== undefined
        ? faults.at({ service: 'sns', operation: 'Deliver', target, caller: 'sns' }, DELIVER_FAULTS)
        : undefined;
    if (fault) this.#strike(job, fault);
    else this.#deliver(job);
  }

  #strike(job: DeliveryJob, { kind, rule, random }: Fault): void {
    switch (kind) {
      case 'latency':
        this.#delay(job, 'late', rule.ms ?? 0);
        return;
      case 'reorder':
        this.#delay(job, 'held back', 1 + Math.floor(random() * (rule.ms ?? HELD_BACK)));
        return;
      case 'duplicate': {
        // Nothing waits for the second one.
        const { lane: _, ...again } = { ...job, order: this.#next++ };
        this.#deliver(job);
        if (rule.ms) this.#delay(again, 'repeated', rule.ms);
        else this.#deliver(again);
        return;
      }
      default: {
        const code = rule.code ?? (kind === 'throttle' ? 'Throttling' : 'InternalError');
        const message = rule.message ?? (kind === 'throttle' ? 'Rate exceeded' : 'An internal error occurred.');
        const status = rule.status ?? (kind === 'throttle' ? 400 : 500);
        this.#deliver(job, () => {
          throw new AwsError(code, message, { status });
        });
      }
    }
  }

  #delay(job: DeliveryJob, reason: Reason, ms: number): void {
    const { trace, clock } = this.#context;
    const subscription = this.#topics.findSubscription(job.subscriptionArn);
    const hop = subscription && trace.note(hopOf('Deliver', subscription.endpoint, subscription, job), reason);
    this.#waiting.add({ ...job, causes: hop === undefined ? job.causes : [hop] }, reason, clock.now() + ms);
  }

  /** Whoever has unsubscribed gets nothing any more. */
  #deliver(job: DeliveryJob, handOver?: () => void): void {
    const { trace } = this.#context;
    const subscription = this.#topics.findSubscription(job.subscriptionArn);
    if (!subscription) return;
    const hop = trace.begin(hopOf('Deliver', subscription.endpoint, subscription, job));
    try {
      trace.within(hop.id, handOver ?? (() => this.#delivery.deliver(subscription, job.message)));
      hop.end();
    } catch (error) {
      const failure = asAwsError(error);
      hop.end(failure.code, failure.message);
      this.#failed(subscription, { ...job, causes: [hop.id] }, failure);
    }
  }

  #failed(subscription: SubscriptionRecord, job: DeliveryJob, { code, status }: AwsError): void {
    const retries = job.retries + 1;
    const wait = status >= 500 || TRANSIENT.includes(code) ? waitBefore(retries) : undefined;
    if (wait === undefined) this.#giveUp(subscription, job);
    else this.#waiting.add({ ...job, retries }, 'retry', this.#context.clock.now() + wait);
  }

  #giveUp(subscription: SubscriptionRecord, job: DeliveryJob): void {
    const queue = deadLettersOf(subscription);
    if (queue === undefined) return;
    const { trace } = this.#context;
    const hop = trace.begin(hopOf('DeadLetter', queue, subscription, job));
    try {
      trace.within(hop.id, () => this.#delivery.deadLetter(queue, subscription, job.message));
      hop.end();
    } catch (error) {
      // Like AWS, which counts this as NumberOfNotificationsFailedToRedriveToDlq and drops the message.
      const { code, message } = asAwsError(error);
      hop.end(code, message);
      console.error(
        `sns: a message to ${subscription.endpoint} could not be sent to its dead-letter queue: ${message}`,
      );
    }
  }
}

const hopOf = (operation: string, target: string, { topicArn, protocol }: SubscriptionRecord, job: DeliveryJob) => ({
  service: 'sns',
  operation,
  target,
  by: topicArn,
  causes: job.causes,
  about: textFor(job.message, protocol),
});
