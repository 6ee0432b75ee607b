import { ORDER_STREAMS } from '../insights/order-fact';
import type { CounterWriter } from '../insights/ports';
import type { Fact, FactPublisher } from '../ports';
import type { Telemetry } from '../telemetry';
import { monitorTotal } from './ports';

/**
 * Counts the facts that the bus takes and the insights subscribe to, those of orders: others have nobody who would count them
 * as processed, and could only spoil the success rate. One write for a batch; it is made beside the publishing, of all of them, so that the
 * batch does not wait for it; what the bus then would not take is taken off again. A count that cannot be written is lost,
 * and the log says so: no fact fails for it.
 */
export function countedFacts(
  facts: FactPublisher,
  counters: CounterWriter,
  telemetry: Pick<Telemetry, 'warn'>,
): FactPublisher {
  const count = async (published: number): Promise<void> => {
    if (published === 0) return;
    try {
      await counters.add(0, [{ ...monitorTotal, add: { published } }]);
    } catch (error) {
      telemetry.warn('published facts are not in events_published', { published, error: String(error) });
    }
  };
  return {
    publish: async (batch: readonly Fact[]) => {
      const hopedFor = batch.filter(isMeasured).length;
      const counted = count(hopedFor);
      let taken = 0;
      try {
        const untaken = await facts.publish(batch);
        const indexes = new Set(untaken.map(({ index }) => index));
        taken = batch.filter((fact, index) => isMeasured(fact) && !indexes.has(index)).length;
        return untaken;
      } finally {
        await counted;
        await count(taken - hopedFor);
      }
    },
  };
}

const isMeasured = ({ detail: { partitionkey } }: Fact): boolean =>
  typeof partitionkey === 'string' && partitionkey.startsWith(ORDER_STREAMS);
