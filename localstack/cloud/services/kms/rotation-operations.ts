import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import type { Call, Operation } from '../../core/service';
import type { Authorization } from './authorization';
import { type KeyRecord, keyArn, stateOf } from './key-record';
import type { Keys } from './keys';
import { integerIn, pageOf, read } from './request';

const DAY = 86_400_000;
/** AWS rotates a key on demand so often, and no more. */
const MAX_ON_DEMAND = 25;

/** New key material, every so many days or when asked for; the old goes on decrypting what it has encrypted. */
export function rotationOperations(keys: Keys, authorization: Authorization, clock: Clock): Record<string, Operation> {
  const authorized = (operation: string, given: unknown, call: Call): KeyRecord => {
    const { key } = keys.named(given, call);
    authorization.authorize(operation, key, call);
    return key;
  };
  const changeable = (key: KeyRecord): KeyRecord => {
    keys.refuseUnusable(key);
    if (key.usage !== 'ENCRYPT_DECRYPT') {
      throw new AwsError(
        'UnsupportedOperationException',
        `${keyArn(key)} key usage is ${key.usage} which is not valid for this operation.`,
      );
    }
    return key;
  };

  return {
    EnableKeyRotation: (input, call) => {
      const request = read('EnableKeyRotation', input, ['KeyId', 'RotationPeriodInDays']);
      const days = integerIn(request.RotationPeriodInDays ?? 365, 'rotationPeriodInDays', 90, 2_560);
      const key = changeable(authorized('EnableKeyRotation', request.KeyId, call));
      keys.set({ ...key, rotation: { days, nextAt: clock.now() + days * DAY } });
    },

    DisableKeyRotation: (input, call) => {
      const key = changeable(
        authorized('DisableKeyRotation', read('DisableKeyRotation', input, ['KeyId']).KeyId, call),
      );
      const { rotation: _never, ...rest } = key;
      keys.set(rest);
    },

    GetKeyRotationStatus: (input, call) => {
      const key = authorized('GetKeyRotationStatus', read('GetKeyRotationStatus', input, ['KeyId']).KeyId, call);
      // A key that is to be deleted is not rotated; the setting is back when that is cancelled.
      const rotation = stateOf(key) === 'PendingDeletion' ? undefined : key.rotation;
      return {
        KeyId: key.id,
        KeyRotationEnabled: rotation !== undefined,
        ...(rotation && { RotationPeriodInDays: rotation.days, NextRotationDate: rotation.nextAt / 1000 }),
      };
    },

    RotateKeyOnDemand: (input, call) => {
      const key = changeable(authorized('RotateKeyOnDemand', read('RotateKeyOnDemand', input, ['KeyId']).KeyId, call));
      if (key.materials.filter(({ rotation }) => rotation === 'ON_DEMAND').length >= MAX_ON_DEMAND) {
        throw new AwsError(
          'LimitExceededException',
          `${keyArn(key)} has been rotated on demand ${MAX_ON_DEMAND} times.`,
        );
      }
      keys.rotate(key, 'ON_DEMAND', clock.now());
      return { KeyId: key.id };
    },

    ListKeyRotations: (input, call) => {
      const request = read('ListKeyRotations', input, ['KeyId', 'Limit', 'Marker']);
      const key = authorized('ListKeyRotations', request.KeyId, call);
      const rotations = key.materials.filter(({ rotation }) => rotation !== undefined);
      const { page, more } = pageOf(rotations, request, 100, ({ since }) => String(since));
      return {
        Rotations: page.map(({ since, rotation }) => ({
          KeyId: key.id,
          RotationDate: since / 1000,
          RotationType: rotation,
        })),
        ...more,
      };
    },
  };
}
