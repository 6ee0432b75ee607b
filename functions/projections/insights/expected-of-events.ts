import type { OrderFact } from '../../application/insights/order-fact';
import type { RecordedEvent } from '../../application/recorded-event';
import { countableFact } from './count-facts';
import { type Counters, expectedCounters } from './expected-counters';

/** `expectedCounters` of the events of whole streams. What is no step of an order is not counted, here as elsewhere. */
export function expectedOfEvents(events: readonly RecordedEvent[], now: Date, revision: number): Counters {
  return expectedCounters(events.flatMap(factsOf), now, revision);
}

function factsOf(event: RecordedEvent): readonly OrderFact[] {
  try {
    return [countableFact(event)];
  } catch {
    return [];
  }
}
