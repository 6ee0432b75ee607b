import { afterPrefix, integerKey, textKey } from '../../core/key';
import type { Space, Store } from '../../core/store';
import type { MessageContent, MessageState } from './message';

/** What deduplication remembers of a message for five minutes. */
export type SentBefore = { readonly id: string; readonly seq: number; readonly until: number };

/** What a receive of a FIFO queue gave under an id, for five minutes. */
export type Attempt = {
  readonly until: number;
  readonly messages: readonly { readonly seq: number; readonly nonce: string; readonly visibleAt: number }[];
};

/** The spaces that hold messages, for `reset`. */
export const MESSAGE_SPACES = ['sqs-contents', 'sqs-states', 'sqs-sent', 'sqs-attempts'];

/**
 * The messages of one queue in the store. Contents stay there; the states, which are small and change with every
 * receive, are apart from them, so that a receive does not write the body again.
 */
export class MessageStore {
  readonly #contents: Space;
  readonly #states: Space;
  readonly #sent: Space;
  readonly #attempts: Space;
  readonly #prefix: string;

  constructor(store: Store, queueKey: string) {
    this.#contents = store.space('sqs-contents');
    this.#states = store.space('sqs-states');
    this.#sent = store.space('sqs-sent');
    this.#attempts = store.space('sqs-attempts');
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

  attempts(): [id: string, attempt: Attempt][] {
    return this.#values<Attempt & { id: string }>(this.#attempts).map(([, { id, ...attempt }]) => [id, attempt]);
  }

  rememberAttempt(id: string, attempt: Attempt): void {
    this.#attempts.put(this.#prefix + textKey(id), JSON.stringify({ id, ...attempt }));
  }

  forgetAttempt(id: string): void {
    this.#attempts.remove(this.#prefix + textKey(id));
  }

  /** Removes the messages. What deduplication remembers of them stays. */
  clear(): void {
    this.#clear(this.#contents, this.#states);
  }

  /** Removes everything. */
  destroy(): void {
    this.#clear(this.#contents, this.#states, this.#sent, this.#attempts);
  }

  #clear(...spaces: readonly Space[]): void {
    for (const space of spaces) {
      for (const [key] of [...space.range(this.#range())]) space.remove(key);
    }
  }

  #values<T>(space: Space): [string, T][] {
    return [...space.range(this.#range())].map(([key, value]) => [key, JSON.parse(value) as T]);
  }

  #range() {
    return { start: this.#prefix, end: afterPrefix(this.#prefix) };
  }
}
