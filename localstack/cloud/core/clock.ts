import { Heap } from './heap';

/** A pending callback. `label` says what it is for; `idle()` shows it to people. */
export interface Timer {
  readonly dueAt: number;
  readonly label: string;
  cancel(): void;
}

type Entry = Timer & { readonly order: number; readonly run: () => void; waiting: boolean };

/**
 * The only source of time in the local cloud: no service calls `Date.now` or `setTimeout`.
 *
 * A running clock follows the machine's. A manual one stands still until it is advanced. Both can be advanced:
 * everything that becomes due then happens in the order of its due time, as if that time had really passed.
 */
export class Clock {
  readonly manual: boolean;
  /** A running clock: how far it is ahead of the machine's. A manual one: its time. */
  #offset: number;
  #order = 0;
  /** Cancelled entries stay until they come up, or until they are the most. */
  #entries = new Heap<Entry>(isSooner);
  #cancelled = 0;
  #alarm: NodeJS.Timeout | undefined;
  #alarmAt = Number.POSITIVE_INFINITY;
  #stopped = false;

  /** `startAt`: milliseconds since 1970; a manual clock stands there until it is advanced. */
  constructor(options: { manual?: boolean; startAt?: number } = {}) {
    this.manual = options.manual ?? false;
    const start = options.startAt ?? Date.now();
    this.#offset = this.manual ? start : start - Date.now();
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.manual ? this.#offset : Date.now() + this.#offset;
  }

  /** How far this clock is ahead of the machine's, in milliseconds. */
  get ahead(): number {
    return this.manual ? this.#offset - Date.now() : this.#offset;
  }

  /** Puts the clock to another time without running anything on the way: only while no timer is pending. */
  set(now: number): void {
    if (this.#next()) throw new Error(`the clock cannot jump while "${this.#next()!.label}" is pending`);
    this.#offset = this.manual ? now : now - Date.now();
  }

  /** Runs `run` once, `ms` milliseconds from now. A timer never keeps the process alive. */
  after(ms: number, label: string, run: () => void): Timer {
    const entry: Entry = {
      dueAt: this.now() + Math.max(0, ms),
      label,
      order: this.#order++,
      run,
      waiting: true,
      cancel: () => this.#cancel(entry),
    };
    this.#entries.push(entry);
    if (entry.dueAt < this.#alarmAt) this.#setAlarm();
    return entry;
  }

  /** What is still to come, soonest first. */
  pending(): Timer[] {
    return [...this.#entries].filter(({ waiting }) => waiting).sort((a, b) => (isSooner(a, b) ? -1 : 1));
  }

  /** Whether something is due at the clock's now and has not run yet. */
  hasDue(): boolean {
    const next = this.#next();
    return next !== undefined && next.dueAt <= this.now();
  }

  /**
   * Moves time forward by `ms`. Stops at each due time on the way, runs what is due there and waits for `settle`
   * (usually the cloud's `idle`), so that its consequences see that time and not a later one.
   */
  async advance(ms: number, settle: () => Promise<void> = async () => {}): Promise<void> {
    const target = this.now() + ms;
    await settle();
    for (let next = this.#next(); next && next.dueAt <= target; next = this.#next()) {
      this.#offset += Math.max(0, next.dueAt - this.now());
      this.#runDue();
      await settle();
    }
    this.#offset += Math.max(0, target - this.now());
    this.#setAlarm();
  }

  /** Forgets every timer. Who set them has stopped. */
  clear(): void {
    this.#entries = new Heap(isSooner);
    this.#cancelled = 0;
    this.#setAlarm();
  }

  /** Forgets every timer; nothing runs after this. */
  stop(): void {
    this.#stopped = true;
    this.clear();
  }

  #cancel(entry: Entry): void {
    if (!entry.waiting) return;
    entry.waiting = false;
    this.#cancelled++;
    if (this.#cancelled < 64 || this.#cancelled * 2 < this.#entries.size) return;
    const kept = [...this.#entries].filter(({ waiting }) => waiting);
    this.#entries = new Heap(isSooner);
    for (const one of kept) this.#entries.push(one);
    this.#cancelled = 0;
  }

  /** The soonest entry that was not cancelled. */
  #next(): Entry | undefined {
    for (let next = this.#entries.peek(); next; next = this.#entries.peek()) {
      if (next.waiting) return next;
      this.#entries.pop();
      this.#cancelled--;
    }
    return undefined;
  }

  /** Only what is due when it begins: what that adds has its turn next time. */
  #runDue(): void {
    const now = this.now();
    const due: Entry[] = [];
    for (let next = this.#next(); next && next.dueAt <= now; next = this.#next()) {
      due.push(next);
      this.#entries.pop();
    }
    for (const entry of due) {
      // An earlier callback may have cancelled this one; it is no longer among the entries that are counted.
      if (!entry.waiting) {
        this.#cancelled--;
        continue;
      }
      entry.waiting = false;
      entry.run();
    }
    this.#setAlarm();
  }

  #setAlarm(): void {
    clearTimeout(this.#alarm);
    this.#alarmAt = Number.POSITIVE_INFINITY;
    const next = this.#next();
    if (this.#stopped || !next) return;
    const wait = next.dueAt - this.now();
    // A manual clock runs by itself only what is due already ("in no time"), never what lies ahead.
    if (this.manual && wait > 0) return;
    this.#alarmAt = next.dueAt;
    // setTimeout counts in 31 bits; a longer wait is set again when it ends.
    this.#alarm = setTimeout(() => this.#runDue(), Math.min(Math.max(0, wait), 2 ** 31 - 1));
    this.#alarm.unref();
  }
}

function isSooner(a: Entry, b: Entry): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
}
