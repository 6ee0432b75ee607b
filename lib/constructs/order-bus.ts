import { CfnEventBusPolicy, EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';
import { refuseArchivesOfEvents } from './archives';

export type OrderBusProps = {
  readonly stage: StageConfig;
  /** The `Source` of facts: what the system itself says has happened. */
  readonly factSource: string;
};

/** The bus that events come in by and facts go out by. Its name is fixed: producers of other teams rely on it. */
export class OrderBus extends Construct {
  readonly bus: EventBus;
  readonly busName: string;

  constructor(scope: Construct, id: string, props: OrderBusProps) {
    super(scope, id);
    // A literal rather than a reference: whoever uses the name then needs no export from this stack.
    this.busName = `orders-${props.stage.name}`;
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: this.busName,
      description: 'Order events in, facts out',
    });
    refuseArchivesOfEvents(this, this.bus, props.factSource);
  }
}

export type FactGuardProps = {
  readonly bus: IEventBus;
  /** The `Source` of facts: what the system itself says has happened. */
  readonly source: string;
  /** The roles whose facts are believed. */
  readonly publishers: readonly IRole[];
};

/**
 * Nobody else can forge a fact: the bus takes events of the facts' source from these roles only, whatever a
 * caller's own policies allow.
 */
export class FactGuard extends Construct {
  constructor(scope: Construct, id: string, props: FactGuardProps) {
    super(scope, id);
    new CfnEventBusPolicy(this, 'Policy', {
      eventBusName: props.bus.eventBusName,
      statementId: 'FactsComeFromTheirPublishersOnly',
      statement: {
        Sid: 'FactsComeFromTheirPublishersOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 'events:PutEvents',
        Resource: props.bus.eventBusArn,
        Condition: {
          'ForAnyValue:StringEquals': { 'events:source': props.source },
          ArnNotEquals: { 'aws:PrincipalArn': props.publishers.map((role) => role.roleArn) },
        },
      },
    });
  }
}
