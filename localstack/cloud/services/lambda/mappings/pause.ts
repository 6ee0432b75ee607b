import type { Activity } from '../../../core/activity';
import type { Clock, Timer } from '../../../core/clock';

/** A wait by the clock that can be cut short. */
class Pause {
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

/** A piece of work that is in flight, except while it waits for the clock. */
export class Work {
  readonly #activity: Activity;
  readonly #label: string;
  readonly #pause = new Pause();
  #end: () => void;

  constructor(activity: Activity, label: string) {
    this.#activity = activity;
    this.#label = label;
    this.#end = activity.begin(label);
  }

  wait(clock: Clock, ms: number, label: string): Promise<void> {
    this.#end();
    return this.#pause.wait(clock, ms, label, () => {
      this.#end = this.#activity.begin(this.#label);
    });
  }

  /** Ends a wait before its time. */
  hurry(): void {
    this.#pause.cut();
  }

  end(): void {
    this.#end();
  }
}

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 60_000;

/** Back-off of pollers: 0.2 s, 0.4 s, … up to a minute. `failures` counts from 1. */
export const backoff = (failures: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20), LONGEST_RETRY_MS);
