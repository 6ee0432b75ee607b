import { formatArn } from '../../core/arn';

export type Place = { readonly account: string; readonly region: string };

export const KEY_SPECS = ['SYMMETRIC_DEFAULT', 'HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512'] as const;

export type KeySpec = (typeof KEY_SPECS)[number];

export type KeyUsage = 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC';

/** What encrypts: a key has a new one after each rotation, and keeps the old ones for what they have encrypted. */
export type Material = {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** The secret itself, base64. */
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** How it came; undefined for the first. */
  readonly rotation?: 'AUTOMATIC' | 'ON_DEMAND';
};

export type Rotation = {
  readonly days: number;
  /** Milliseconds since 1970. */
  readonly nextAt: number;
};

/** A KMS key. Times in milliseconds since 1970. */
export type KeyRecord = Place & {
  readonly id: string;
  readonly manager: 'CUSTOMER' | 'AWS';
  readonly description: string;
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  readonly createdAt: number;
  readonly enabled: boolean;
  /** Gone from this time on. */
  readonly deleteAt?: number;
  readonly pendingDays?: number;
  /** The text that was put. */
  readonly policy: string;
  readonly rotation?: Rotation;
  /** Oldest first. */
  readonly materials: readonly Material[];
  readonly tags: Readonly<Record<string, string>>;
};

export type AliasRecord = Place & {
  /** With `alias/`. */
  readonly name: string;
  readonly keyId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export const keyArn = ({ account, region, id }: Place & { readonly id: string }): string =>
  formatArn({ service: 'kms', region, account, resource: `key/${id}` });

export const aliasArn = ({ account, region, name }: Place & { readonly name: string }): string =>
  formatArn({ service: 'kms', region, account, resource: name });

export function stateOf(key: KeyRecord): 'Enabled' | 'Disabled' | 'PendingDeletion' {
  if (key.deleteAt !== undefined) return 'PendingDeletion';
  return key.enabled ? 'Enabled' : 'Disabled';
}

/** `HMAC_SHA_256` for `HMAC_256`. */
export const macAlgorithm = (spec: KeySpec): string => spec.replace('HMAC_', 'HMAC_SHA_');

/** `KeyMetadata` of the API reference. */
export function metadataOf(key: KeyRecord): object {
  const state = stateOf(key);
  return {
    AWSAccountId: key.account,
    KeyId: key.id,
    Arn: keyArn(key),
    CreationDate: key.createdAt / 1000,
    Enabled: state === 'Enabled',
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: state,
    ...(key.deleteAt !== undefined && { DeletionDate: key.deleteAt / 1000 }),
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec,
    KeySpec: key.spec,
    ...(key.usage === 'ENCRYPT_DECRYPT'
      ? { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'], CurrentKeyMaterialId: key.materials.at(-1)?.id }
      : { MacAlgorithms: [macAlgorithm(key.spec)] }),
    MultiRegion: false,
  };
}
