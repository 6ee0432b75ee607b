import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Store } from '../../../localstack/cloud/core/store';

let dir: string;
let store: Store;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'store-lazily-'));
  store = new Store({ dir, sync: false });
});
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

/** What a copy of what is on disk holds. */
async function reopened(): Promise<[string, string][]> {
  await store.close();
  store = new Store({ dir, sync: false });
  return [...store.space('logs').range({})].map(([key, value]) => [key, value]);
}

it('a lazy write is seen at once, and nobody has to wait for it', async () => {
  const logs = store.space('logs');
  const before = store.writes;
  store.lazily(() => logs.put('1', 'a'));
  expect(logs.get('1')).toBe('a');
  expect(store.writes).toBe(before);
  // It is in memory still, else this would have had to wait for the disk.
  const waited = await Promise.race([
    store.durable().then(() => 'at once'),
    new Promise((resolve) => setImmediate(resolve, 'later')),
  ]);
  expect(waited).toBe('at once');
});

it('only what is written inside of it is lazy, also when it throws', () => {
  const logs = store.space('logs');
  const before = store.writes;
  expect(() =>
    store.lazily(() => {
      logs.put('1', 'a');
      throw new Error('no');
    }),
  ).toThrow('no');
  logs.put('2', 'b');
  expect(store.writes).toBe(before + 1);
});

it('it is on disk when the store was closed', async () => {
  store.lazily(() => store.space('logs').put('1', 'a'));
  expect(await reopened()).toEqual([['1', 'a']]);
});

it('it is in a copy', async () => {
  store.lazily(() => store.space('logs').put('1', 'a'));
  const path = join(dir, 'copy.mdb');
  await store.copyTo(path);
  store.space('logs').clear();
  await store.replaceWith(path);
  expect(await reopened()).toEqual([['1', 'a']]);
});

it('mixed with writes that are waited for, all of it gets there', async () => {
  const lazy = store.space('logs');
  for (let n = 0; n < 50; n++) {
    store.lazily(() => lazy.put(String(n).padStart(2, '0'), 'a'));
    store.space('data').put('k', String(n));
    await store.durable();
  }
  const path = join(dir, 'copy.mdb');
  await store.copyTo(path);
  expect(store.space('data').get('k')).toBe('49');
  expect(await reopened()).toHaveLength(50);
});
