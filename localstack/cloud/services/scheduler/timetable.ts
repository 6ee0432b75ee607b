import type { Clock, Timer } from '../../core/clock';
import type { Invocations } from './invocations';
import { expressionOf, occurrenceAfter, occurrenceBehind } from './occurrences';
import { type ScheduleId, type ScheduleRecord, scheduleKey, scheduleName } from './records';
import type { Schedules } from './schedules';

/**
 * Brings about what schedules say, by the clock. When a schedule is due, what it brings about and its next time are
 * written together. What came due while the cloud was not running: a one-off is done at the start, the others are not
 * made up for.
 */
export class Timetable {
  readonly #clock: Clock;
  readonly #schedules: Schedules;
  readonly #invocations: Invocations;
  readonly #timers = new Map<string, Timer>();
  #running = false;

  constructor(clock: Clock, schedules: Schedules, invocations: Invocations) {
    this.#clock = clock;
    this.#schedules = schedules;
    this.#invocations = invocations;
    schedules.watch((record, gone) => {
      if (gone) invocations.drop(record);
      this.#plan(record, gone);
    });
  }

  start(): void {
    this.#running = true;
    for (const record of this.#schedules.all()) {
      if (this.#isMissed(record)) this.#skip(record);
      else this.#plan(record, false);
      if (!this.#invocations.has(record)) this.complete(record);
    }
  }

  stop(): void {
    this.#running = false;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  /** Nothing of this schedule is under way any more: if its last time is over, it may want to be deleted. */
  complete(id: ScheduleId): void {
    const record = this.#schedules.find(id);
    if (record?.completed && record.definition.afterCompletion === 'DELETE') this.#schedules.delete(record);
  }

  #isMissed({ next, definition }: ScheduleRecord): boolean {
    return next !== undefined && next.dueAt <= this.#clock.now() && expressionOf(definition).kind !== 'at';
  }

  #skip(record: ScheduleRecord): void {
    const { next: _, ...rest } = record;
    const next = occurrenceAfter(rest, this.#clock.now());
    this.#schedules.set(next ? { ...rest, next } : { ...rest, completed: true });
  }

  #plan(record: ScheduleRecord, gone: boolean): void {
    const key = scheduleKey(record);
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
    if (gone || !this.#running || !record.next) return;
    const label = `scheduler: schedule ${scheduleName(record)} is due`;
    this.#timers.set(
      key,
      this.#clock.after(record.next.dueAt - this.#clock.now(), label, () => this.#due(record)),
    );
  }

  #due(record: ScheduleRecord): void {
    const { next: occurrence, ...rest } = record;
    if (!occurrence) return;
    const next = occurrenceBehind(record, occurrence, this.#clock.now());
    this.#schedules.set(next ? { ...rest, next } : { ...rest, completed: true });
    this.#invocations.add(record, occurrence);
  }
}
