import { ingest, telemetry } from '../composition';
import { makeIngestHandler } from './ingest';

export const handler = makeIngestHandler({
  ingest: ingest(),
  telemetry: telemetry('ingest-users'),
  now: () => performance.now(),
});
