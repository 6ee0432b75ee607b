import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config';
import { acknowledge } from './acknowledge';

export type HoldingQueueProps = {
  readonly stage: StageConfig;
  /** The longest that a consumer may take for a batch, in seconds. Default: nothing consumes it by itself. */
  readonly consumerTimeout?: number;
  /** Where messages go that were received too often. Default: nowhere; people and tools empty the queue. */
  readonly deadLetters?: { readonly queue: HoldingQueue; readonly maxReceiveCount: number };
  /** The bus whose rules may send here. Default: none. */
  readonly rulesOf?: { readonly busName: string };
};

/** A queue of events that must not be lost: encrypted, kept as long as SQS can, kept when its stack goes. */
export class HoldingQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, props: HoldingQueueProps) {
    super(scope, id);
    const { stage, deadLetters, consumerTimeout, rulesOf } = props;
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      // A dead letter keeps the age of the message it was: what leads to a dead-letter queue must be shorter-lived.
      retentionPeriod: Duration.days(deadLetters ? 4 : 14),
      // Six times the function's timeout: Lambda retries a throttled batch within the visibility timeout.
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      ...(consumerTimeout && { visibilityTimeout: Duration.seconds(6 * consumerTimeout) }),
      ...(deadLetters && {
        deadLetterQueue: { queue: deadLetters.queue.queue, maxReceiveCount: deadLetters.maxReceiveCount },
      }),
      ...(stage.tlsOnly && { enforceSSL: true }),
      removalPolicy: stage.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    if (rulesOf) this.#allowRulesOf(rulesOf.busName);
    if (!stage.tlsOnly) {
      acknowledge(this.queue, 'AwsSolutions-SQS4', `Stage ${stage.name} is reached over the loopback interface only.`);
    }
    if (!deadLetters)
      acknowledge(this.queue, 'AwsSolutions-SQS3', 'The end of the way: nothing consumes it by itself.');
  }

  /**
   * To be run with its messages: what Lambda does in the name of a function that it runs from a queue, and no more. CDK's own
   * grant also lets the function look the queue up, and keep messages back.
   * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
   */
  grantConsume(grantee: IGrantable): Grant {
    return this.#grant(grantee, 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes');
  }

  /** To put messages into it. */
  grantSend(grantee: IGrantable): Grant {
    return this.#grant(grantee, 'SendMessage');
  }

  /** To ask how long it is. */
  grantMeasure(grantee: IGrantable): Grant {
    return this.#grant(grantee, 'GetQueueAttributes');
  }

  #grant(grantee: IGrantable, ...actions: readonly string[]): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: actions.map((action) => `sqs:${action}`),
      resourceArns: [this.queue.queueArn],
    });
  }

  /**
   * Rules are made in another stack, and an ARN of each here would tie the two in a circle; the ARNs of all rules of
   * one bus begin alike.
   */
  #allowRulesOf(busName: string): void {
    const ruleArn = Stack.of(this).formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: `${busName}/*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'RulesOfTheBus',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': ruleArn } },
      }),
    );
  }
}
