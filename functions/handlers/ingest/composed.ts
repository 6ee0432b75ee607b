import { systemEffects } from '../../adapters/system-effects';
import { makeIngest } from '../../application/ingest';
import {
  environment,
  eventStore,
  factPublisher,
  inbox,
  line,
  openDelivery,
  planner,
  telemetry,
} from '../../composition';
import { makeIngestHandler } from './ingest-handler';

const DAY = 24 * 60 * 60 * 1000;

/** The ingests differ in what their rules and queues send them, in name and in rights; not in what they do. */
export function ingestHandler(service: string) {
  const ingest = makeIngest({
    events: eventStore(),
    planner: planner(),
    line: line(),
    inbox: inbox(),
    openDelivery: openDelivery(),
    facts: factPublisher(),
    effects: systemEffects,
    parkForMs: environment.parkForDays() * DAY,
  });
  return makeIngestHandler({ ingest, telemetry: telemetry(service), now: () => performance.now() });
}
