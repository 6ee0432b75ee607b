import { AwsError } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Call } from '../../core/service';
import type { SecretRecord } from './secret-record';

const OWN_KEY = 'alias/aws/secretsmanager';

/** Asks KMS for the key of a secret, in the name of the caller. The value itself is kept as it is. */
export class Protection {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  toWrite(secret: Pick<SecretRecord, 'arn' | 'kmsKeyId'>, versionId: string, call: Call): void {
    this.#use(secret.kmsKeyId, ['GenerateDataKey', 'Decrypt'], secret.arn, versionId, call, 'EncryptionFailure');
  }

  toRead(secret: SecretRecord, version: { id: string; kmsKeyId?: string }, call: Call): void {
    this.#use(version.kmsKeyId, ['Decrypt'], secret.arn, version.id, call, 'DecryptionFailure');
  }

  #use(
    key: string | undefined,
    operations: string[],
    SecretARN: string,
    SecretVersionId: string,
    call: Call,
    failure: 'EncryptionFailure' | 'DecryptionFailure',
  ): void {
    const user = { ...call, via: 'secretsmanager' };
    try {
      this.#registry.peer('kms').use(key ?? OWN_KEY, operations, user, { SecretARN, SecretVersionId });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      // Secrets Manager does not say which action is missing.
      if (error.code === 'AccessDeniedException') {
        throw new AwsError('AccessDeniedException', 'Access to KMS is not allowed');
      }
      const verb = failure === 'EncryptionFailure' ? 'encrypt' : 'decrypt';
      throw new AwsError(
        failure,
        `Secrets Manager can't ${verb} the protected secret text using the provided KMS key. ${error.message}`,
      );
    }
  }
}
