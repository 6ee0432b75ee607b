import { afterPrefix, integerKey, textKey } from '../../core/key';
import type { Space, Store } from '../../core/store';
import type { MessageContent, MessageState } from './message';

/** What deduplication remembers of a message for five minutes. */
export type SentBefore = { readonly id: string; readonly seq: number; readonly until: number };

/**
 * The messages of one queue in the store. Contents stay there; the states, which are small and change with every
 * receive, are apart from them, so that a receive does not write the body again.
 */
export class MessageStore {
  readonly #contents: Space;
  readonly #states: Space;
  readonly #sent: Space;
  readonly #prefix: string;

  constructor(store: Store, queueKey: string) {
    this.#contents = store.space('sqs-contents');
    this.#states = store.space('sqs-states');
    this.#sent = store.space('sqs-sent');
    this.#prefix = textKey(queueKey);
  }

  states(): MessageState[] {
    return this.#values<MessageState>(this.#states).map(([, state]) => state);
  }

  content(seq: number): MessageContent {
    const text = this.#contents.get(this.#prefix + integerKey(seq));
    if (text === undefined) throw new Error(`no content for message ${seq}`);
    return JSON.parse(text) as MessageContent;
  }

  add(state: MessageState, content: MessageContent): void {
    this.#contents.put(this.#prefix + integerKey(state.seq), JSON.stringify(content));
    this.update(state);
  }

  update(state: MessageState): void {
    this.#states.put(this.#prefix + integerKey(state.seq), JSON.stringify(state));
  }

  remove(seq: number): void {
    this.#contents.remove(this.#prefix + integerKey(seq));
    this.#states.remove(this.#prefix + integerKey(seq));
  }

  sent(): [deduplicationKey: string, sent: SentBefore][] {
    return this.#values<SentBefore & { key: string }>(this.#sent).map(([, { key, ...sent }]) => [key, sent]);
  }

  rememberSent(key: string, sent: SentBefore): void {
    this.#sent.put(this.#prefix + textKey(key), JSON.stringify({ key, ...sent }));
  }

  forgetSent(key: string): void {
    this.#sent.remove(this.#prefix + textKey(key));
  }

  clear(): void {
    for (const space of [this.#contents, this.#states, this.#sent]) {
      for (const [key] of this.#values(space)) space.remove(key);
    }
  }

  #values<T>(space: Space): [string, T][] {
    const range = { start: this.#prefix, end: afterPrefix(this.#prefix) };
    return [...space.range(range)].map(([key, value]) => [key, JSON.parse(value) as T]);
  }
}
