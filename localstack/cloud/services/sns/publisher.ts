import { uuid } from '../../core/ids';
import { textKey } from '../../core/key';
import type { CloudContext } from '../../core/service';
import type { Space } from '../../core/store';
import { Deduplication, deduplicationIdOf, deduplicationKey } from './deduplication';
import type { Deliveries } from './deliveries';
import type { Message, NewMessage } from './message';
import { isFifo, type TopicRecord } from './topic-record';
import type { Topics } from './topics';

export type Published = { readonly id: string; readonly sequenceNumber?: string };

/** Gives messages their numbers, and each to the subscriptions that want it. Synchronous, hence atomic. */
export class Publisher {
  readonly #context: CloudContext;
  readonly #topics: Topics;
  readonly #deliveries: Deliveries;
  readonly #deduplication: Deduplication;
  readonly #sequences: Space;

  constructor(context: CloudContext, topics: Topics, deliveries: Deliveries) {
    this.#context = context;
    this.#topics = topics;
    this.#deliveries = deliveries;
    this.#deduplication = new Deduplication(context);
    this.#sequences = context.store.space('sns-sequences');
  }

  publish(topic: TopicRecord, message: NewMessage): Published {
    const publishedAt = this.#context.clock.now();
    if (!isFifo(topic)) {
      const id = uuid();
      this.#send(topic, { ...message, id, publishedAt });
      return { id };
    }
    const deduplicationId = deduplicationIdOf(message);
    const key = deduplicationKey(topic, deduplicationId, message.groupId);
    const before = this.#deduplication.find(key);
    if (before) return before;
    const published = { id: uuid(), sequenceNumber: this.#nextNumber(topic) };
    this.#deduplication.remember(key, published);
    this.#send(topic, { ...message, ...published, deduplicationId, publishedAt });
    return published;
  }

  #send(topic: TopicRecord, message: Message): void {
    for (const subscription of this.#topics.subscriptionsOf(topic.arn)) {
      if (!this.#topics.filterOf(subscription)(message, subscription.protocol)) continue;
      this.#deliveries.send(subscription, message);
    }
  }

  #nextNumber({ arn }: TopicRecord): string {
    const number = Number(this.#sequences.get(textKey(arn)) ?? 0) + 1;
    this.#sequences.put(textKey(arn), String(number));
    return String(10_000_000_000_000_000_000n + BigInt(number));
  }
}
