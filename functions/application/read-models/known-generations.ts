import type { Effects } from '../ports';
import { firstGenerations, type GenerationStore, type Generations, POINTER_TRUST_MS } from './generations';

/** A projection by name and newest revision. */
export type ProjectionName = { readonly name: string; readonly revision: number };

/** Which generations there are, as far as anybody may rely on it (`POINTER_TRUST_MS`). */
export interface KnownGenerations {
  /** Of every projection that it was made for. */
  all(): Promise<ReadonlyMap<string, Generations>>;
  /** Reads the pointers anew. */
  refresh(): Promise<ReadonlyMap<string, Generations>>;
}

/**
 * The pointers of these projections, read in one call and then relied on for a moment. A projection that has none is at its
 * beginning; with `begin` that is written down, so that a later release knows by which revision its rows were made.
 */
export function knownGenerations(
  store: GenerationStore,
  projections: readonly ProjectionName[],
  effects: Pick<Effects, 'now'>,
  { begin = false }: { readonly begin?: boolean } = {},
): KnownGenerations {
  const newest = new Map<string, number>();
  for (const { name, revision } of projections) newest.set(name, Math.max(revision, newest.get(name) ?? 0));
  let known: { readonly at: number; readonly read: Promise<ReadonlyMap<string, Generations>> } | undefined;

  const read = async (): Promise<ReadonlyMap<string, Generations>> => {
    const found = new Map(await store.getMany([...newest.keys()]));
    const missing = [...newest].filter(([name]) => !found.has(name));
    if (missing.length === 0) return found;
    const first = missing.map(([name, revision]) => firstGenerations(name, revision, effects.now()));
    if (!begin) return new Map([...found, ...first.map((one) => [one.projection, one] as const)]);
    // Whoever is first: all of them read what stands there then.
    for (const generations of first) await store.put(generations, undefined);
    return store.getMany([...newest.keys()]);
  };
  const refresh = () => {
    // The age counts from before the call: what it answers may be as old as that.
    const asked = { at: effects.now().getTime(), read: read() };
    known = asked;
    asked.read.catch(() => {
      if (known === asked) known = undefined;
    });
    return asked.read;
  };
  const isFresh = () => {
    const age = known && effects.now().getTime() - known.at;
    return age !== undefined && age >= 0 && age < POINTER_TRUST_MS;
  };
  return { all: () => (known && isFresh() ? known.read : refresh()), refresh };
}
