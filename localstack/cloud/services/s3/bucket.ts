import { AwsError } from '../../core/aws-error';
import { Records } from '../../core/records';
import type { CloudContext } from '../../core/service';

export type Bucket = {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly versioning?: 'Enabled' | 'Suspended';
  /** Configurations by the name of their query parameter (`encryption`, `lifecycle`, …), in the form of the SDK. */
  readonly settings: Readonly<Record<string, object>>;
  /** The bucket policy, as it was given. */
  readonly policy?: string;
};

/** All buckets. Their names are shared by all accounts and regions. */
export class Buckets {
  readonly #records: Records<Bucket>;
  /** Parsed once, so that IAM's compiled form can be kept. */
  readonly #policies = new Map<string, object>();
  readonly #watchers: (() => void)[] = [];

  constructor(context: CloudContext) {
    this.#records = new Records(context.store.space('s3-buckets'));
  }

  find(name: string): Bucket | undefined {
    return this.#records.get(name);
  }

  /** Throws `NoSuchBucket`. */
  get(name: string): Bucket {
    const bucket = this.#records.get(name);
    if (!bucket) {
      throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', {
        status: 404,
        fields: { BucketName: name },
      });
    }
    return bucket;
  }

  set(bucket: Bucket): void {
    this.#records.set(bucket.name, bucket);
    this.#policies.delete(bucket.name);
    for (const watcher of this.#watchers) watcher();
  }

  delete(name: string): void {
    this.#records.delete(name);
    this.#policies.delete(name);
    for (const watcher of this.#watchers) watcher();
  }

  /** Calls `watcher` whenever a bucket has changed. */
  watch(watcher: () => void): void {
    this.#watchers.push(watcher);
  }

  all(): Bucket[] {
    return this.#records.values();
  }

  of(account: string): Bucket[] {
    return this.#records.values().filter((bucket) => bucket.account === account);
  }

  policyOf(bucket: Bucket): object | undefined {
    if (bucket.policy === undefined) return undefined;
    let policy = this.#policies.get(bucket.name);
    if (!policy) {
      policy = JSON.parse(bucket.policy) as object;
      this.#policies.set(bucket.name, policy);
    }
    return policy;
  }
}
