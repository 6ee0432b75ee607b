import type { Clock, Timer } from '../../../core/clock';

/** A wait by the clock that can be cut short. */
export class Pause {
  #timer: Timer | undefined;
  #wake: (() => void) | undefined;

  /** `onWake` runs in the same turn as the timer, before the promise resolves. */
  wait(clock: Clock, ms: number, label: string, onWake: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        onWake();
        resolve();
      };
      this.#timer = clock.after(ms, label, this.#wake);
    });
  }

  cut(): void {
    this.#timer?.cancel();
    this.#wake?.();
  }
}

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 60_000;

/** Back-off of pollers: 0.2 s, 0.4 s, … up to a minute. `failures` counts from 1. */
export const backoff = (failures: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20), LONGEST_RETRY_MS);
