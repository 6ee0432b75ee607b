import { type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';
import type { HoldingQueue } from './holding-queue';
import { ruleTarget } from './rule-target';

export type UnroutedEventsProps = {
  readonly stage: StageConfig;
  readonly bus: IEventBus;
  /** The complement of all that the other rules take. */
  readonly pattern: EventPattern;
  readonly queue: HoldingQueue;
  readonly deadLetters: HoldingQueue;
};

/** Keeps what nobody has subscribed to: nothing that is put on the bus vanishes. */
export class UnroutedEvents extends Construct {
  constructor(scope: Construct, id: string, props: UnroutedEventsProps) {
    super(scope, id);
    new Rule(this, 'Rule', {
      eventBus: props.bus,
      eventPattern: props.pattern,
      targets: [ruleTarget(props.queue.queue.queueArn, props.stage.delivery, props.deadLetters)],
    });
  }
}
