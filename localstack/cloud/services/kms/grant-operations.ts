import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Operation } from '../../core/service';
import type { Authorization } from './authorization';
import { constraint, notFound, validation } from './errors';
import { type Constraints, GRANT_OPERATIONS, type GrantRecord, type Grants, isPrincipal } from './grants';
import { type KeyRecord, keyArn } from './key-record';
import type { Keys } from './keys';
import { oneOf, pageOf, read } from './request';

/** Grants: rights on a key given to somebody beside its policy, and taken back. */
export function grantOperations(
  keys: Keys,
  grants: Grants,
  authorization: Authorization,
  clock: Clock,
): Record<string, Operation> {
  const onKey = (id: unknown, key: KeyRecord): GrantRecord => {
    const grant = grants.get(String(id));
    if (!grant || grant.keyArn !== keyArn(key)) throw invalidGrant(String(id));
    return grant;
  };

  return {
    CreateGrant: (input, call) => {
      const request = read('CreateGrant', input, [
        'KeyId',
        'GranteePrincipal',
        'RetiringPrincipal',
        'Operations',
        'Constraints',
        'GrantTokens',
        'Name',
      ]);
      const { key } = keys.named(request.KeyId, call);
      const operations = [request.Operations ?? []].flat().map((one) => oneOf(one, 'operations', GRANT_OPERATIONS));
      if (operations.length === 0) throw constraint('null ', 'operations', 'not be null');
      const grantee = principalIn(request.GranteePrincipal, 'granteePrincipal');
      const retiring =
        request.RetiringPrincipal === undefined
          ? undefined
          : principalIn(request.RetiringPrincipal, 'retiringPrincipal');
      const constraints = constraintsIn(request.Constraints);
      const name = request.Name === undefined ? undefined : String(request.Name);
      authorization.authorize('CreateGrant', key, call, {
        keys: {
          'kms:GranteePrincipal': grantee,
          'kms:GrantOperations': operations,
          'kms:GrantIsForAWSResource': String(call.via !== undefined),
          ...(retiring !== undefined && { 'kms:RetiringPrincipal': retiring }),
          ...(constraints && { 'kms:GrantConstraintType': Object.keys(constraints) }),
        },
      });
      keys.refuseUnusable(key);
      const made = {
        keyArn: keyArn(key),
        grantee,
        issuer: `arn:aws:iam::${call.account}:root`,
        operations,
        createdAt: clock.now(),
        ...(name !== undefined && { name }),
        ...(retiring !== undefined && { retiring }),
        ...(constraints && { constraints }),
      };
      // A repeated request with a name answers with the grant that it made before.
      const before = name === undefined ? undefined : grants.of(key).find((grant) => isSame(grant, made));
      const { id, token } = before ?? grants.create(made);
      return { GrantId: id, GrantToken: token };
    },

    ListGrants: (input, call) => {
      const request = read('ListGrants', input, ['KeyId', 'GrantId', 'GranteePrincipal', 'Limit', 'Marker']);
      const { key } = keys.named(request.KeyId, call);
      authorization.authorize('ListGrants', key, call);
      if (request.GrantId !== undefined) onKey(request.GrantId, key);
      const found = grants
        .of(key)
        .filter(({ id }) => request.GrantId === undefined || id === request.GrantId)
        .filter(({ grantee }) => request.GranteePrincipal === undefined || grantee === request.GranteePrincipal);
      const { page, more } = pageOf(found, request, 50, ({ id }) => id);
      return { Grants: page.map(shown), ...more };
    },

    ListRetirableGrants: (input) => {
      const request = read('ListRetirableGrants', input, ['RetiringPrincipal', 'Limit', 'Marker']);
      const principal = principalIn(request.RetiringPrincipal, 'retiringPrincipal');
      const found = grants.all().filter(({ retiring }) => retiring === principal);
      const { page, more } = pageOf(found, request, 50, ({ id }) => id);
      return { Grants: page.map(shown), ...more };
    },

    RevokeGrant: (input, call) => {
      const { KeyId, GrantId } = read('RevokeGrant', input, ['KeyId', 'GrantId']);
      const { key } = keys.named(KeyId, call);
      authorization.authorize('RevokeGrant', key, call, {
        keys: { 'kms:GrantIsForAWSResource': String(call.via !== undefined) },
      });
      grants.delete(onKey(GrantId, key));
    },

    RetireGrant: (input, call) => {
      const { GrantToken, KeyId, GrantId } = read('RetireGrant', input, ['GrantToken', 'KeyId', 'GrantId']);
      if (GrantToken === undefined && (KeyId === undefined || GrantId === undefined)) {
        throw validation('Grant token OR (grant ID, key ID) must be specified');
      }
      const grant =
        GrantToken === undefined ? onKey(GrantId, keys.named(KeyId, call).key) : grants.withToken(String(GrantToken));
      if (!grant) throw new AwsError('InvalidGrantTokenException', 'Invalid grant token.');
      const key = keys.find(grant.keyArn);
      if (!key) throw notFound(`Key '${grant.keyArn}' does not exist`);
      // Whoever the grant names for it, or the one that has it when it allows that; the key's policy does not count.
      const { principal } = call;
      const may =
        (grant.retiring !== undefined && isPrincipal(grant.retiring, principal)) ||
        (grant.operations.includes('RetireGrant') && isPrincipal(grant.grantee, principal)) ||
        (principal.kind === 'root' && call.account === key.account);
      if (!may) authorization.authorize('RetireGrant', key, call);
      grants.delete(grant);
    },
  };
}

/** `GrantListEntry` of the API reference. */
const shown = (grant: GrantRecord): object => ({
  KeyId: grant.keyArn,
  GrantId: grant.id,
  Name: grant.name ?? '',
  CreationDate: grant.createdAt / 1000,
  GranteePrincipal: grant.grantee,
  ...(grant.retiring !== undefined && { RetiringPrincipal: grant.retiring }),
  IssuingAccount: grant.issuer,
  Operations: grant.operations,
  ...(grant.constraints && { Constraints: grant.constraints }),
});

const invalidGrant = (id: string) => new AwsError('InvalidGrantIdException', `Grant ID ${id} not found`);

function principalIn(given: unknown, member: string): string {
  const principal = String(given ?? '');
  if (!/^arn:aws[a-z-]*:(iam|sts)::\d{12}:.+$/.test(principal)) {
    throw new AwsError('InvalidArnException', `ARN does not refer to a valid principal: ${principal || member}`);
  }
  return principal;
}

function constraintsIn(given: unknown): Constraints | undefined {
  if (given === undefined) return undefined;
  read('CreateGrant Constraints', given, ['EncryptionContextSubset', 'EncryptionContextEquals']);
  return given as Constraints;
}

function isSame(grant: GrantRecord, made: Omit<GrantRecord, 'id' | 'token'>): boolean {
  const { id: _id, token: _token, createdAt: _at, ...was } = grant;
  const { createdAt: _now, ...is } = made;
  const sorted = (one: object) => JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(was) === sorted(is);
}
