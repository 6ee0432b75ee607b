import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetterQueue, Letter, LetterCount, LetterQueues, Wanted } from '../../application/dead-letters/queues';

/** Messages of one call (API reference of all three). */
const PER_CALL = 10;
/** A receive that waits asks all servers of the queue; one that does not may find nothing where there is something. */
const WAIT_SECONDS = 1;
/** Receives in a row that brought nothing new (SQS delivers at least once): then there is nothing more. */
const NOTHING_NEW = 3;

/** Queues of SQS, by their URLs. */
export class SqsLetterQueues implements LetterQueues {
  constructor(
    private readonly client: SQSClient,
    private readonly urls: () => Readonly<Record<DeadLetterQueue, string>>,
  ) {}

  async count(queue: DeadLetterQueue): Promise<LetterCount> {
    const { Attributes = {} } = await this.client.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.urls()[queue],
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return {
      waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      held: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  }

  async take(queue: DeadLetterQueue, { most = Number.POSITIVE_INFINITY, ids, holdSeconds }: Wanted) {
    const taken = new Map<string, Letter>();
    const isAll = () => ids !== undefined && [...ids].every((id) => taken.has(id));
    try {
      for (let idle = 0; idle < NOTHING_NEW && taken.size < most && !isAll(); ) {
        const room = Math.min(PER_CALL, most - taken.size);
        const letters = (await this.receive(queue, room, holdSeconds)).map(letterOf);
        if (letters.length === 0) return { letters: [...taken.values()], more: false };
        idle = letters.every(({ id }) => taken.has(id)) ? idle + 1 : 0;
        // The newest handle of a message is the one that counts.
        for (const letter of letters) taken.set(letter.id, letter);
      }
    } catch (error) {
      await this.giveBack(queue, [...taken.values()]);
      throw error;
    }
    return { letters: [...taken.values()], more: taken.size >= most || isAll() };
  }

  async giveBack(queue: DeadLetterQueue, letters: readonly Letter[]): Promise<void> {
    for (let from = 0; from < letters.length; from += PER_CALL)
      await this.client
        .send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl: this.urls()[queue],
            Entries: letters.slice(from, from + PER_CALL).map(({ handle }, i) => ({
              Id: String(i),
              ReceiptHandle: handle,
              VisibilityTimeout: 0,
            })),
          }),
        )
        // They come back by themselves, later.
        .catch(() => {});
  }

  async remove(queue: DeadLetterQueue, { handle }: Letter): Promise<void> {
    await this.client.send(new DeleteMessageCommand({ QueueUrl: this.urls()[queue], ReceiptHandle: handle }));
  }

  private async receive(queue: DeadLetterQueue, count: number, holdSeconds: number): Promise<readonly Message[]> {
    const { Messages = [] } = await this.client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.urls()[queue],
        MaxNumberOfMessages: count,
        WaitTimeSeconds: WAIT_SECONDS,
        VisibilityTimeout: holdSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount', 'DeadLetterQueueSourceArn'],
      }),
    );
    return Messages;
  }
}

function letterOf({ MessageId, ReceiptHandle, Body, MessageAttributes = {}, Attributes = {} }: Message): Letter {
  const { SentTimestamp, ApproximateReceiveCount, DeadLetterQueueSourceArn } = Attributes;
  return {
    id: MessageId!,
    handle: ReceiptHandle!,
    body: Body ?? '',
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).flatMap(([name, { StringValue }]) =>
        StringValue === undefined ? [] : [[name, StringValue]],
      ),
    ),
    sentAt: new Date(Number(SentTimestamp)).toISOString(),
    receives: Number(ApproximateReceiveCount),
    ...(DeadLetterQueueSourceArn !== undefined && { movedFrom: DeadLetterQueueSourceArn }),
  };
}
