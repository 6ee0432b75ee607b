import { AwsError } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Principal } from '../../core/service';
import type { TopicRecord } from './topic-record';

/** KMS's errors, as SNS hands them on. */
const FROM_KMS: Readonly<Record<string, string>> = {
  AccessDeniedException: 'KMSAccessDenied',
  NotFoundException: 'KMSNotFound',
  DisabledException: 'KMSDisabled',
  KMSInvalidStateException: 'KMSInvalidState',
};

/**
 * Asks KMS for the key of an encrypted topic, in the name of whoever publishes. SNS itself needs nobody's leave to deliver;
 * the messages are kept as they are. https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function checkKey(registry: Registry, topic: TopicRecord, principal: Principal, sourceArn?: string): void {
  const key = topic.attributes.KmsMasterKeyId;
  if (key === undefined) return;
  const { account, region, arn } = topic;
  const source = sourceArn && { context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': account } };
  const user = { principal, account, region, via: 'sns', ...source };
  try {
    registry.peer('kms').use(key, ['GenerateDataKey', 'Decrypt'], user, { 'aws:sns:topicArn': arn });
  } catch (error) {
    const code = error instanceof AwsError ? FROM_KMS[error.code] : undefined;
    if (code === undefined) throw error;
    throw new AwsError(code, (error as AwsError).message);
  }
}
