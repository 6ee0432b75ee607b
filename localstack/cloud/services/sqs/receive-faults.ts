import type { Faults } from '../../core/faults';
import type { MessageState } from './message';

/** What the adversary does when messages of a standard queue are received. FIFO queues keep what they promise. */
export class ReceiveFaults {
  readonly #faults: Faults;
  readonly #queueArn: string;

  constructor(faults: Faults, queueArn: string) {
    this.#faults = faults;
    this.#queueArn = queueArn;
  }

  /** Chooses what is received instead of the oldest messages. One occasion for each receive that has something to give. */
  reordering(caller: string): (() => number) | undefined {
    return this.#faults.at(this.#occasion(caller), ['reorder'])?.random;
  }

  /** Whether the message stays receivable although it is being received; at most once in its life. */
  duplicates(state: MessageState, caller: string): boolean {
    return !state.duplicated && this.#faults.at(this.#occasion(caller), ['duplicate']) !== undefined;
  }

  get active(): boolean {
    return this.#faults.active;
  }

  #occasion(caller: string) {
    return { service: 'sqs', operation: 'Receive', target: this.#queueArn, caller };
  }
}
