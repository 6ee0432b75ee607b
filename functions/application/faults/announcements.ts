import { subjectOf } from '../catalogue';
import type { Projector } from '../dead-letters/queues';
import type { Fact, FactPublisher } from '../ports';
import type { ProjectionDeadLetter, ProjectionDeadLetters } from '../read-models/ports';
import { systemEvent } from '../system-event';
import type { FaultAnnouncer, FaultMet } from './ports';

/** Tells the bus of each new fault. It is told before the row carries it: who dies between the two tells it again. */
export function announcedFaults(facts: FactPublisher): FaultAnnouncer {
  return { met: (fault) => told(facts, [projectionFaulted(fault)]) };
}

/** Queues dead letters, and tells the bus of each before it does. */
export function announcedDeadLetters(
  queue: Projector,
  ports: { readonly letters: ProjectionDeadLetters; readonly facts: FactPublisher; readonly now: () => Date },
): ProjectionDeadLetters {
  return {
    async send(letters) {
      const at = ports.now().toISOString();
      await told(
        ports.facts,
        letters.map((letter) => deadLettered(queue, letter, at)),
      );
      await ports.letters.send(letters);
    },
  };
}

/** The system event that a projection cannot pass an event. Its id is that of the fault, however often it is met. */
function projectionFaulted({ projection, generation, stream, version, error, since, event }: FaultMet): Fact {
  return systemEvent({
    type: 'ProjectionFaulted',
    id: `fault:${projection}:${generation}:${stream}@${version}`,
    at: since,
    subject: subjectOf(stream),
    partitionKey: stream,
    correlationId: event?.correlationId,
    causationId: event?.id,
    data: { projection, generation, stream, version, ...(event && { type: event.type }), error, since },
  });
}

/** The system event that a place stands in the dead letters. A place that comes there again is another event. */
function deadLettered(queue: Projector, { stream, version, error }: ProjectionDeadLetter, at: string): Fact {
  return systemEvent({
    type: 'DeadLettered',
    id: `dead-lettered:${queue}:${stream}@${version}:${at}`,
    at,
    subject: subjectOf(stream),
    partitionKey: stream,
    data: { queue, stream, version, error, action: `orderstream dlq list ${queue}` },
  });
}

async function told(facts: FactPublisher, batch: readonly Fact[]): Promise<void> {
  const [failure] = await facts.publish(batch);
  if (failure) throw new Error(`${batch[failure.index]?.type} was not published: ${failure.error}`);
}
