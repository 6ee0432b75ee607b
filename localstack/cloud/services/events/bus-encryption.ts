import { AwsError } from '../../core/aws-error';
import type { CloudContext } from '../../core/service';
import { type Delivery, EVENTBRIDGE } from './delivery';
import { deliveryError } from './delivery-error';
import type { Envelope } from './envelope';
import { type BusId, type BusRecord, busArn } from './records';
import { textAttributes } from './text-attributes';
import { validation } from './validation';

/** What EventBridge does with the key of a bus, by itself: the key's policy has to allow it. */
const OPERATIONS = ['GenerateDataKey', 'Decrypt'];

/**
 * Keys of buses. Nothing is encrypted with them; EventBridge asks for them at every event.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html
 */
export class BusEncryption {
  readonly #context: CloudContext;
  readonly #delivery: Delivery;

  constructor(context: CloudContext, delivery: Delivery) {
    this.#context = context;
    this.#delivery = delivery;
  }

  /** The ARN of the key (id, ARN or alias) that a bus is to have. Throws `ValidationException` unless it can be used. */
  keyFor(given: string, bus: BusId): string {
    try {
      return this.#use(given, bus);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw validation(`EventBridge cannot use the KMS key ${given}: ${error.message}`);
    }
  }

  /**
   * Whether an event can go over its bus. If the key does not let it, it goes to the dead-letter queue of the bus instead, or
   * is lost. Events of AWS's own services are encrypted with a key of AWS's.
   */
  lets(bus: BusRecord, envelope: Envelope, causes: readonly string[]): boolean {
    if (bus.kmsKeyArn === undefined || envelope.event.source.startsWith('aws.')) return true;
    try {
      this.#use(bus.kmsKeyArn, bus);
      return true;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#giveUp(bus, envelope, error, causes);
      return false;
    }
  }

  #use(key: string, bus: BusId): string {
    const { account, region } = bus;
    const arn = busArn(bus);
    const context = { 'aws:SourceArn': arn, 'aws:SourceAccount': account };
    const user = { principal: EVENTBRIDGE, account, region, context };
    return this.#context.registry.peer('kms').use(key, OPERATIONS, user, { 'aws:events:event-bus:arn': arn });
  }

  #giveUp(bus: BusRecord, envelope: Envelope, error: AwsError, causes: readonly string[]): void {
    const { trace } = this.#context;
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
