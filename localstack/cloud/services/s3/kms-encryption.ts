import { AwsError } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Call } from '../../core/service';

type Headers = Readonly<Record<string, string>>;

const ALGORITHM = 'x-amz-server-side-encryption';
const KEY = `${ALGORITHM}-aws-kms-key-id`;
const BUCKET_KEY = `${ALGORITHM}-bucket-key-enabled`;
const OWN_KEY = 'alias/aws/s3';

/**
 * Asks KMS for the key of an object, in the name of whoever writes or reads it. (The files themselves are as readable as
 * everything on this machine.) https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export class KmsEncryption {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** The headers to keep with a new object: its key by its ARN, or none. `several`: it is written in parts. */
  toWrite(headers: Headers, bucket: string, key: string, call: Call, several = false): Record<string, string> {
    const { [KEY]: given, ...rest } = headers;
    if (headers[ALGORITHM] !== 'aws:kms') return rest;
    const operations = several ? ['GenerateDataKey', 'Decrypt'] : ['GenerateDataKey'];
    return { ...rest, [KEY]: this.#use(given ?? OWN_KEY, operations, headers, bucket, key, call) };
  }

  toRead(headers: Headers, bucket: string, key: string, call: Call): void {
    if (headers[ALGORITHM] === 'aws:kms') {
      this.#use(headers[KEY] ?? OWN_KEY, ['Decrypt'], headers, bucket, key, call);
    }
  }

  #use(kmsKey: string, operations: string[], headers: Headers, bucket: string, key: string, call: Call): string {
    const path = headers[BUCKET_KEY] === 'true' ? bucket : `${bucket}/${key}`;
    const user = { ...call, via: 's3' };
    try {
      return this.#registry.peer('kms').use(kmsKey, operations, user, { 'aws:s3:arn': `arn:aws:s3:::${path}` });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.code === 'AccessDeniedException') throw new AwsError('AccessDenied', error.message, { status: 403 });
      throw new AwsError(`KMS.${error.code}`, error.message);
    }
  }
}
