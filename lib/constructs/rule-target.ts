import { Duration } from 'aws-cdk-lib';
import type { IRuleTarget } from 'aws-cdk-lib/aws-events';
import type { DeliverySettings } from '../stage-config';
import type { HoldingQueue } from './holding-queue';

/**
 * A target of a rule, with what happens when it cannot be reached.
 *
 * CDK's own targets write the rule's ARN into the queues' policies; the queues are in the stack that this one builds
 * on, so that would be a circle. `HoldingQueue` lets all rules of its bus in instead.
 */
export function ruleTarget(arn: string, delivery: DeliverySettings, deadLetters: HoldingQueue): IRuleTarget {
  return {
    bind: () => ({
      arn,
      deadLetterConfig: { arn: deadLetters.queue.queueArn },
      retryPolicy: {
        maximumRetryAttempts: delivery.ruleRetries,
        maximumEventAgeInSeconds: Duration.hours(delivery.ruleMaxAgeHours).toSeconds(),
      },
    }),
  };
}
