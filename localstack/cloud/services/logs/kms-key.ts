import { parseArn } from '../../core/arn';
import { AwsError } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Place } from './log-groups';

/** What CloudWatch Logs does with a key, by itself: the key's policy has to allow it. */
const OPERATIONS = ['GenerateDataKey', 'Encrypt', 'Decrypt'];

/**
 * The key that is given to a log group, once Logs may use it. Nothing is encrypted with it here.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function usableKey(registry: Registry, { account, region }: Place, kmsKeyId: unknown, groupArn: string): string {
  const key = String(kmsKeyId);
  if (parseArn(key)?.service !== 'kms') {
    throw new AwsError('InvalidParameterException', `The specified KMS Key Id could not be found. '${key}'`);
  }
  const service = `logs.${region}.amazonaws.com`;
  const user = {
    principal: { kind: 'service', service, arn: service },
    account,
    region,
    context: { 'aws:SourceArn': groupArn, 'aws:SourceAccount': account },
  } as const;
  try {
    return registry.peer('kms').use(key, OPERATIONS, user, { 'aws:logs:arn': groupArn });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError(
      'AccessDeniedException',
      `The specified KMS key does not exist or is not allowed to be used with Arn '${groupArn}'`,
    );
  }
}
