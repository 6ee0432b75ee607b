import type { Clock } from '../../core/clock';
import type { Queue, Received } from './queue';

/** The receives that wait for a message. */
export class LongPolls {
  readonly #clock: Clock;
  readonly #ends = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Receives as soon as there is something, or, after `wait` milliseconds of the clock, nothing. */
  wait(queue: Queue, wait: number, receive: () => readonly Received[]): Promise<readonly Received[]> {
    return new Promise((resolve) => {
      let ended = false;
      let stop = () => {};
      const end = (received: readonly Received[]) => {
        ended = true;
        timer.cancel();
        stop();
        this.#ends.delete(endEmpty);
        resolve(received);
      };
      const endEmpty = () => end([]);
      const timer = this.#clock.after(wait, `sqs: a receive from ${queue.record.name} gives up waiting`, endEmpty);
      this.#ends.add(endEmpty);
      stop = queue.onMessage(() => {
        const received = receive();
        if (received.length > 0) end(received);
      });
      // It may have been woken before it knew how to stop that.
      if (ended) stop();
    });
  }

  /** Ends them all, with nothing. */
  stop(): void {
    for (const end of [...this.#ends]) end();
  }
}
