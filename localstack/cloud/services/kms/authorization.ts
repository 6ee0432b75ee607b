import { parseArn } from '../../core/arn';
import type { Registry } from '../../core/registry';
import type { Access, Call, ConditionValues } from '../../core/service';
import type { Grants } from './grants';
import { readKeyPolicy } from './key-policy';
import { type KeyRecord, keyArn } from './key-record';
import type { Keys } from './keys';

/** Who asks, and on whose behalf. */
export type Asking = Pick<Call, 'principal' | 'account' | 'region' | 'via'>;

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
export const CONDITION_KEYS = [
  'kms:BypassPolicyLockoutSafetyCheck',
  'kms:CallerAccount',
  'kms:EncryptionAlgorithm',
  'kms:EncryptionContext:*',
  'kms:EncryptionContextKeys',
  'kms:GrantConstraintType',
  'kms:GrantIsForAWSResource',
  'kms:GrantOperations',
  'kms:GranteePrincipal',
  'kms:KeyOrigin',
  'kms:KeySpec',
  'kms:KeyUsage',
  'kms:MacAlgorithm',
  'kms:MultiRegion',
  'kms:ReEncryptOnSameKey',
  'kms:RequestAlias',
  'kms:ResourceAliases',
  'kms:RetiringPrincipal',
  'kms:ScheduleKeyDeletionPendingWindowInDays',
  'kms:ViaService',
];

/** What a request is about, besides its action and its key. */
export type Asked = {
  /** The alias by which the request named the key. */
  readonly alias?: string | undefined;
  readonly encryptionContext?: Readonly<Record<string, string>> | undefined;
  /** More condition keys. */
  readonly keys?: ConditionValues;
};

/**
 * Asks for every use of a key. In KMS the key's own policy decides: what the caller's policies allow counts only where the
 * key policy leaves it to the account; a grant allows too. A deny, wherever it stands, denies. The operations ask, not the
 * front door: services use keys in their callers' names, and only an operation knows which key has made a ciphertext.
 * https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
 */
export class Authorization {
  readonly #registry: Registry;
  readonly #keys: Keys;
  readonly #grants: Grants;

  constructor(registry: Registry, keys: Keys, grants: Grants) {
    this.#registry = registry;
    this.#keys = keys;
    this.#grants = grants;
  }

  /** Throws `AccessDeniedException` unless the caller may do `operation` with `key`. */
  authorize(operation: string, key: KeyRecord, asking: Asking, asked: Asked = {}): void {
    const { principal, region, via } = asking;
    const access: Access = {
      action: `kms:${operation}`,
      resource: keyArn(key),
      context: () => this.#conditionKeys(key, asking, asked),
      granted: this.#grants.allow(operation, key, principal, asked),
    };
    const calledVia = via === undefined ? {} : { calledVia: `${via}.amazonaws.com` };
    this.#registry.peer('iam').authorize(principal, [access], { region, ...calledVia });
  }

  /** Whether whoever puts `policy` could put another one later. */
  keepsControl(policy: string, key: KeyRecord, asking: Asking): boolean {
    const access = { action: 'kms:PutKeyPolicy', resource: keyArn(key), context: this.#conditionKeys(key, asking, {}) };
    return this.#registry.peer('iam').judge(readKeyPolicy(policy), asking.principal, access) === 'allow';
  }

  #conditionKeys(key: KeyRecord, asking: Asking, asked: Asked): ConditionValues {
    const { principal, region, via } = asking;
    const caller = principal.kind === 'service' ? undefined : parseArn(principal.arn)?.account;
    const context = asked.encryptionContext;
    return {
      ...(caller !== undefined && { 'kms:CallerAccount': caller }),
      ...(via !== undefined && { 'kms:ViaService': `${via}.${region}.amazonaws.com` }),
      'kms:KeySpec': key.spec,
      'kms:KeyUsage': key.usage,
      'kms:KeyOrigin': 'AWS_KMS',
      'kms:MultiRegion': 'false',
      'kms:ResourceAliases': this.#keys.aliases(key, key.id).map(({ name }) => name),
      ...(asked.alias !== undefined && { 'kms:RequestAlias': asked.alias }),
      ...(context && {
        'kms:EncryptionContextKeys': Object.keys(context),
        ...prefixed('kms:EncryptionContext:', context),
      }),
      ...asked.keys,
    };
  }
}

const prefixed = (prefix: string, members: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [prefix + name, value]));
