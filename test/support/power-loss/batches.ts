import type { Store } from '../../../localstack/cloud/core/store';

/** New things in every batch; they are removed again some batches later, so that pages of the file are used again. */
const THINGS = 12;
const LIFETIME = 9;

type Writes = Map<string, string | undefined>;

/**
 * What batch `n` (1, 2, 3 …) writes: new things, other values of older ones, removals, now and then a value of several
 * pages, and in another space how far it is.
 */
function writesOf(n: number): Writes {
  const writes: Writes = new Map([['progress/batch', String(n)]]);
  for (let thing = 0; thing < THINGS; thing++) {
    writes.set(`things/${n}-${thing}`, text(n, thing));
    if (n > LIFETIME) writes.set(`things/${n - LIFETIME}-${thing}`, undefined);
  }
  for (let back = 1; back < LIFETIME && back < n; back += 2) writes.set(`things/${n - back}-${back}`, text(n, back));
  if (n % 5 === 0) writes.set(`things/blob-${n % 3}`, text(n, 0).padEnd(9_000 + n, '.'));
  return writes;
}

const text = (n: number, thing: number) => `${n}/${thing} `.repeat(1 + ((n * 31 + thing * 97) % 90));

/** Writes batch `n` in one go. */
export function writeBatch(store: Store, n: number): void {
  for (const [path, value] of writesOf(n)) {
    const [space, key] = path.split('/') as [string, string];
    if (value === undefined) store.space(space).remove(key);
    else store.space(space).put(key, value);
  }
}

/** Everything that is there when batches 1 to `n` are, and nothing else is. */
export function stateAfter(n: number): Map<string, string> {
  const state = new Map<string, string>();
  for (let batch = 1; batch <= n; batch++) {
    for (const [path, value] of writesOf(batch)) {
      if (value === undefined) state.delete(path);
      else state.set(path, value);
    }
  }
  return state;
}

export function contentOf(store: Store): Map<string, string> {
  return new Map(
    ['progress', 'things'].flatMap((name) =>
      [...store.space(name).range({})].map(([key, value]) => [`${name}/${key}`, value] as const),
    ),
  );
}
