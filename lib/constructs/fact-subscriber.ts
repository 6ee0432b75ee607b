import { Duration } from 'aws-cdk-lib';
import { type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { FACT_SOURCE } from '../../functions/application/catalogue';
import type { FactBatches, StageConfig } from '../stage-config';
import type { HoldingQueue } from './holding-queue';
import { ruleTarget } from './rule-target';
import type { ServiceFunction } from './service-function';

export type FactSubscriberProps = {
  readonly stage: StageConfig;
  readonly bus: IEventBus;
  /** Which facts: everything but the source, which is ours. Default: all of them. */
  readonly pattern?: Omit<EventPattern, 'source'>;
  readonly subscriber: ServiceFunction;
  /** Where facts wait for the function, each as EventBridge delivers it (a replayed one has `replay-name`). It lets in the rules of the bus. */
  readonly queue: HoldingQueue;
  /** Where a fact goes that could not be put in the queue; the queue itself says where those go that the function fails with. */
  readonly deadLetters: HoldingQueue;
  readonly batches: FactBatches;
};

/** A function that is run with batches of facts, each at least once and in no order; it says which of a batch failed. */
export class FactSubscriber extends Construct {
  constructor(scope: Construct, id: string, props: FactSubscriberProps) {
    super(scope, id);
    const { stage, subscriber, queue, deadLetters, batches } = props;
    new Rule(this, 'Rule', {
      eventBus: props.bus,
      eventPattern: { ...props.pattern, source: [FACT_SOURCE] },
      targets: [ruleTarget(queue.queue.queueArn, stage.delivery, deadLetters)],
    });
    const mayConsume = queue.grantConsume(subscriber.role);
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: subscriber.function,
      eventSourceArn: queue.queue.queueArn,
      batchSize: batches.size,
      maxBatchingWindow: Duration.seconds(batches.window),
      maxConcurrency: batches.maxConcurrency,
      reportBatchItemFailures: true,
    });
    // Lambda tries the permissions when the mapping is made.
    mayConsume.applyBefore(mapping);
  }
}
