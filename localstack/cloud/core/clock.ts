/** A pending callback. `label` says what it is for; `idle()` shows it to people. */
export interface Timer {
  readonly dueAt: number;
  readonly label: string;
  cancel(): void;
}

type Entry = Timer & { readonly order: number; readonly run: () => void };

/**
 * The only source of time in the local cloud: no service calls `Date.now` or `setTimeout`.
 *
 * A running clock follows the machine's. A manual one stands still until it is advanced. Both can be advanced:
 * everything that becomes due then happens in the order of its due time, as if that time had really passed.
 */
export class Clock {
  readonly #manual: boolean;
  #offset: number;
  #order = 0;
  readonly #entries = new Set<Entry>();
  #alarm: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `startAt`: milliseconds since 1970; a manual clock stands there until it is advanced. */
  constructor(options: { manual?: boolean; startAt?: number } = {}) {
    this.#manual = options.manual ?? false;
    const start = options.startAt ?? Date.now();
    this.#offset = this.#manual ? start : start - Date.now();
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#manual ? this.#offset : Date.now() + this.#offset;
  }

  /** Runs `run` once, `ms` milliseconds from now. A timer never keeps the process alive. */
  after(ms: number, label: string, run: () => void): Timer {
    const entry: Entry = {
      dueAt: this.now() + Math.max(0, ms),
      label,
      order: this.#order++,
      run,
      cancel: () => {
        if (this.#entries.delete(entry)) this.#setAlarm();
      },
    };
    this.#entries.add(entry);
    this.#setAlarm();
    return entry;
  }

  /** What is still to come, soonest first. */
  pending(): Timer[] {
    return [...this.#entries].sort(byDueTime);
  }

  /** Whether something is due at the clock's now and has not run yet. */
  hasDue(): boolean {
    const now = this.now();
    for (const entry of this.#entries) if (entry.dueAt <= now) return true;
    return false;
  }

  /**
   * Moves time forward by `ms`. Stops at each due time on the way, runs what is due there and waits for `settle`
   * (usually the cloud's `idle`), so that its consequences see that time and not a later one.
   */
  async advance(ms: number, settle: () => Promise<void> = async () => {}): Promise<void> {
    const target = this.now() + ms;
    await settle();
    for (;;) {
      const next = this.pending()[0];
      if (!next || next.dueAt > target) break;
      this.#offset += Math.max(0, next.dueAt - this.now());
      this.#runDue();
      await settle();
    }
    this.#offset += Math.max(0, target - this.now());
    this.#setAlarm();
  }

  /** Forgets every timer; nothing runs after this. */
  stop(): void {
    this.#stopped = true;
    this.#entries.clear();
    clearTimeout(this.#alarm);
  }

  #runDue(): void {
    const now = this.now();
    for (const entry of [...this.#entries].filter((e) => e.dueAt <= now).sort(byDueTime)) {
      // An earlier callback may have cancelled this one.
      if (this.#entries.delete(entry)) entry.run();
    }
    this.#setAlarm();
  }

  #setAlarm(): void {
    clearTimeout(this.#alarm);
    if (this.#stopped || this.#entries.size === 0) return;
    let soonest = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries) soonest = Math.min(soonest, entry.dueAt);
    const wait = soonest - this.now();
    // A manual clock runs by itself only what is due already ("in no time"), never what lies ahead.
    if (this.#manual && wait > 0) return;
    // setTimeout counts in 31 bits; a longer wait is set again when it ends.
    this.#alarm = setTimeout(() => this.#runDue(), Math.min(Math.max(0, wait), 2 ** 31 - 1));
    this.#alarm.unref();
  }
}

function byDueTime(a: Entry | Timer, b: Entry | Timer): number {
  return a.dueAt - b.dueAt || ((a as Entry).order ?? 0) - ((b as Entry).order ?? 0);
}
