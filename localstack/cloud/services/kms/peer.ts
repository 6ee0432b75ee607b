import type { Clock } from '../../core/clock';
import type { KeyAccess } from '../../core/peers';
import type { Authorization } from './authorization';
import type { Grants } from './grants';
import { keyArn } from './key-record';
import type { Keys } from './keys';

/** KMS as the services use it that protect data with a key: nothing is encrypted, everything is asked for. */
export function keyAccess(keys: Keys, authorization: Authorization, grants: Grants, clock: Clock): KeyAccess {
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

    grant(given, { grantee, operations, encryptionContext }, by) {
      const { key, alias } = keys.named(given, by, true);
      authorization.authorize('CreateGrant', key, by, {
        alias,
        keys: {
          'kms:GranteePrincipal': grantee,
          'kms:GrantOperations': operations,
          'kms:GrantIsForAWSResource': 'true',
          'kms:GrantConstraintType': 'EncryptionContextEquals',
        },
      });
      keys.refuseUnusable(key);
      const made = grants.create({
        keyArn: keyArn(key),
        grantee,
        issuer: `arn:aws:iam::${by.account}:root`,
        operations,
        createdAt: clock.now(),
        constraints: { EncryptionContextEquals: encryptionContext },
      });
      return made.id;
    },

    retire(id) {
      const grant = grants.get(id);
      if (grant) grants.delete(grant);
    },
  };
}
