import { AwsError } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import { EVENTBRIDGE } from './delivery';
import { type BusId, busArn } from './records';
import { validation } from './validation';

/** What EventBridge does with a key, by itself: the key's policy has to allow it. */
const OPERATIONS = ['GenerateDataKey', 'Decrypt'];

/**
 * Keys of buses and archives. Nothing is encrypted with them; EventBridge asks for them, in both cases in the encryption
 * context of the bus.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-key-policy.html
 */
export class EventKeys {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** The ARN of the key (id, ARN or alias) that a bus or its archive is to have. Throws `ValidationException`. */
  keyFor(given: string, bus: BusId): string {
    try {
      return this.#use(given, bus);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw validation(`EventBridge cannot use the KMS key ${given}: ${error.message}`);
    }
  }

  /** KMS's own error, when the key does not let EventBridge use it. */
  refusalOf(key: string | undefined, bus: BusId): AwsError | undefined {
    if (key === undefined) return undefined;
    try {
      this.#use(key, bus);
      return undefined;
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
  }

  #use(key: string, { account, region, name }: BusId): string {
    const arn = busArn({ account, region, name });
    const context = { 'aws:SourceArn': arn, 'aws:SourceAccount': account };
    const user = { principal: EVENTBRIDGE, account, region, context };
    return this.#registry.peer('kms').use(key, OPERATIONS, user, { 'aws:events:event-bus:arn': arn });
  }
}
