import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Aggregate } from '../../application/catalogue';
import type { ReturnQueues } from '../../application/dead-letters/onward';
import type { Projector } from '../../application/dead-letters/queues';
import type { JsonObject } from '../../application/json';
import type { Effects } from '../../application/ports';
import type { Place } from '../../application/read-models/feed-row';
import type { RedriveQueues } from '../../application/replay/catch-up';
import type { RedeliveryQueues } from '../redelivery';
import { messageText, sendMessages } from '../send-messages';

export type ReturnUrls = {
  readonly ingests: RedeliveryQueues;
  readonly projectors: Readonly<Record<Projector, string>>;
  readonly subscribers: Readonly<Record<'insights' | 'rebuild', string>>;
};

/** The queues by which what could not be passed comes again; of a place the message is `{"stream", "version"}`. */
export class SqsReturnQueues implements ReturnQueues, RedriveQueues {
  constructor(
    private readonly client: SQSClient,
    private readonly urls: () => ReturnUrls,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  async toIngest(ingest: Aggregate, message: JsonObject): Promise<void> {
    await this.sendOne(this.urls().ingests[ingest], messageText(message));
  }

  async toSubscriber(queue: 'insights' | 'rebuild', body: string): Promise<void> {
    await this.sendOne(this.urls().subscribers[queue], body);
  }

  async send(projector: Projector, places: readonly Place[]): Promise<void> {
    const messages = places.map(({ stream, version }, i) => ({
      id: String(i),
      body: messageText({ stream, version }),
    }));
    await sendMessages(this.client, this.urls().projectors[projector], messages, this.effects);
  }

  private async sendOne(queue: string, body: string): Promise<void> {
    await this.client.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: body }));
  }
}
