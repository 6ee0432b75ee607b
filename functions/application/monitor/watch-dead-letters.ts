import type { DeadLetterQueue } from '../dead-letters/queues';
import type { Fact, FactPublisher } from '../ports';
import { deadLetteredFact } from './dead-lettered-fact';
import type { Look, Looks, QueueLength, QueueLengthsByName } from './ports';
import { deadLettersIn, type WatchedQueue } from './watched-queues';

/**
 * Says on the bus which dead-letter queues have more messages than at the last look; resolves with those. What has been seen
 * is remembered behind the saying: who dies between the two says it again, under the same id.
 */
export async function watchDeadLetters(
  ports: { readonly looks: Looks; readonly facts: FactPublisher; readonly now: () => Date },
  lengths: QueueLengthsByName,
): Promise<readonly DeadLetterQueue[]> {
  const last = await ports.looks.last();
  const changed = (Object.entries(deadLettersIn) as [WatchedQueue, DeadLetterQueue][]).flatMap(([name, queue]) => {
    const before = last[name] ?? { count: 0, serial: 0 };
    const count = messagesIn(lengths[name]);
    const look: Look = { count, serial: before.serial + 1 };
    return count === before.count ? [] : [{ name, queue, before: before.count, look }];
  });
  const risen = changed.filter(({ before, look }) => look.count > before);
  await publish(
    ports.facts,
    risen.map(({ queue, before, look }) => deadLetteredFact(queue, before, look, ports.now().toISOString())),
  );
  await Promise.all(changed.map(({ name, look }) => ports.looks.remember(name, look)));
  return risen.map(({ queue }) => queue);
}

/** Who looks into a queue holds its messages: they are still there. */
export function messagesIn({ visible, inFlight, delayed }: QueueLength): number {
  return visible + inFlight + delayed;
}

async function publish(facts: FactPublisher, batch: readonly Fact[]): Promise<void> {
  if (batch.length === 0) return;
  const [failure] = await facts.publish(batch);
  if (failure) throw new Error(`DeadLettered was not published: ${failure.error}`);
}
