import { notImplemented } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Registry } from '../../core/registry';
import type { Call, Operation } from '../../core/service';
import type { Asked, Authorization } from './authorization';
import { invalidState, validation } from './errors';
import { checkKeyPolicy, defaultKeyPolicy, malformed } from './key-policy';
import { KEY_SPECS, type KeyRecord, type KeySpec, keyArn, metadataOf, stateOf } from './key-record';
import type { Keys } from './keys';
import { integerIn, oneOf, pageOf, read } from './request';
import { tagsIn, tooMany } from './tags';

const DAY = 86_400_000;
const USAGES = ['ENCRYPT_DECRYPT', 'GENERATE_VERIFY_MAC', 'SIGN_VERIFY', 'KEY_AGREEMENT'];

/** Making keys, their life, their policies. */
export function keyOperations(
  keys: Keys,
  authorization: Authorization,
  registry: Registry,
  clock: Clock,
): Record<string, Operation> {
  const authorized = (operation: string, given: unknown, call: Call, asked?: Asked): KeyRecord => {
    const { key } = keys.named(given, call);
    authorization.authorize(operation, key, call, asked);
    return key;
  };

  return {
    CreateKey: (input, call) => {
      const request = read('CreateKey', input, [
        'Policy',
        'Description',
        'KeyUsage',
        'KeySpec',
        'CustomerMasterKeySpec',
        'Origin',
        'MultiRegion',
        'Tags',
        'BypassPolicyLockoutSafetyCheck',
      ]);
      const spec = specIn(request.KeySpec ?? request.CustomerMasterKeySpec);
      const usage = usageIn(request.KeyUsage, spec);
      if (request.Origin !== undefined && request.Origin !== 'AWS_KMS') {
        throw notImplemented(`kms:CreateKey: Origin ${String(request.Origin)}`);
      }
      if (request.MultiRegion === true) throw notImplemented('kms:CreateKey: MultiRegion');
      if (request.Policy !== undefined) checkKeyPolicy(request.Policy, registry, call);
      const policy = request.Policy === undefined ? defaultKeyPolicy(call) : String(request.Policy);
      const key = keys.make(call, {
        manager: 'CUSTOMER',
        description: descriptionIn(request.Description),
        spec,
        usage,
        policy,
        tags: tooMany(tagsIn(request.Tags)),
      });
      if (request.BypassPolicyLockoutSafetyCheck !== true && !authorization.keepsControl(policy, key, call)) {
        throw lockedOut();
      }
      keys.set(key);
      return { KeyMetadata: metadataOf(key) };
    },

    DescribeKey: (input, call) => {
      const { KeyId } = read('DescribeKey', input, ['KeyId', 'GrantTokens']);
      const { key, alias } = keys.named(KeyId, call, true);
      authorization.authorize('DescribeKey', key, call, { alias });
      return { KeyMetadata: metadataOf(key) };
    },

    ListKeys: (input, call) => {
      const request = read('ListKeys', input, ['Limit', 'Marker']);
      const { page, more } = pageOf(keys.list(call), request, 100, ({ id }) => id);
      return { Keys: page.map((key) => ({ KeyId: key.id, KeyArn: keyArn(key) })), ...more };
    },

    UpdateKeyDescription: (input, call) => {
      const { KeyId, Description } = read('UpdateKeyDescription', input, ['KeyId', 'Description']);
      const key = authorized('UpdateKeyDescription', KeyId, call);
      keys.refusePending(key);
      keys.set({ ...key, description: descriptionIn(Description) });
    },

    EnableKey: (input, call) => {
      const key = authorized('EnableKey', read('EnableKey', input, ['KeyId']).KeyId, call);
      keys.refusePending(key);
      keys.set({ ...key, enabled: true });
    },

    DisableKey: (input, call) => {
      const key = authorized('DisableKey', read('DisableKey', input, ['KeyId']).KeyId, call);
      keys.refusePending(key);
      keys.set({ ...key, enabled: false });
    },

    ScheduleKeyDeletion: (input, call) => {
      const request = read('ScheduleKeyDeletion', input, ['KeyId', 'PendingWindowInDays']);
      const days = integerIn(request.PendingWindowInDays ?? 30, 'pendingWindowInDays', 1, 365);
      const key = authorized('ScheduleKeyDeletion', request.KeyId, call, {
        keys: { 'kms:ScheduleKeyDeletionPendingWindowInDays': String(days) },
      });
      if (days < 7 || days > 30) throw validation('PendingWindowInDays must be between 7 and 30 (inclusive)');
      keys.refusePending(key);
      const deleteAt = clock.now() + days * DAY;
      keys.set({ ...key, enabled: false, deleteAt });
      return {
        KeyId: keyArn(key),
        DeletionDate: deleteAt / 1000,
        KeyState: 'PendingDeletion',
        PendingWindowInDays: days,
      };
    },

    CancelKeyDeletion: (input, call) => {
      const key = authorized('CancelKeyDeletion', read('CancelKeyDeletion', input, ['KeyId']).KeyId, call);
      if (stateOf(key) !== 'PendingDeletion') throw invalidState(`${keyArn(key)} is not pending deletion.`);
      const { deleteAt: _never, ...kept } = key;
      keys.set(kept);
      return { KeyId: keyArn(key) };
    },

    GetKeyPolicy: (input, call) => {
      const { KeyId, PolicyName } = read('GetKeyPolicy', input, ['KeyId', 'PolicyName']);
      const key = authorized('GetKeyPolicy', KeyId, call);
      checkName(PolicyName);
      return { Policy: key.policy, PolicyName: 'default' };
    },

    PutKeyPolicy: (input, call) => {
      const request = read('PutKeyPolicy', input, ['KeyId', 'PolicyName', 'Policy', 'BypassPolicyLockoutSafetyCheck']);
      const bypass = request.BypassPolicyLockoutSafetyCheck === true;
      const key = authorized('PutKeyPolicy', request.KeyId, call, {
        keys: { 'kms:BypassPolicyLockoutSafetyCheck': String(bypass) },
      });
      checkName(request.PolicyName);
      checkKeyPolicy(request.Policy, registry, call);
      const policy = String(request.Policy);
      if (!bypass && !authorization.keepsControl(policy, key, call)) throw lockedOut();
      keys.set({ ...key, policy });
    },

    ListKeyPolicies: (input, call) => {
      authorized('ListKeyPolicies', read('ListKeyPolicies', input, ['KeyId', 'Limit', 'Marker']).KeyId, call);
      return { PolicyNames: ['default'], Truncated: false };
    },
  };
}

function specIn(given: unknown): KeySpec {
  const spec = KEY_SPECS.find((one) => one === (given ?? 'SYMMETRIC_DEFAULT'));
  if (!spec) throw notImplemented(`kms:CreateKey: KeySpec ${String(given)}`);
  return spec;
}

function usageIn(given: unknown, spec: KeySpec): KeyRecord['usage'] {
  const symmetric = spec === 'SYMMETRIC_DEFAULT';
  if (given === undefined && !symmetric) {
    throw validation('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.');
  }
  const usage = oneOf(given ?? 'ENCRYPT_DECRYPT', 'keyUsage', USAGES);
  if (usage !== (symmetric ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC')) {
    throw validation(
      `The operation failed because the KeyUsage value of the KMS key is ${usage}. KeySpec ${spec} does not support it.`,
    );
  }
  return symmetric ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC';
}

function descriptionIn(given: unknown): string {
  const description = String(given ?? '');
  if (description.length > 8_192) {
    throw validation(
      "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 8192",
    );
  }
  return description;
}

/** A key has one policy, of this name. */
function checkName(name: unknown): void {
  if (name !== undefined && name !== 'default') throw validation('PolicyName must be default.');
}

const lockedOut = () => malformed('The new key policy will not allow you to update the key policy in the future.');
