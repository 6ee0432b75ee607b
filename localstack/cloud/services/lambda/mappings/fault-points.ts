import type { FaultKind } from '../../../core/faults';
import type { ReceivedMessage, StreamRecord } from '../../../core/peers';
import { itemKey } from './stream-event';

/** Where mappings ask the adversary: once for each batch, before it is handed to the function. */
export const STREAM_BATCH = 'StreamBatch';
export const QUEUE_BATCH = 'QueueBatch';

/** `duplicate`: a batch that succeeded comes again. `reorder`: as far as the source allows. `latency`: it is late. */
export const BATCH_FAULTS: readonly FaultKind[] = ['duplicate', 'reorder', 'latency'];

export const mappingFaultPoints: Readonly<Record<string, readonly FaultKind[]>> = {
  [STREAM_BATCH]: BATCH_FAULTS,
  [QUEUE_BATCH]: BATCH_FAULTS,
};

/**
 * The records of some items before those of the others, as when the items were in different shards; each item keeps
 * its order. One batch still, when there is nothing to overtake.
 */
export function overtake(records: readonly StreamRecord[], random: () => number): StreamRecord[][] {
  const items = [...new Set(records.map(itemKey))];
  // The oldest record is always overtaken, and somebody has to do it: else nothing might change.
  const early = new Set(items.slice(1).filter(() => random() < 0.5));
  if (early.size === 0 && items.length > 1) early.add(items.at(-1)!);
  const isEarly = (record: StreamRecord) => early.has(itemKey(record));
  const parts = [records.filter(isEarly), records.filter((record) => !isEarly(record))];
  return parts.filter((part) => part.length > 0);
}

/** Any order that the queue may give: of a FIFO queue, each group keeps its own. */
export function shuffle(messages: readonly ReceivedMessage[], fifo: boolean, random: () => number): ReceivedMessage[] {
  const places = messages.map((_, index) => index);
  for (let at = places.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [places[at], places[other]] = [places[other]!, places[at]!];
  }
  const shuffled = places.map((place) => messages[place]!);
  if (!fifo) return shuffled;
  const groupOf = ({ attributes }: ReceivedMessage) => attributes.MessageGroupId ?? '';
  const queues = new Map<string, ReceivedMessage[]>();
  for (const message of messages) {
    const queue = queues.get(groupOf(message));
    if (queue) queue.push(message);
    else queues.set(groupOf(message), [message]);
  }
  return shuffled.map((message) => queues.get(groupOf(message))!.shift()!);
}
