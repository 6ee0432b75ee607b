import type { Access, Call } from '../../core/service';
import { aliasArn } from './key-record';
import { tagKeys, tagsIn } from './tags';

/** What is done to no key in particular. */
const WITHOUT_KEY = ['CreateKey', 'ListKeys', 'ListAliases', 'GenerateRandom', 'ListRetirableGrants'];
const WITH_ALIAS = ['CreateAlias', 'UpdateAlias', 'DeleteAlias'];

/**
 * What the caller's own policies have to allow. For everything that is done to a key they are one side of it only, so the
 * operations themselves ask (`Authorization`).
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
 */
export function kmsAccess(operation: string, input: unknown, { account, region }: Call): readonly Access[] {
  const action = `kms:${operation}`;
  const given = (input ?? {}) as { readonly AliasName?: unknown; readonly Tags?: unknown };
  if (WITH_ALIAS.includes(operation)) {
    return [{ action, resource: aliasArn({ account, region, name: String(given.AliasName) }) }];
  }
  if (!WITHOUT_KEY.includes(operation)) return [];
  if (operation !== 'CreateKey' || given.Tags === undefined) return [{ action, resource: '*' }];
  const context = tagKeys(tagsIn(given.Tags));
  return [
    { action, resource: '*', context },
    { action: 'kms:TagResource', resource: '*', context },
  ];
}
