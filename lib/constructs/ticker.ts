import type { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ServiceFunction } from './service-function';

export type TickerProps = { readonly ticked: ServiceFunction; readonly every: Duration };

/**
 * Runs a function again and again. A tick carries nothing, so none is kept: what one missed, the next one does. That
 * is why there is no dead-letter queue here, and no second try that would only run beside the next tick.
 */
export class Ticker extends Construct {
  constructor(scope: Construct, id: string, props: TickerProps) {
    super(scope, id);
    const { ticked, every } = props;
    const rule = new Rule(this, 'Rule', {
      schedule: Schedule.rate(every),
      targets: [
        {
          bind: () => ({
            arn: ticked.function.functionArn,
            retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
          }),
        },
      ],
    });
    ticked.function.addPermission('ByRule', {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: rule.ruleArn,
    });
    new CfnEventInvokeConfig(this, 'NoRetries', {
      functionName: ticked.function.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    });
  }
}
