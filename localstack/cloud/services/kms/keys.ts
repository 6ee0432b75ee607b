import { randomBytes } from 'node:crypto';
import { parseArn } from '../../core/arn';
import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import { randomHex, uuid } from '../../core/ids';
import { Records } from '../../core/records';
import type { Store } from '../../core/store';
import { invalidState, noSuchAlias, noSuchKey, notFound } from './errors';
import { managedKeyPolicy } from './key-policy';
import {
  type AliasRecord,
  aliasArn,
  type KeyRecord,
  type KeySpec,
  keyArn,
  type Material,
  type Place,
  stateOf,
} from './key-record';

const KEY_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$|^mrk-[0-9a-f]{32}$/i;
const MANAGED = /^alias\/aws\/([\w-]+)$/;
const DAY = 86_400_000;

/** Services whose own key (`alias/aws/<service>`) comes into being when it is first asked for. */
const SERVICES_WITH_KEYS = ['dynamodb', 'events', 'lambda', 'logs', 's3', 'secretsmanager', 'sns', 'sqs', 'ssm'];

/** A key as a request names it. */
export type Named = {
  readonly key: KeyRecord;
  /** The alias that the request used, with `alias/`. */
  readonly alias?: string;
};

/** All keys and aliases. Deletions and rotations happen when the key is next looked at after their time has come. */
export class Keys {
  readonly #keys: Records<KeyRecord>;
  readonly #aliases: Records<AliasRecord>;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#keys = new Records<KeyRecord>(store.space('kms-keys'));
    this.#aliases = new Records<AliasRecord>(store.space('kms-aliases'));
    this.#clock = clock;
  }

  /** The key with this id or ARN; with `aliases`, also by alias name or alias ARN. Throws `NotFoundException`. */
  named(given: unknown, place: Place, aliases = false): Named {
    const text = String(given);
    const arn = parseArn(text);
    if (arn && (arn.service !== 'kms' || arn.region !== place.region)) throw notFound(`Invalid arn ${arn.region}`);
    const where = arn ? { account: arn.account, region: arn.region } : place;
    const name = arn ? arn.resource : text;
    if (aliases && name.startsWith('alias/')) {
      return { key: this.get(this.#behindAlias(where, name)), alias: name };
    }
    const id = arn ? name.replace(/^key\//, '') : name;
    if (!KEY_ID.test(id) || (arn && !name.startsWith('key/'))) throw notFound(`Invalid keyId '${text}'`);
    return { key: this.get({ ...where, id }) };
  }

  find(arn: string): KeyRecord | undefined {
    const key = this.#keys.get(arn);
    if (!key) return undefined;
    if (key.deleteAt !== undefined && key.deleteAt <= this.#clock.now()) {
      this.#remove(key);
      return undefined;
    }
    return this.#rotated(key);
  }

  get(id: Place & { readonly id: string }): KeyRecord {
    const key = this.find(keyArn(id));
    if (!key) throw noSuchKey(keyArn(id));
    return key;
  }

  set(key: KeyRecord): void {
    this.#keys.set(keyArn(key), key);
  }

  list({ account, region }: Place): KeyRecord[] {
    return this.#keys
      .values()
      .filter((key) => key.account === account && key.region === region)
      .flatMap((key) => this.find(keyArn(key)) ?? []);
  }

  /** A new key; it is there once it is `set`. */
  make(
    place: Place,
    rest: Pick<KeyRecord, 'manager' | 'description' | 'spec' | 'usage' | 'policy' | 'tags'>,
  ): KeyRecord {
    const now = this.#clock.now();
    const { account, region } = place;
    return {
      account,
      region,
      id: uuid(),
      ...rest,
      createdAt: now,
      enabled: true,
      materials: [newMaterial(rest.spec, now)],
      ...(rest.manager === 'AWS' && { rotation: { days: 365, nextAt: now + 365 * DAY } }),
    };
  }

  /** What can be read of a key, but not changed or used, once it is to be deleted. */
  refusePending(key: KeyRecord): void {
    if (stateOf(key) === 'PendingDeletion') throw invalidState(`${keyArn(key)} is pending deletion.`);
  }

  /** What only an enabled key can be used for. */
  refuseUnusable(key: KeyRecord): void {
    this.refusePending(key);
    if (stateOf(key) === 'Disabled') throw new AwsError('DisabledException', `${keyArn(key)} is disabled.`);
  }

  rotate(key: KeyRecord, rotation: 'AUTOMATIC' | 'ON_DEMAND', at: number): KeyRecord {
    const next: KeyRecord = { ...key, materials: [...key.materials, newMaterial(key.spec, at, rotation)] };
    this.set(next);
    return next;
  }

  alias(place: Place, name: string): AliasRecord | undefined {
    return this.#aliases.get(aliasArn({ ...place, name }));
  }

  setAlias(alias: AliasRecord): void {
    this.#aliases.set(aliasArn(alias), alias);
  }

  deleteAlias(alias: AliasRecord): void {
    this.#aliases.delete(aliasArn(alias));
  }

  aliases({ account, region }: Place, keyId?: string): AliasRecord[] {
    return this.#aliases
      .values()
      .filter((alias) => alias.account === account && alias.region === region)
      .filter((alias) => keyId === undefined || alias.keyId === keyId);
  }

  #behindAlias(place: Place, name: string): Place & { id: string } {
    const alias = this.alias(place, name) ?? this.#managed(place, name);
    if (!alias) throw noSuchAlias(aliasArn({ ...place, name }));
    return { ...place, id: alias.keyId };
  }

  /** The key that AWS manages for a service. */
  #managed(place: Place, name: string): AliasRecord | undefined {
    const service = MANAGED.exec(name)?.[1];
    if (service === undefined || !SERVICES_WITH_KEYS.includes(service)) return undefined;
    const { account, region } = place;
    const key = this.make(place, {
      manager: 'AWS',
      description: `Default key that protects my ${service} data when no other key is defined`,
      spec: 'SYMMETRIC_DEFAULT',
      usage: 'ENCRYPT_DECRYPT',
      policy: managedKeyPolicy(place, service),
      tags: {},
    });
    this.set(key);
    const alias = { account, region, name, keyId: key.id, createdAt: key.createdAt, updatedAt: key.createdAt };
    this.setAlias(alias);
    return alias;
  }

  #remove(key: KeyRecord): void {
    for (const alias of this.aliases(key, key.id)) this.deleteAlias(alias);
    this.#keys.delete(keyArn(key));
  }

  /** Rotations that have come due, each at its own time. */
  #rotated(key: KeyRecord): KeyRecord {
    let now = key;
    while (now.rotation && stateOf(now) === 'Enabled' && now.rotation.nextAt <= this.#clock.now()) {
      const { days, nextAt } = now.rotation;
      now = this.rotate({ ...now, rotation: { days, nextAt: nextAt + days * DAY } }, 'AUTOMATIC', nextAt);
    }
    return now;
  }
}

/** As long as the algorithm's output; AES keys have 32 bytes. */
const SECRET_BYTES: Readonly<Record<KeySpec, number>> = {
  SYMMETRIC_DEFAULT: 32,
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
};

function newMaterial(spec: KeySpec, since: number, rotation?: 'AUTOMATIC' | 'ON_DEMAND'): Material {
  const secret = randomBytes(SECRET_BYTES[spec]).toString('base64');
  return { id: randomHex(64), secret, since, ...(rotation && { rotation }) };
}
