import type { CounterWriter } from '../insights/ports';
import type { Fact, FactPublisher } from '../ports';
import type { Telemetry } from '../telemetry';
import { monitorTotal } from './ports';

/**
 * Counts the facts that the bus takes, one write for a batch. It is made beside the publishing, of all of them, so that the
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
      const counted = count(batch.length);
      let taken = 0;
      try {
        const untaken = await facts.publish(batch);
        taken = batch.length - untaken.length;
        return untaken;
      } finally {
        await counted;
        await count(taken - batch.length);
      }
    },
  };
}
