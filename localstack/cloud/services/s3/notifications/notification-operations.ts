import { AwsError, refuseUnknown } from '../../../core/aws-error';
import type { Call, CloudContext, Operation } from '../../../core/service';
import type { Bucket, Buckets } from '../bucket';
import { arnOf, type Destination, destinationsOf, readConfiguration } from './configuration';
import { testEvent } from './messages';
import { configurationOf, type Notifier, S3 } from './notifier';

/** Who is told of what happens in a bucket. */
export function notificationOperations(
  context: CloudContext,
  buckets: Buckets,
  notifier: Notifier,
): Record<string, Operation> {
  return {
    GetBucketNotificationConfiguration: (input) => configurationOf(buckets.get(input.Bucket)),

    PutBucketNotificationConfiguration: async (input, call) => {
      refuseUnknown('PutBucketNotificationConfiguration', input, [
        'Bucket',
        'NotificationConfiguration',
        'SkipDestinationValidation',
      ]);
      const bucket = buckets.get(input.Bucket);
      const notification = readConfiguration(input.NotificationConfiguration ?? {});
      if (String(input.SkipDestinationValidation) !== 'true') {
        const before = destinationsOf(configurationOf(bucket)).map(arnOf);
        const added = destinationsOf(notification).filter((one) => !before.includes(arnOf(one)));
        for (const destination of added) await validate(context, notifier, bucket, destination, call);
      }
      const now = buckets.get(bucket.name);
      buckets.set({ ...now, settings: { ...now.settings, notification } });
    },
  };
}

/** S3 tries a queue or topic with a test event, and a function's policy by reading it. Throws `InvalidArgument`. */
async function validate(
  context: CloudContext,
  notifier: Notifier,
  bucket: Bucket,
  destination: Destination,
  call: Call,
): Promise<void> {
  try {
    if (destination.LambdaFunctionArn !== undefined)
      await mayInvoke(context, bucket, destination.LambdaFunctionArn, call);
    else notifier.deliver(bucket, destination, testEvent(bucket, context.clock.now(), call.requestId));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const arn = arnOf(destination);
    throw new AwsError('InvalidArgument', 'Unable to validate the following destination configurations', {
      fields: { ArgumentName1: arn, ArgumentValue1: error.message },
    });
  }
}

async function mayInvoke({ registry }: CloudContext, bucket: Bucket, arn: string, call: Call): Promise<void> {
  const refused = new AwsError('AccessDenied', `Not authorized to invoke function [${arn}]`);
  const { Policy } = await registry.call('lambda', 'GetPolicy', { FunctionName: arn }, call).catch((error: unknown) => {
    throw error instanceof AwsError && error.code === 'ResourceNotFoundException' ? refused : error;
  });
  const wanted = {
    action: 'lambda:InvokeFunction',
    resource: arn,
    context: { 'aws:SourceArn': `arn:aws:s3:::${bucket.name}`, 'aws:SourceAccount': bucket.account },
  };
  if (registry.peer('iam').judge(JSON.parse(Policy) as object, S3, wanted) !== 'allow') throw refused;
}
