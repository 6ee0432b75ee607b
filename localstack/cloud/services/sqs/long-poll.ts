import type { Clock } from '../../core/clock';
import type { Queue, Received } from './queue';

/** Receives as soon as there is something, or, after `wait` milliseconds of the clock, nothing. */
export function longPoll(
  queue: Queue,
  clock: Clock,
  wait: number,
  receive: () => readonly Received[],
): Promise<readonly Received[]> {
  return new Promise((resolve) => {
    let stop = () => {};
    const end = (received: readonly Received[]) => {
      timer.cancel();
      stop();
      resolve(received);
    };
    const timer = clock.after(wait, `sqs: a receive from ${queue.record.name} gives up waiting`, () => end([]));
    stop = queue.onMessage(() => {
      const received = receive();
      if (received.length > 0) end(received);
    });
  });
}
