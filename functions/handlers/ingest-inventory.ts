import { ingestHandler } from './ingest/composed';

export const handler = ingestHandler('ingest-inventory');
