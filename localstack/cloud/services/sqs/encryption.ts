import { AwsError } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Principal } from '../../core/service';
import { sqsError } from './errors';
import type { Queue } from './queue';

/** KMS's errors, as SQS hands them on: their name in its model, and the older code. */
const FROM_KMS: Readonly<Record<string, readonly [name: string, code: string]>> = {
  AccessDeniedException: ['KmsAccessDenied', 'KMS.AccessDeniedException'],
  NotFoundException: ['KmsNotFound', 'KMS.NotFoundException'],
  DisabledException: ['KmsDisabled', 'KMS.DisabledException'],
  KMSInvalidStateException: ['KmsInvalidState', 'KMS.InvalidStateException'],
  InvalidKeyUsageException: ['KmsInvalidKeyUsage', 'KMS.InvalidKeyUsageException'],
};

/**
 * Asks KMS for the key of an encrypted queue, in the name of whoever sends or receives: at every call, where AWS asks again
 * when the data key has served its time. The messages are kept as they are.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
export class Encryption {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Throws `KmsAccessDenied` and its like. `sourceArn`: what a service acts for. */
  toSend(queue: Queue, principal: Principal, sourceArn?: string): void {
    this.#use(queue, ['GenerateDataKey', 'Decrypt'], principal, sourceArn);
  }

  toReceive(queue: Queue, principal: Principal): void {
    this.#use(queue, ['Decrypt'], principal);
  }

  #use({ settings, record, arn }: Queue, operations: string[], principal: Principal, sourceArn?: string): void {
    const { kmsKeyId } = settings;
    if (kmsKeyId === undefined) return;
    const { account, region } = record;
    const source = sourceArn && { context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': account } };
    const user = { principal, account, region, via: 'sqs', ...source };
    try {
      this.#registry.peer('kms').use(kmsKeyId, operations, user, { 'aws:sqs:arn': arn });
    } catch (error) {
      const known = error instanceof AwsError ? FROM_KMS[error.code] : undefined;
      if (!known) throw error;
      const [name, code] = known;
      throw sqsError(
        name,
        `${(error as AwsError).message} (Service: Kms; Error Code: ${(error as AwsError).code})`,
        code,
      );
    }
  }
}
