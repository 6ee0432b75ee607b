import { newKey, openValue, sealValue } from '../../functions/adapters/personal/sealing';
import type { OwnersKey, Vault } from '../../functions/application/ports';

type Kept = OwnersKey & { readonly until?: number };

/** The Keys table in memory. */
export class MemoryVault implements Vault {
  private readonly keys = new Map<string, Kept>();

  constructor(private readonly now: () => Date = () => new Date()) {}

  async keyOf(owner: string): Promise<OwnersKey> {
    return this.look(owner);
  }

  makeKey = newKey;
  seal = sealValue;
  open = openValue;

  async ensureKey(owner: string, forMs?: number): Promise<Uint8Array | undefined> {
    if (this.look(owner).state === 'none') {
      const until = forMs === undefined ? Number.POSITIVE_INFINITY : this.now().getTime() + forMs;
      this.keys.set(owner, { state: 'there', key: newKey(), until });
    }
    const key = this.look(owner);
    return key.state === 'there' ? key.key : undefined;
  }

  /** Whether the claim `new-key` holds. */
  allows(owner: string, key: Uint8Array): boolean {
    const there = this.look(owner);
    return there.state === 'none' || (there.state === 'there' && Buffer.from(there.key).equals(key));
  }

  /** As the claim `new-key`. */
  take(owner: string, key: Uint8Array): void {
    this.keys.set(owner, { state: 'there', key });
  }

  /** As the claim `destroy-key`. */
  destroy(owner: string): void {
    this.keys.set(owner, { state: 'destroyed' });
  }

  private look(owner: string): OwnersKey {
    const { until = Number.POSITIVE_INFINITY, ...key } = this.keys.get(owner) ?? { state: 'none' as const };
    return until <= this.now().getTime() ? { state: 'none' } : key;
  }
}
