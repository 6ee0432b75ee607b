import { ORDER_STREAMS } from '../insights/order-fact';
import type { Fact, FactPublisher } from '../ports';
import type { PublishedTally } from './ports';

/** Takes off the tally what the bus would not take: facts are counted as published beside their publishing, all of them. */
export function countedFacts(facts: FactPublisher, tally: PublishedTally): FactPublisher {
  return {
    publish: async (batch: readonly Fact[]) => {
      const untaken = await facts.publish(batch);
      tally.takeOff(untaken.filter(({ index }) => isOfOrder(batch[index])).length);
      return untaken;
    },
  };
}

function isOfOrder(fact: Fact | undefined): boolean {
  const stream = fact?.detail.partitionkey;
  return typeof stream === 'string' && stream.startsWith(ORDER_STREAMS);
}
