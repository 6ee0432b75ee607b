import { canonicalType, catalogueEntry, type EventType } from './catalogue';
import type { Inbox, InboxItem, Redelivery } from './ports';
import type { RecordedEvent } from './recorded-event';

type Appended = Pick<RecordedEvent, 'stream' | 'version' | 'type'>;

/**
 * Redelivers what became due by these appended events: those parked behind their versions, and whatever is parked
 * for a stream that one of them has closed (a cancelled order will never reach the version that its shipment waits
 * for). At least once: call it for every batch of the event stream, and again when it failed.
 */
export function makeReleaseParked(deps: { readonly inbox: Inbox; readonly redelivery: Redelivery }) {
  return async (appended: readonly Appended[]): Promise<number> => {
    const streams = [...new Set(appended.map(({ stream }) => stream))];
    const due = await Promise.all(
      streams.map(async (stream) => {
        const events = appended.filter((event) => event.stream === stream);
        const parked = await deps.inbox.parked(stream);
        return parked.filter((item) => events.some((event) => isDue(item, event)));
      }),
    );
    const items = due.flat();
    if (items.length > 0) await deps.redelivery.redeliver(items);
    return items.length;
  };
}

/** Whether `event`, just appended to the stream that `item` is parked for, lets `item` be decided. */
export function isDue(item: Pick<InboxItem, 'dueAtVersion'>, event: Appended): boolean {
  return (item.dueAtVersion ?? 0) <= event.version || closesStream(event.type);
}

const closesStream = (name: string): boolean => {
  const type: EventType | undefined = canonicalType(name);
  return type !== undefined && catalogueEntry(type).closes === true;
};
