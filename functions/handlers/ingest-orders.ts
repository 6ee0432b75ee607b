import { ingest, telemetry } from '../composition';
import { makeIngestHandler } from './ingest';

export const handler = makeIngestHandler({
  ingest: ingest(),
  telemetry: telemetry('ingest-orders'),
  now: () => performance.now(),
});
