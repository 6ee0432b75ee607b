import { AwsError } from '../../../core/aws-error';
import { finish, type Properties, type ResourceContext, type ResourceHandler } from './handler';
import { asBoolean, differ, jsonText, pick } from './pick';
import { tagChanges } from './tags';

const FIXED = ['KeySpec', 'KeyUsage', 'Origin', 'MultiRegion'];

type Tag = { readonly Key: string; readonly Value: string };

/** AWS::KMS::Key. */
export const kmsKey: ResourceHandler = {
  properties: [
    ...FIXED,
    'KeyPolicy',
    'Description',
    'Enabled',
    'EnableKeyRotation',
    'RotationPeriodInDays',
    'PendingWindowInDays',
    'BypassPolicyLockoutSafetyCheck',
    'Tags',
  ],
  refused: [],
  createOnly: [],

  // AWS does not replace a key for that either: what it has encrypted would be lost.
  check: (properties, before) => {
    const changed = before ? FIXED.filter((name) => differ(properties, before, [name])) : [];
    if (changed.length > 0) {
      throw new AwsError('InvalidRequest', `You cannot change these properties of a KMS key: ${changed.join(', ')}.`);
    }
  },

  create: async (properties, context) => {
    const { KeyMetadata } = await context.call('kms', 'CreateKey', {
      ...pick(properties, ['KeySpec', 'KeyUsage', 'Origin', 'Description']),
      ...(properties.MultiRegion !== undefined && { MultiRegion: asBoolean(properties.MultiRegion) }),
      ...(properties.KeyPolicy !== undefined && policyOf(properties)),
      ...(properties.Tags && { Tags: properties.Tags.map(toTag) }),
    });
    const { KeyId, Arn } = KeyMetadata;
    await finish(KeyId, async () => {
      await rotate(KeyId, properties, {}, context);
      if (!isEnabled(properties)) await context.call('kms', 'DisableKey', { KeyId });
    });
    return { physicalId: KeyId, attributes: { Arn, KeyId } };
  },

  update: async (KeyId, properties, before, context) => {
    const { call } = context;
    if (differ(properties, before, ['KeyPolicy']) && properties.KeyPolicy !== undefined) {
      const { Policy, BypassPolicyLockoutSafetyCheck } = policyOf(properties);
      await call('kms', 'PutKeyPolicy', { KeyId, PolicyName: 'default', Policy, BypassPolicyLockoutSafetyCheck });
    }
    if (differ(properties, before, ['Description'])) {
      await call('kms', 'UpdateKeyDescription', { KeyId, Description: properties.Description ?? '' });
    }
    // Rotation can be changed of an enabled key only.
    if (isEnabled(properties) && !isEnabled(before)) await call('kms', 'EnableKey', { KeyId });
    await rotate(KeyId, properties, before, context);
    if (!isEnabled(properties) && isEnabled(before)) await call('kms', 'DisableKey', { KeyId });
    const tags = tagChanges(properties.Tags, before.Tags);
    if (tags.set.length > 0) await call('kms', 'TagResource', { KeyId, Tags: tags.set.map(toTag) });
    if (tags.removed.length > 0) await call('kms', 'UntagResource', { KeyId, TagKeys: tags.removed });
  },

  delete: async (KeyId, { PendingWindowInDays }, { call }) => {
    const { KeyMetadata } = await call('kms', 'DescribeKey', { KeyId });
    if (KeyMetadata.KeyState === 'PendingDeletion') return;
    await call('kms', 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: Number(PendingWindowInDays ?? 30) });
  },
};

const policyOf = ({ KeyPolicy, BypassPolicyLockoutSafetyCheck }: Properties) => ({
  Policy: jsonText(KeyPolicy),
  BypassPolicyLockoutSafetyCheck: asBoolean(BypassPolicyLockoutSafetyCheck ?? false),
});

const isEnabled = ({ Enabled }: Properties): boolean => Enabled === undefined || asBoolean(Enabled);

const toTag = ({ Key, Value }: Tag) => ({ TagKey: Key, TagValue: Value });

async function rotate(
  KeyId: string,
  properties: Properties,
  before: Properties,
  { call }: ResourceContext,
): Promise<void> {
  const { EnableKeyRotation: wanted, RotationPeriodInDays: days } = properties;
  if (!differ(properties, before, ['EnableKeyRotation', 'RotationPeriodInDays'])) return;
  if (asBoolean(wanted ?? false)) {
    await call('kms', 'EnableKeyRotation', {
      KeyId,
      ...(days !== undefined && { RotationPeriodInDays: Number(days) }),
    });
  } else if (asBoolean(before.EnableKeyRotation ?? false)) {
    await call('kms', 'DisableKeyRotation', { KeyId });
  }
}
