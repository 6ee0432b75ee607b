import type { Effects, Inbox, Redelivery } from './ports';

/** What one run can take (500 calls of ten messages); the next run takes the rest. */
const MOST_A_RUN = 5_000;

/**
 * Sends parked events whose time is up to their ingest, to be decided a last time. An item stays in the Inbox until that
 * is done, so a run that dies, or a message that is lost, is made up for by the next run.
 */
export function makeSweepInbox(ports: {
  readonly inbox: Pick<Inbox, 'expired'>;
  readonly redelivery: Redelivery;
  readonly effects: Pick<Effects, 'now'>;
}) {
  return async (): Promise<number> => {
    const expired = await ports.inbox.expired(ports.effects.now(), MOST_A_RUN);
    if (expired.length > 0) await ports.redelivery.redeliver(expired, { last: true });
    return expired.length;
  };
}
