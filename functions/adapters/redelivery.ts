import type { SQSClient } from '@aws-sdk/client-sqs';
import { type Aggregate, aggregateOf } from '../application/catalogue';
import type { Effects, InboxItem, Redelivery } from '../application/ports';
import { messageText, sendMessages } from './send-messages';

/** The redelivery queue of each ingest. */
export type RedeliveryQueues = Readonly<Record<Aggregate, string>>;

/**
 * Parked events by way of SQS to the ingest of their aggregate: `{event: <as it came>, parked: {…}, last?}`.
 */
export class SqsRedelivery implements Redelivery {
  constructor(
    private readonly client: SQSClient,
    private readonly queues: () => RedeliveryQueues,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  async redeliver(items: readonly InboxItem[], { last }: { readonly last?: boolean } = {}): Promise<void> {
    const byQueue = new Map<string, { id: string; body: string }[]>();
    for (const [i, item] of items.entries()) {
      const aggregate = aggregateOf(item.stream);
      if (!aggregate) throw new Error(`${item.stream} has no ingest: nothing can be parked for it`);
      const queue = this.queues()[aggregate];
      byQueue.set(queue, [...(byQueue.get(queue) ?? []), { id: String(i), body: bodyOf(item, last) }]);
    }
    for (const [queue, messages] of byQueue) await sendMessages(this.client, queue, messages, this.effects);
  }
}

function bodyOf({ event, stream, source, id, at, parkedUntil }: InboxItem, last: boolean | undefined): string {
  return messageText({ event, parked: { stream, source, id, at, parkedUntil }, ...(last && { last }) });
}
