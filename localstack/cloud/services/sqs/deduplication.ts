import type { MessageStore, SentBefore } from './message-store';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html */
const INTERVAL = 5 * 60_000;

/** What a FIFO queue was sent in the last five minutes, whether or not it is still there. */
export class Deduplication {
  readonly #store: MessageStore;
  /** In the order of sending, so that the first are the first to be forgotten. */
  readonly #sent: Map<string, SentBefore>;

  constructor(store: MessageStore) {
    this.#store = store;
    this.#sent = new Map(store.sent().sort(([, a], [, b]) => a.until - b.until));
  }

  find(key: string, now: number): SentBefore | undefined {
    for (const [old, { until }] of this.#sent) {
      if (until > now) break;
      this.#sent.delete(old);
      this.#store.forgetSent(old);
    }
    return this.#sent.get(key);
  }

  remember(key: string, sent: Pick<SentBefore, 'id' | 'seq'>, now: number): void {
    const entry = { ...sent, until: now + INTERVAL };
    this.#sent.set(key, entry);
    this.#store.rememberSent(key, entry);
  }
}
