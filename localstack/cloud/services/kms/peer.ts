import type { KeyAccess } from '../../core/peers';
import type { Authorization } from './authorization';
import { keyArn } from './key-record';
import type { Keys } from './keys';

/** KMS as the services use it that protect data with a key: nothing is encrypted, everything is asked for. */
export function keyAccess(keys: Keys, authorization: Authorization): KeyAccess {
  return {
    use(given, operations, by, encryptionContext = {}) {
      const { key, alias } = keys.named(given, by, true);
      const context = { 'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT', ...by.context };
      for (const operation of operations) {
        authorization.authorize(operation, key, by, { alias, encryptionContext, keys: context });
      }
      keys.refuseUnusable(key);
      return keyArn(key);
    },
  };
}
