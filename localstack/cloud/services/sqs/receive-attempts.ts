import type { MessageState } from './message';
import type { Attempt, MessageStore } from './message-store';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const INTERVAL = 5 * 60_000;

/** What receives of a FIFO queue gave under a `ReceiveRequestAttemptId`, for callers that did not get the answer. */
export class ReceiveAttempts {
  readonly #store: MessageStore;
  /** In the order of time, so that the first are the first to be forgotten. */
  readonly #attempts: Map<string, Attempt>;

  constructor(store: MessageStore) {
    this.#store = store;
    this.#attempts = new Map(store.attempts().sort(([, a], [, b]) => a.until - b.until));
  }

  /** The messages of that attempt; undefined when it was too long ago, or when something has happened to one of them. */
  find(id: string, now: number, stateOf: (seq: number) => MessageState | undefined): MessageState[] | undefined {
    for (const [old, { until }] of this.#attempts) {
      if (until > now) break;
      this.#attempts.delete(old);
      this.#store.forgetAttempt(old);
    }
    const states: MessageState[] = [];
    for (const { seq, nonce, visibleAt } of this.#attempts.get(id)?.messages ?? []) {
      const state = stateOf(seq);
      if (!state || state.nonce !== nonce || state.visibleAt !== visibleAt || visibleAt <= now) return undefined;
      states.push(state);
    }
    return states.length > 0 ? states : undefined;
  }

  /** `again`: the interval goes on from the first time. */
  remember(id: string, states: readonly MessageState[], now: number, again: boolean): void {
    if (states.length === 0) return;
    const until = (again && this.#attempts.get(id)?.until) || now + INTERVAL;
    const messages = states.map(({ seq, nonce = '', visibleAt }) => ({ seq, nonce, visibleAt }));
    if (!again) this.#attempts.delete(id);
    this.#attempts.set(id, { until, messages });
    this.#store.rememberAttempt(id, { until, messages });
  }
}
