import { createHash } from 'node:crypto';
import { textKey } from '../../core/key';
import type { CloudContext } from '../../core/service';
import type { Space } from '../../core/store';
import { type NewMessage, textFor } from './message';
import type { TopicRecord } from './topic-record';

/** https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html */
const INTERVAL = 5 * 60_000;

type Sent = { readonly id: string; readonly sequenceNumber: string; readonly until: number };

/** What was published to FIFO topics in the last five minutes. */
export class Deduplication {
  readonly #clock: CloudContext['clock'];
  readonly #space: Space;
  /** In the order of publishing, so that the first are the first to be forgotten. */
  readonly #sent: Map<string, Sent>;

  constructor({ clock, store }: Pick<CloudContext, 'clock' | 'store'>) {
    this.#clock = clock;
    this.#space = store.space('sns-deduplication');
    const stored = [...this.#space.range({})].map(([key, value]) => [key, JSON.parse(value) as Sent] as const);
    this.#sent = new Map(stored.sort(([, a], [, b]) => a.until - b.until));
  }

  find(key: string): Sent | undefined {
    const now = this.#clock.now();
    for (const [old, { until }] of this.#sent) {
      if (until > now) break;
      this.#sent.delete(old);
      this.#space.remove(old);
    }
    return this.#sent.get(key);
  }

  remember(key: string, { id, sequenceNumber }: Omit<Sent, 'until'>): void {
    const sent = { id, sequenceNumber, until: this.#clock.now() + INTERVAL };
    this.#sent.set(key, sent);
    this.#space.put(key, JSON.stringify(sent));
  }
}

/** The id that stands for a message: the one given, or the hash of its text. */
export const deduplicationIdOf = (message: NewMessage): string =>
  message.deduplicationId ?? createHash('sha256').update(textFor(message, 'default')).digest('hex');

/** Of messages with the same key only one is delivered. */
export function deduplicationKey(topic: TopicRecord, deduplicationId: string, groupId: string | undefined): string {
  const scope = topic.attributes.FifoThroughputScope === 'MessageGroup' ? (groupId ?? '') : '';
  return [topic.arn, scope, deduplicationId].map(textKey).join('');
}
