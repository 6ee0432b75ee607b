import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type Aggregate, aggregateOf } from '../application/catalogue';
import type { Effects, InboxItem, Redelivery } from '../application/ports';
import { batchesOf } from './batches';

/** Per SendMessageBatch, in sum (SQS quotas; older queues and emulators hold to 256 KB). */
const LIMITS = { count: 10, bytes: 256 * 1024 };
const TRIES = 4;

type Message = { readonly id: string; readonly body: string };

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
    const byQueue = new Map<string, Message[]>();
    for (const [i, item] of items.entries()) {
      const aggregate = aggregateOf(item.stream);
      if (!aggregate) throw new Error(`${item.stream} has no ingest: nothing can be parked for it`);
      const queue = this.queues()[aggregate];
      byQueue.set(queue, [...(byQueue.get(queue) ?? []), { id: String(i), body: bodyOf(item, last) }]);
    }
    for (const [queue, messages] of byQueue)
      for (const batch of batchesOf(messages, LIMITS, ({ body }) => Buffer.byteLength(body)))
        await this.send(queue, batch);
  }

  private async send(queue: string, batch: readonly Message[]): Promise<void> {
    let left = batch;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.client.send(
        new SendMessageBatchCommand({
          QueueUrl: queue,
          Entries: left.map(({ id, body }) => ({ Id: id, MessageBody: body })),
        }),
      );
      const failed = answer.Failed ?? [];
      if (failed.length === 0) return;
      if (attempt === TRIES || failed.some(({ SenderFault }) => SenderFault))
        throw new Error(
          `${queue} did not take ${failed.length} messages: ${failed[0]?.Code} ${failed[0]?.Message ?? ''}`,
        );
      const again = new Set(failed.map(({ Id }) => Id));
      left = left.filter(({ id }) => again.has(id));
      await this.effects.sleep(this.effects.random() * 50 * 2 ** attempt);
    }
  }
}

function bodyOf({ event, stream, source, id, at, parkedUntil }: InboxItem, last: boolean | undefined): string {
  return messageText({ event, parked: { stream, source, id, at, parkedUntil }, ...(last && { last }) });
}

/** JSON as SQS takes it: XML characters only; the two that JSON leaves as they are and XML has not are escaped. */
export const messageText = (body: unknown): string =>
  JSON.stringify(body).replace(/[\uFFFE\uFFFF]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
