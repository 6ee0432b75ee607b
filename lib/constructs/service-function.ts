import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  CfnEventInvokeConfig,
  Code,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName, StageConfig } from '../stage-config';
import { acknowledge } from './acknowledge';
import type { HoldingQueue } from './holding-queue';

export type ServiceFunctionProps = {
  readonly stage: StageConfig;
  /** The handler's name: its bundle is `<bundles>/<name>/index.mjs`. */
  readonly name: FunctionName;
  /** The directory that `npm run build` puts the bundles in. */
  readonly bundles: string;
  readonly description: string;
  /** In seconds. */
  readonly timeout: number;
  readonly environment: Readonly<Record<string, string>>;
};

/**
 * A Lambda function as this system runs all of them: ARM64, a bundle with everything in it, a role and a log group
 * of its own, and no permission but those that are granted by name.
 */
export class ServiceFunction extends Construct {
  readonly name: FunctionName;
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { stage, name } = props;
    this.name = name;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: stage.logRetentionDays,
      removalPolicy: stage.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    // The role that CDK makes by itself may write to every log group of the account.
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    const reserved = stage.reservedConcurrency[name];
    this.function = new LambdaFunction(this, 'Function', {
      // Known by this name in logs, metrics and commands; functions go with their stack, so the name is free again.
      functionName: `orders-${stage.name}-${name}`,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundleOf(name, props.bundles)),
      handler: 'index.handler',
      role: this.role,
      logGroup,
      memorySize: stage.memoryMb,
      timeout: Duration.seconds(props.timeout),
      environment: {
        NODE_OPTIONS: '--enable-source-maps',
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: 'Orderstream',
        ...props.environment,
      },
      ...(stage.xrayTracing && { tracing: Tracing.ACTIVE }),
      ...(reserved !== undefined && { reservedConcurrentExecutions: reserved }),
    });
    if (stage.xrayTracing) {
      acknowledge(
        this.role,
        'AwsSolutions-IAM5[Resource::*]',
        'X-Ray has no resources: its two write actions are granted on * or not at all.',
      );
    }
  }

  /** Puts invocations by rules that failed for good into a queue, with the event and the error. */
  setAsideFailures(queue: HoldingQueue, stage: StageConfig): void {
    queue.grantSend(this.role);
    new CfnEventInvokeConfig(this, 'OnFailure', {
      functionName: this.function.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: stage.delivery.functionRetries,
      maximumEventAgeInSeconds: Duration.hours(stage.delivery.functionMaxAgeHours).toSeconds(),
      destinationConfig: { onFailure: { destination: queue.queue.queueArn } },
    });
  }

  /** Lets the function send to a queue, and tells it where the queue is: the two go together. */
  sendsTo(queue: HoldingQueue, environmentName: string): void {
    this.function.addEnvironment(environmentName, queue.queue.queueUrl);
    queue.grantSend(this.role);
  }

  /** Lets the function ask how long a queue is, and tells it where the queue is. */
  watches(queue: HoldingQueue, environmentName: string): void {
    this.function.addEnvironment(environmentName, queue.queue.queueUrl);
    queue.grantMeasure(this.role);
  }
}

function bundleOf(name: FunctionName, bundles: string): string {
  const directory = join(bundles, name);
  if (!existsSync(join(directory, 'index.mjs'))) {
    throw new Error(
      `There is no bundle ${join(directory, 'index.mjs')}. 'npm run build' makes it from functions/handlers/${name}.ts.`,
    );
  }
  return directory;
}
