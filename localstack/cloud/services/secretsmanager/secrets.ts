import { randomInt } from 'node:crypto';
import { parseArn } from '../../core/arn';
import type { Clock } from '../../core/clock';
import { Records } from '../../core/records';
import type { Store } from '../../core/store';
import { markedForDeletion, noSuchSecret } from './errors';
import { type Place, type SecretRecord, secretArn } from './secret-record';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** All secrets. One whose recovery window is over is gone when it is next looked at. */
export class Secrets {
  readonly #secrets: Records<SecretRecord>;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#secrets = new Records<SecretRecord>(store.space('secrets'));
    this.#clock = clock;
  }

  /** By name, by ARN, or by ARN without its six last characters; also one that is marked for deletion. */
  find(given: unknown, place: Place): SecretRecord | undefined {
    const text = String(given);
    const arn = parseArn(text);
    if (!arn) return this.#live(keyOf(place, text));
    if (arn.service !== 'secretsmanager' || !arn.resource.startsWith('secret:')) return undefined;
    // A request reaches one region, whatever region the ARN names.
    if (arn.region !== place.region) return undefined;
    const name = arn.resource.slice('secret:'.length);
    const whole = this.#live(keyOf(arn, name.replace(/-[^-]{6}$/, '')));
    return whole?.arn === text ? whole : this.#live(keyOf(arn, name));
  }

  /** Throws `ResourceNotFoundException`. */
  get(given: unknown, place: Place): SecretRecord {
    const secret = this.find(given, place);
    if (!secret) throw noSuchSecret();
    return secret;
  }

  /** Throws for one that is marked for deletion, too. */
  usable(given: unknown, place: Place): SecretRecord {
    const secret = this.get(given, place);
    if (secret.deleteAt !== undefined) throw markedForDeletion();
    return secret;
  }

  set(secret: SecretRecord): void {
    this.#secrets.set(keyOf(secret, secret.name), secret);
  }

  delete(secret: SecretRecord): void {
    this.#secrets.delete(keyOf(secret, secret.name));
  }

  list({ account, region }: Place): SecretRecord[] {
    return this.#secrets
      .entries()
      .filter(([, secret]) => secret.account === account && secret.region === region)
      .flatMap(([key]) => this.#live(key) ?? []);
  }

  /** An ARN that no secret has had. */
  newArn(place: Place, name: string): string {
    let suffix = '';
    while (suffix.length < 6) suffix += LETTERS[randomInt(LETTERS.length)];
    return secretArn(place, name, suffix);
  }

  #live(key: string): SecretRecord | undefined {
    const secret = this.#secrets.get(key);
    if (secret?.deleteAt === undefined || secret.deleteAt > this.#clock.now()) return secret;
    this.delete(secret);
    return undefined;
  }
}

const keyOf = ({ account, region }: Place, name: string): string => `${account}/${region}/${name}`;
