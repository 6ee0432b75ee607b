import type { MessageState } from './message';

/** Chooses, among the messages of a queue that can be received, the next one. */
export interface MessageOrder {
  /** The message can be received (again). */
  add(state: MessageState): void;
  /**
   * Takes out up to `max` messages; each stays out until it is added again or removed. `random` (0 ≤ n < 1) chooses
   * others than the next ones, where the queue promises no order.
   */
  take(max: number, random?: () => number): MessageState[];
  /** The message is deleted, or will be hidden for a while without having been taken. */
  remove(state: MessageState): void;
  /** The message was taken before the last restart and is not visible yet. */
  resumeTaken(state: MessageState): void;
  readonly isEmpty: boolean;
  clear(): void;
}
