import { AwsError } from '../../../core/aws-error';
import type { CloudContext, Principal } from '../../../core/service';
import type { Bucket } from '../bucket';
import { type Change, namesOf } from './change';
import { arnOf, type Destination, destinationsOf, hears, type NotificationConfiguration } from './configuration';
import { detailOf, type Happening, notificationOf } from './messages';

/** S3 itself, as the resource policies of destinations know it. */
export const S3: Principal = { kind: 'service', service: 's3.amazonaws.com', arn: 's3.amazonaws.com' };

const SUBJECT = 'Amazon S3 Notification';

export const configurationOf = ({ settings }: Bucket): NotificationConfiguration =>
  (settings.notification as NotificationConfiguration | undefined) ?? {};

/**
 * Hands what happened to objects over to functions, queues, topics and EventBridge. Synchronous, so that the notification is
 * as durable as the change. What a destination refuses is lost, as on AWS; the trace tells of it.
 */
export class Notifier {
  readonly #context: CloudContext;
  #count = 0;

  constructor(context: CloudContext) {
    this.#context = context;
  }

  announce(bucket: Bucket, change: Change): void {
    const configuration = configurationOf(bucket);
    const { event } = namesOf(change);
    const destinations = destinationsOf(configuration).filter((one) => hears(one, event, change.object.key));
    const toBus = configuration.EventBridgeConfiguration !== undefined;
    if (destinations.length === 0 && !toBus) return;
    const time = this.#context.clock.now();
    const happening: Happening = { bucket, change, time, sequencer: this.#sequencer(time) };
    for (const destination of destinations) {
      const message = notificationOf(happening, destination.Id);
      this.#attempt(arnOf(destination), message, () => this.deliver(bucket, destination, message));
    }
    if (toBus) this.#putOnBus(happening);
  }

  /** Throws the destination's own error. */
  deliver(bucket: Bucket, { LambdaFunctionArn, QueueArn, TopicArn }: Destination, message: string): void {
    const { registry } = this.#context;
    const source = `arn:aws:s3:::${bucket.name}`;
    if (LambdaFunctionArn !== undefined) registry.peer('lambda').enqueue(LambdaFunctionArn, message, S3, source);
    else if (QueueArn !== undefined) registry.peer('sqs').send(QueueArn, { body: message }, S3, source);
    else registry.peer('sns').publish(TopicArn!, { text: message, subject: SUBJECT }, S3, source);
  }

  #putOnBus(happening: Happening): void {
    const { bucket, change } = happening;
    const bus = `arn:aws:events:${bucket.region}:${bucket.account}:event-bus/default`;
    const detail = detailOf(happening);
    const { detailType } = namesOf(change);
    const resources = [`arn:aws:s3:::${bucket.name}`];
    this.#attempt(bus, detail, () =>
      this.#context.registry.peer('events').put(bus, { source: 'aws.s3', detailType, detail, resources }, S3),
    );
  }

  #attempt(target: string, about: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#context.trace.note(
        { service: 's3', operation: 'Notify', target, by: 's3', about },
        error.code,
        error.message,
      );
    }
  }

  /** Hexadecimal, of one length, so that texts compare as numbers; later ones are greater also after a restart. */
  #sequencer(time: number): string {
    this.#count = (this.#count + 1) % 2 ** 24;
    return `${time.toString(16).padStart(12, '0')}${this.#count.toString(16).padStart(6, '0')}`.toUpperCase();
  }
}
