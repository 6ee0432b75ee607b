import { describe, expect, it } from '@jest/globals';
import type { Claim, OwnersKey, Vault } from '../../functions/application/ports';

type KeyClaim = Extract<Claim, { kind: 'new-key' | 'destroy-key' }>;

/**
 * What every vault keeps to. `vault` is asked for in each test, owners are new in each; `make` has a claim carried out, and
 * rejects when it is refused; `later` is the same vault after some time.
 */
export function vaultContract(
  name: string,
  vault: () => Vault,
  make: (claim: KeyClaim) => Promise<void>,
  later: (ms: number) => Vault,
): void {
  let owners = 0;
  const run = Math.random().toString(36).slice(2);
  const newOwner = () => `user#${run}-${++owners}`;
  const newKey = (owner: string) => ({ kind: 'new-key', owner, key: vault().makeKey() }) as const;
  const stateOf = async (owner: string) => (await vault().keyOf(owner)).state;
  const bytes = (key: OwnersKey | Uint8Array | undefined) =>
    Buffer.from((key instanceof Uint8Array ? key : key?.state === 'there' ? key.key : undefined) ?? []).toString('hex');

  describe(`${name} as a vault`, () => {
    it('has no key for whom nobody has given one', async () => {
      expect(await vault().keyOf(newOwner())).toEqual({ state: 'none' });
    });

    it('makes keys of 256 bits, no two alike', () => {
      const keys = Array.from({ length: 20 }, () => bytes(vault().makeKey()));
      expect(new Set(keys).size).toBe(20);
      for (const key of keys) expect(key).toHaveLength(64);
    });

    it('keeps the first key of an owner', async () => {
      const owner = newOwner();
      const first = newKey(owner);
      await make(first);
      await expect(make(newKey(owner))).rejects.toMatchObject({ code: 'claims-refused' });
      expect(bytes(await vault().keyOf(owner))).toBe(bytes(first.key));
      expect(bytes(await vault().ensureKey(owner))).toBe(bytes(first.key));
    });

    it('gives whoever needs a key at once the same one', async () => {
      const owner = newOwner();
      const keys = await Promise.all(Array.from({ length: 5 }, () => vault().ensureKey(owner)));
      expect(new Set(keys.map(bytes)).size).toBe(1);
      expect(bytes(await vault().keyOf(owner))).toBe(bytes(keys[0]));
      await expect(make(newKey(owner))).rejects.toMatchObject({ code: 'claims-refused' });
    });

    it('never has a key again for an owner whose key was destroyed', async () => {
      const owner = newOwner();
      await make(newKey(owner));
      await make({ kind: 'destroy-key', owner });
      expect(await stateOf(owner)).toBe('destroyed');
      expect(await vault().ensureKey(owner)).toBeUndefined();
      await expect(make(newKey(owner))).rejects.toMatchObject({ code: 'claims-refused' });
      await make({ kind: 'destroy-key', owner });
      expect(await stateOf(owner)).toBe('destroyed');
    });

    it('destroys in advance: who never had a key can no longer get one', async () => {
      const owner = newOwner();
      await make({ kind: 'destroy-key', owner });
      expect(await stateOf(owner)).toBe('destroyed');
    });

    it('does not know a key any more when its time is up, nor what was sealed with it, whoever has one then', async () => {
      const owner = newOwner();
      const key = await vault().ensureKey(owner, 60_000);
      const sealed = vault().seal(key!, owner, 'Ada');
      expect(bytes(await later(58_000).keyOf(owner))).toBe(bytes(key));
      expect(await later(61_000).keyOf(owner)).toEqual({ state: 'none' });
      const other = await later(61_000).ensureKey(owner);
      expect(bytes(other)).not.toBe(bytes(key));
      expect(later(61_000).open({ state: 'there', key: other! }, owner, sealed)).toEqual({ forgotten: true });
    });

    it('keeps a key for good that was to live for a while, once its owner has come to be', async () => {
      const owner = newOwner();
      const key = (await vault().ensureKey(owner, 60_000))!;
      await expect(make(newKey(owner))).rejects.toMatchObject({ code: 'claims-refused' });
      await make({ kind: 'new-key', owner, key });
      expect(bytes(await later(61_000).keyOf(owner))).toBe(bytes(key));
    });

    it('lets an owner have another key when the time of the first is up', async () => {
      const owner = newOwner();
      await later(-120_000).ensureKey(owner, 60_000);
      const claim = newKey(owner);
      await make(claim);
      expect(bytes(await vault().keyOf(owner))).toBe(bytes(claim.key));
    });

    it('opens what it sealed as long as there is the key', async () => {
      const owner = newOwner();
      const value = { email: 'ada@example.com', list: [1, null, { deep: 'ü' }], empty: '' };
      const key = (await vault().ensureKey(owner))!;
      const sealed = vault().seal(key, owner, value);
      expect(sealed).toMatch(/^v1\.[\w-]+$/);
      expect(vault().open(await vault().keyOf(owner), owner, sealed)).toEqual({ forgotten: false, value });
      await make({ kind: 'destroy-key', owner });
      expect(vault().open(await vault().keyOf(owner), owner, sealed)).toEqual({ forgotten: true });
    });
  });
}
