import { type Decoded, decodeEvent } from './decode-event';

/**
 * Reads what was delivered, opened if it was sealed. `envelope` is what it was delivered as, or what was sealed in it: what
 * the Inbox is to keep of it.
 */
export type OpenDelivery = (envelope: unknown) => Promise<{ readonly envelope: unknown; readonly decoded: Decoded }>;

/** Where nothing is sealed. */
export const plainDelivery: OpenDelivery = async (envelope) => ({ envelope, decoded: decodeEvent(envelope) });
