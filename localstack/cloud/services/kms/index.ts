import type { KeyAccess } from '../../core/peers';
import type { CloudContext, Service } from '../../core/service';
import { kmsAccess } from './access';
import { aliasOperations } from './alias-operations';
import { Authorization, CONDITION_KEYS } from './authorization';
import { cryptoOperations } from './crypto-operations';
import { grantOperations } from './grant-operations';
import { Grants } from './grants';
import { keyOperations } from './key-operations';
import { readKeyPolicy } from './key-policy';
import { Keys } from './keys';
import { macOperations } from './mac-operations';
import { keyAccess } from './peer';
import { rotationOperations } from './rotation-operations';
import { tagOperations } from './tags';

/** KMS: symmetric keys, and those of message authentication codes. */
export function createKms({ store, clock, registry }: CloudContext): {
  service: Service & { readonly name: 'kms' };
  peer: KeyAccess;
} {
  const keys = new Keys(store, clock);
  const grants = new Grants(store);
  const authorization = new Authorization(registry, keys, grants);
  return {
    service: {
      name: 'kms',
      signingNames: ['kms'],
      protocol: { kind: 'json', version: '1.1', targetPrefixes: ['TrentService'] },
      operations: {
        ...keyOperations(keys, authorization, registry, clock),
        ...rotationOperations(keys, authorization, clock),
        ...aliasOperations(keys, authorization, clock),
        ...cryptoOperations(keys, authorization, grants),
        ...macOperations(keys, authorization),
        ...grantOperations(keys, grants, authorization, clock),
        ...tagOperations(keys, authorization),
      },
      access: kmsAccess,
      resourcePolicy: (resource) => {
        const key = keys.find(resource);
        return key && readKeyPolicy(key.policy);
      },
      resourceTags: (resource) => keys.find(resource)?.tags,
      conditionKeys: CONDITION_KEYS,
    },
    peer: keyAccess(keys, authorization, grants, clock),
  };
}
