import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Call, Operation } from '../../core/service';
import type { Authorization } from './authorization';
import { constraint, noSuchAlias, validation } from './errors';
import { type AliasRecord, aliasArn, type KeyRecord } from './key-record';
import type { Keys } from './keys';
import { pageOf, read } from './request';

/** Names of keys. Whoever gives or takes one needs the right on the alias, and on the key. */
export function aliasOperations(keys: Keys, authorization: Authorization, clock: Clock): Record<string, Operation> {
  const target = (given: unknown, call: Call): KeyRecord => {
    if (String(given).includes('alias/')) throw validation('Aliases must refer to keys. Not aliases');
    return keys.named(given, call).key;
  };
  const existing = (name: string, call: Call): AliasRecord => {
    const alias = keys.alias(call, name);
    if (!alias) throw noSuchAlias(aliasArn({ ...call, name }));
    return alias;
  };

  return {
    CreateAlias: (input, call) => {
      const { AliasName, TargetKeyId } = read('CreateAlias', input, ['AliasName', 'TargetKeyId']);
      const name = nameIn(AliasName);
      const key = target(TargetKeyId, call);
      authorization.authorize('CreateAlias', key, call);
      keys.refusePending(key);
      const arn = aliasArn({ ...call, name });
      if (keys.alias(call, name)) {
        throw new AwsError('AlreadyExistsException', `An alias with the name ${arn} already exists`);
      }
      const now = clock.now();
      const { account, region } = call;
      keys.setAlias({ account, region, name, keyId: key.id, createdAt: now, updatedAt: now });
    },

    UpdateAlias: (input, call) => {
      const { AliasName, TargetKeyId } = read('UpdateAlias', input, ['AliasName', 'TargetKeyId']);
      const alias = existing(nameIn(AliasName), call);
      const key = target(TargetKeyId, call);
      const before = keys.get({ ...call, id: alias.keyId });
      authorization.authorize('UpdateAlias', before, call);
      authorization.authorize('UpdateAlias', key, call);
      keys.refusePending(key);
      if (key.usage !== before.usage) {
        throw validation('The key usage of the new KMS key must be that of the current one.');
      }
      keys.setAlias({ ...alias, keyId: key.id, updatedAt: clock.now() });
    },

    DeleteAlias: (input, call) => {
      const alias = existing(nameIn(read('DeleteAlias', input, ['AliasName']).AliasName), call);
      authorization.authorize('DeleteAlias', keys.get({ ...call, id: alias.keyId }), call);
      keys.deleteAlias(alias);
    },

    ListAliases: (input, call) => {
      const request = read('ListAliases', input, ['KeyId', 'Limit', 'Marker']);
      const keyId = request.KeyId === undefined ? undefined : keys.named(request.KeyId, call).key.id;
      const { page, more } = pageOf(keys.aliases(call, keyId), request, 50, ({ name }) => name);
      return {
        Aliases: page.map((alias) => ({
          AliasName: alias.name,
          AliasArn: aliasArn(alias),
          TargetKeyId: alias.keyId,
          CreationDate: alias.createdAt / 1000,
          LastUpdatedDate: alias.updatedAt / 1000,
        })),
        ...more,
      };
    },
  };
}

function nameIn(given: unknown): string {
  const name = String(given);
  if (!/^[\w/:-]{1,256}$/.test(name)) {
    throw constraint(`'${name}' `, 'aliasName', 'satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$');
  }
  if (!name.startsWith('alias/') || name === 'alias/') throw validation('Invalid identifier');
  if (name.includes(':')) throw validation(`${name} contains invalid characters for an alias`);
  // Those belong to the keys that AWS manages.
  if (name.startsWith('alias/aws/')) throw new AwsError('NotAuthorizedException', '');
  return name;
}
