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
    this.take(owner, newKey(), forMs);
    const key = this.look(owner);
    return key.state === 'there' ? key.key : undefined;
  }

  has(owner: string): boolean {
    return this.keys.has(owner);
  }

  /** As the claim `new-key`; false: refused. */
  take(owner: string, key: Uint8Array, forMs?: number): boolean {
    if (this.keys.has(owner)) return false;
    this.keys.set(owner, { state: 'there', key, ...(forMs !== undefined && { until: this.now().getTime() + forMs }) });
    return true;
  }

  /** As the claim `destroy-key`. */
  destroy(owner: string): void {
    this.keys.set(owner, { state: 'destroyed' });
  }

  private look(owner: string): OwnersKey {
    const { until = Number.POSITIVE_INFINITY, ...key } = this.keys.get(owner) ?? { state: 'none' as const };
    return until <= this.now().getTime() ? { state: 'destroyed' } : key;
  }
}
