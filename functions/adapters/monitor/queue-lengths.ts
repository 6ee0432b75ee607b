import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueLength, QueueLengths, QueueLengthsByName } from '../../application/monitor/ports';
import type { WatchedQueue } from '../../application/monitor/watched-queues';

/** What SQS says of each queue, all of them at once: one call a queue. */
export class SqsQueueLengths implements QueueLengths {
  constructor(
    private readonly client: SQSClient,
    private readonly urls: () => Readonly<Record<WatchedQueue, string>>,
  ) {}

  async read(): Promise<QueueLengthsByName> {
    const lengths = Object.entries(this.urls()).map(
      async ([name, url]) => [name, await queueLength(this.client, url)] as const,
    );
    return Object.fromEntries(await Promise.all(lengths)) as QueueLengthsByName;
  }
}

export async function queueLength(client: SQSClient, url: string): Promise<QueueLength> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}
