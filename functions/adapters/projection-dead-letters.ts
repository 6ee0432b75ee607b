import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ProjectionDeadLetter, ProjectionDeadLetters } from '../application/read-models/ports';

/** SendMessageBatch takes no more entries (API reference). */
const lettersPerCall = 10;

/** A projector's own dead-letter queue; the body of a message is `{"stream", "version", "error"}`. */
export class SqsProjectionDeadLetters implements ProjectionDeadLetters {
  constructor(
    private readonly client: SQSClient,
    private readonly queueUrl: () => string,
  ) {}

  async send(letters: readonly ProjectionDeadLetter[]): Promise<void> {
    for (let from = 0; from < letters.length; from += lettersPerCall) {
      const answer = await this.client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.queueUrl(),
          Entries: letters.slice(from, from + lettersPerCall).map(({ stream, version, error }, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify({ stream, version, error }),
          })),
        }),
      );
      const [failed] = answer.Failed ?? [];
      if (failed) throw new Error(`${answer.Failed?.length} dead letters were not queued: ${failed.Message}`);
    }
  }
}
