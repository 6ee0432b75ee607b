import type { OrderFact } from '../../application/insights/order-fact';
import type { Increment } from '../../application/insights/ports';
import type { Passage, Visit } from '../../application/insights/transitions';
import type { InsightsFold } from './insights';

export const visitOf = ({ to, at }: OrderFact): Visit => ({ state: to, at });

/** All that a fact adds, with the passages that are known by it. What would be gone already is left out. */
export function effectsOf(
  { ofFacts, ofPassages }: InsightsFold,
  fact: OrderFact,
  passages: readonly Passage[],
  now: Date,
): readonly Increment[] {
  return [...ofFacts(fact), ...passages.flatMap((one) => ofPassages(one))].filter((one) => isKept(one, now));
}

export const isKept = ({ expires }: Increment, now: Date): boolean =>
  expires === undefined || expires.getTime() > now.getTime();
