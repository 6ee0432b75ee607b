import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Effects } from '../application/ports';
import { batchesOf } from './batches';

/** Per SendMessageBatch, in sum (SQS quotas; older queues and emulators hold to 256 KB). */
const LIMITS = { count: 10, bytes: 256 * 1024 };
const TRIES = 4;

type Message = { readonly id: string; readonly body: string; readonly delaySeconds?: number };

/**
 * Sends messages to a queue, ten a call, one call after another. Entries that fail for a passing reason are sent again;
 * throws when some are not taken. Ids are told apart within the call only.
 */
export async function sendMessages(
  client: SQSClient,
  queue: string,
  messages: readonly Message[],
  effects: Pick<Effects, 'random' | 'sleep'>,
): Promise<void> {
  for (const batch of batchesOf(messages, LIMITS, ({ body }) => Buffer.byteLength(body)))
    await sendBatch(client, queue, batch, effects);
}

async function sendBatch(
  client: SQSClient,
  queue: string,
  batch: readonly Message[],
  effects: Pick<Effects, 'random' | 'sleep'>,
): Promise<void> {
  let left = batch;
  for (let attempt = 1; ; attempt++) {
    const answer = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queue,
        Entries: left.map(({ id, body, delaySeconds }) => ({
          Id: id,
          MessageBody: body,
          ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
        })),
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
    await effects.sleep(effects.random() * 50 * 2 ** attempt);
  }
}

/** JSON as SQS takes it: XML characters only; the two that JSON leaves as they are and XML has not are escaped. */
export const messageText = (body: unknown): string =>
  JSON.stringify(body).replace(/[\uFFFE\uFFFF]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
