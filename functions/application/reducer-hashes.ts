import type { Aggregate } from './catalogue';

/**
 * Names the code that folds each aggregate: the build puts the hash of the reducer's source here (scripts/reducer-hashes.mjs),
 * so a snapshot of another reducer is told by its name. What runs unbundled has only one, its own.
 */
export const reducerHashes: Readonly<Record<Aggregate, string>> = {
  order: 'source',
  inventory: 'source',
  user: 'source',
};
