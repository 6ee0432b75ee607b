import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Effects } from '../../application/ports';
import type { Part, RebuildQueue } from '../../application/rebuild/ports';
import { sendMessages } from '../send-messages';

/** Parts by way of SQS to the workers, one a message: `{projection, generation, task, segment}`. */
export class SqsRebuildQueue implements RebuildQueue {
  constructor(
    private readonly client: SQSClient,
    private readonly url: () => string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  async send(parts: readonly Part[], delaySeconds: number): Promise<void> {
    const messages = parts.map(({ projection, generation, task, segment }, i) => ({
      id: String(i),
      body: JSON.stringify({ projection, generation, task, segment }),
      delaySeconds,
    }));
    await sendMessages(this.client, this.url(), messages, this.effects);
  }
}

/** The part that a message names; throws when it names none. */
export function partIn(body: string): Part {
  const { projection, generation, task, segment } = JSON.parse(body) as Partial<Part>;
  const isPart =
    typeof projection === 'string' &&
    isWhole(generation) &&
    isWhole(segment) &&
    (task === 'build' || task === 'remove');
  if (isPart) return { projection, generation, task, segment };
  throw new Error(`not a part of a rebuild: ${body.slice(0, 200)}; expected {projection, generation, task, segment}`);
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
