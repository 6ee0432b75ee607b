import { createHash } from 'node:crypto';
import { AwsError } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Call } from '../../core/service';
import type { Tier, Version } from './parameter';

const OWN_KEY = 'alias/aws/ssm';

/**
 * Asks KMS for the key of a `SecureString`, in the name of the caller. The value itself is kept as it is.
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
 */
export class Protection {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  toWrite(key: string | undefined, tier: Tier, arn: string, call: Call): void {
    this.#use(key, tier === 'Standard' ? ['Encrypt'] : ['GenerateDataKey'], arn, call);
  }

  toRead({ keyId }: Version, arn: string, call: Call): void {
    this.#use(keyId, ['Decrypt'], arn, call);
  }

  /** What is told instead of the value to who does not ask for it decrypted: no real ciphertext. */
  veil({ value, version }: Version, arn: string): string {
    return createHash('sha512').update(`${arn} ${version} ${value}`).digest('base64');
  }

  #use(key: string | undefined, operations: string[], arn: string, call: Call): void {
    try {
      this.#registry.peer('kms').use(key ?? OWN_KEY, operations, { ...call, via: 'ssm' }, { PARAMETER_ARN: arn });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.code === 'AccessDeniedException') throw error;
      throw new AwsError('InvalidKeyId', error.message);
    }
  }
}
