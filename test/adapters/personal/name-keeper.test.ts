import { expect, it } from '@jest/globals';
import { HmacNameKeeper } from '../../../functions/adapters/personal/name-keeper';
import { MemoryVault } from '../../support/memory-vault';

it('always gives a text the same name, whoever asks, and another one to another text or kind', async () => {
  const vault = new MemoryVault();
  const [one, other] = [new HmacNameKeeper(vault), new HmacNameKeeper(vault)];
  const name = await one.nameOf('email', 'ada@example.com');
  expect(name).toMatch(/^email#[\w-]{43}$/);
  expect(await other.nameOf('email', 'ada@example.com')).toBe(name);
  expect(await one.nameOf('email', 'eve@example.com')).not.toBe(name);
  expect((await one.nameOf('phone', 'ada@example.com')).slice('phone'.length)).not.toBe(name.slice('email'.length));
});

it('gives other names where the secret is another', async () => {
  const names = await Promise.all([1, 2].map(() => new HmacNameKeeper(new MemoryVault()).nameOf('email', 'a@b.c')));
  expect(names[0]).not.toBe(names[1]);
});

it('reads the secret once, and again after it could not be read', async () => {
  const vault = new MemoryVault();
  const answers = [() => Promise.reject(new Error('throttled')), () => vault.ensureKey('names')];
  let asked = 0;
  const keeper = new HmacNameKeeper({ ensureKey: () => answers[Math.min(asked++, 1)]!() });
  await expect(keeper.nameOf('email', 'a@b.c')).rejects.toThrow('throttled');
  await keeper.nameOf('email', 'a@b.c');
  await keeper.nameOf('email', 'a@b.d');
  expect(asked).toBe(2);
});

it('does not make up another secret when the first was destroyed', async () => {
  const vault = new MemoryVault();
  vault.destroy('names');
  await expect(new HmacNameKeeper(vault).nameOf('email', 'a@b.c')).rejects.toThrow('can no longer be recognised');
});
