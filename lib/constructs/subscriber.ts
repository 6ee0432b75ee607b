import { type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';
import type { HoldingQueue } from './holding-queue';
import { ruleTarget } from './rule-target';
import type { ServiceFunction } from './service-function';

export type SubscriberProps = {
  readonly stage: StageConfig;
  readonly bus: IEventBus;
  /** Which events the function can handle. */
  readonly pattern: EventPattern;
  readonly subscriber: ServiceFunction;
  /** Where an event goes that could not be delivered, or that the function failed with for good. */
  readonly deadLetters: HoldingQueue;
  /** A queue by which events come a second time. Default: none. */
  readonly redelivery?: HoldingQueue;
};

/** A function that is run with every event on the bus that fits a pattern, at least once. */
export class Subscriber extends Construct {
  constructor(scope: Construct, id: string, props: SubscriberProps) {
    super(scope, id);
    const { stage, subscriber, deadLetters, redelivery } = props;
    const rule = new Rule(this, 'Rule', {
      eventBus: props.bus,
      eventPattern: props.pattern,
      targets: [ruleTarget(subscriber.function.functionArn, stage.delivery, deadLetters)],
    });
    subscriber.function.addPermission('ByRule', {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: rule.ruleArn,
    });
    subscriber.setAsideFailures(deadLetters, stage);
    if (redelivery) {
      const mayConsume = redelivery.grantConsume(subscriber.role);
      const mapping = new EventSourceMapping(this, 'Redelivery', {
        target: subscriber.function,
        eventSourceArn: redelivery.queue.queueArn,
        batchSize: stage.redelivery.batchSize,
        maxConcurrency: stage.redelivery.maxConcurrency,
        reportBatchItemFailures: true,
      });
      mayConsume.applyBefore(mapping);
    }
  }
}
