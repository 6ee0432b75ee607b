import { summed } from '../../application/insights/counter-sums';
import type { OrderFact } from '../../application/insights/order-fact';
import type { Counter, Increment } from '../../application/insights/ports';
import { insightsProjection } from '../../application/insights/series';
import { transitions } from '../../application/insights/transitions';
import { effectsOf, isKept, visitOf } from './effects-of';
import { foldOf, type InsightsFold } from './insights';

/**
 * What the counters of a generation have to show for these facts, by series: a plain fold over the distinct facts, without
 * marks, batches or shards. Facts of one stream have to be in one call; `addCounters` adds up calls. Windows that are over for
 * so long that they are not kept at `now` are left out, as readers leave them out.
 */
export function expectedCounters(
  facts: Iterable<OrderFact>,
  now: Date,
  revision: number = insightsProjection.revision,
): Counters {
  const fold = foldOf(revision);
  const streams = new Map<string, Map<number, OrderFact>>();
  for (const fact of facts) {
    const versions = streams.get(fact.stream) ?? new Map<number, OrderFact>();
    streams.set(fact.stream, versions);
    if (!versions.has(fact.version)) versions.set(fact.version, fact);
  }
  const increments = [...streams.values()].flatMap((versions) => ofStream(fold, [...versions.values()], now));
  const rows = new Map<string, Counter[]>();
  for (const { series, key, add } of increments) {
    const row = { key, values: add };
    const there = rows.get(series);
    if (there) there.push(row);
    else rows.set(series, [row]);
  }
  return new Map([...rows].map(([series, counted]) => [series, summed(counted)]));
}

/** Counters by their series, in the order of their keys. */
export type Counters = ReadonlyMap<string, readonly Counter[]>;

export function addCounters(one: Counters, other: Counters): Counters {
  const all = [...new Set([...one.keys(), ...other.keys()])];
  return new Map(all.map((series) => [series, summed([...(one.get(series) ?? []), ...(other.get(series) ?? [])])]));
}

function ofStream(fold: InsightsFold, facts: readonly OrderFact[], now: Date): readonly Increment[] {
  const inOrder = [...facts].sort((one, other) => one.version - other.version);
  return [...inOrder.flatMap((fact) => effectsOf(fold, fact, [], now)), ...passages(fold, inOrder, now)];
}

/** Only between versions that follow each other: what is missing between two may have been any state. */
function passages({ ofPassages }: InsightsFold, facts: readonly OrderFact[], now: Date): readonly Increment[] {
  return facts
    .flatMap((fact, index) => {
      const before = facts[index - 1];
      if (fact.version === 1) return transitions([visitOf(fact)]);
      if (before?.version !== fact.version - 1) return [];
      return transitions([visitOf(before), visitOf(fact)]).slice(1);
    })
    .flatMap((one) => ofPassages(one))
    .filter((one) => isKept(one, now));
}
