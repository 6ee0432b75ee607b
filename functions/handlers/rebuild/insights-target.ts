import type { Ledger } from '../../application/insights/ledger';
import { ORDER_STREAMS, type OrderFact } from '../../application/insights/order-fact';
import type { EventStore } from '../../application/ports';
import { knownAt } from '../../application/rebuild/known-at';
import type { RebuildTarget } from '../../application/rebuild/ports';
import type { RecordedEvent } from '../../application/recorded-event';
import { countableFact, type makeCountFacts } from '../../projections/insights/count-facts';

export type InsightsTargetPorts = {
  readonly count: ReturnType<typeof makeCountFacts>;
  readonly ledger: Pick<Ledger, 'read'>;
  readonly stored: { readonly remove: NonNullable<RebuildTarget['remove']> };
  readonly events: Pick<EventStore, 'readRange'>;
};

/** Counters of what happened to orders: events are counted as the facts that they were published as, each once. */
export function insightsTarget({ count, ledger, stored, events: store }: InsightsTargetPorts): RebuildTarget {
  const reached = async (stream: string, generation: number) =>
    (await ledger.read(generation, [stream])).get(stream)?.upTo ?? 0;
  return {
    prefix: ORDER_STREAMS,
    inPlace: false,
    async take({ number, revision }, events) {
      const facts = events.flatMap(factIn);
      const { counted, failed } = await count(facts, { generation: number, revision });
      return {
        rows: counted,
        faulted: events.length - facts.length,
        failed: failed.map(({ fact, error }) => `${fact.stream}@${fact.version}: ${error}`),
      };
    },
    knownAt: (generation, asOf, events) => knownAt({ reached, events: store }, generation, asOf, events),
    remove: (generation, part, from) => stored.remove(generation, part, from),
  };
}

/** What nobody can read is not counted: live it is a dead letter, and would be the same one here. */
function factIn(event: RecordedEvent): readonly OrderFact[] {
  try {
    return [countableFact(event)];
  } catch {
    return [];
  }
}
