import { randomBytes } from 'node:crypto';
import { configOf, type ResolvedFunction } from '../functions';

/** 0 ≤ n < 1. */
const random = (): number => randomBytes(4).readUInt32BE() / 2 ** 32;

/**
 * The version that one invocation runs: where the caller named an alias with weights, its additional version takes the
 * share of the invocations that its weight says, by chance, as on AWS.
 */
export function routed(target: ResolvedFunction): ResolvedFunction {
  const weights = target.record.aliases[target.qualifier]?.weights;
  if (!weights) return target;
  let chance = random();
  for (const [version, weight] of Object.entries(weights)) {
    if (chance < weight) {
      const config = configOf(target.record, version);
      return config ? { ...target, config } : target;
    }
    chance -= weight;
  }
  return target;
}
