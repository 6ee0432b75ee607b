import type { AwsError } from '../../core/aws-error';
import type { Trace } from '../../core/trace';
import type { Delivery } from './delivery';
import { deliveryError } from './delivery-error';
import type { Envelope } from './envelope';
import type { EventKeys } from './event-keys';
import { type BusRecord, busArn } from './records';
import { textAttributes } from './text-attributes';

/** What becomes of events whose bus has a key that EventBridge may not use. */
export class BusEncryption {
  readonly #trace: Trace;
  readonly #keys: EventKeys;
  readonly #delivery: Delivery;

  constructor(trace: Trace, keys: EventKeys, delivery: Delivery) {
    this.#trace = trace;
    this.#keys = keys;
    this.#delivery = delivery;
  }

  /**
   * Whether an event can go over its bus. If the key does not let it, it goes to the dead-letter queue of the bus instead, or
   * is lost. Events of AWS's own services are encrypted with a key of AWS's.
   * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-dlq.html
   */
  lets(bus: BusRecord, envelope: Envelope, causes: readonly string[]): boolean {
    if (bus.kmsKeyArn === undefined || envelope.event.source.startsWith('aws.')) return true;
    const refusal = this.#keys.refusalOf(bus.kmsKeyArn, bus);
    if (refusal) this.#giveUp(bus, envelope, refusal, causes);
    return !refusal;
  }

  #giveUp(bus: BusRecord, envelope: Envelope, error: AwsError, causes: readonly string[]): void {
    const trace = this.#trace;
    const by = busArn(bus);
    const about = envelope.text();
    const target = bus.deadLetterArn;
    if (target === undefined) {
      trace.note(
        { service: 'events', operation: 'Route', target: by, by: 'events', causes, about },
        error.code,
        error.message,
      );
      return;
    }
    const attributes = textAttributes({ ERROR_CODE: error.code, ERROR_MESSAGE: error.message });
    const hop = trace.begin({ service: 'events', operation: 'DeadLetter', target, by, causes, about });
    try {
      trace.within(hop.id, () => this.#delivery.deadLetter(target, { body: about, attributes }, by));
      hop.end();
    } catch (failure) {
      const { code, message } = deliveryError(failure);
      hop.end(code, message);
      console.error(`events: an event of ${by} could not be sent to the bus's dead-letter queue: ${message}`);
    }
  }
}
