import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Aggregate } from '../application/catalogue';
import type { JsonObject } from '../application/json';
import type { InboxItem } from '../application/ports';
import type { Retries } from '../application/retry-rejected';
import type { RedeliveryQueues } from './redelivery';
import { messageText } from './send-messages';

/** Rejected events by way of SQS to the ingest of their aggregate: `{event, retried: {stream, source, id}}`. */
export class SqsRetries implements Retries {
  constructor(
    private readonly client: SQSClient,
    private readonly queues: () => RedeliveryQueues,
  ) {}

  async send(ingest: Aggregate, event: JsonObject, { stream, source, id }: InboxItem): Promise<void> {
    await this.client.send(
      new SendMessageCommand({
        QueueUrl: this.queues()[ingest],
        MessageBody: messageText({ event, retried: { stream, source, id } }),
      }),
    );
  }
}
