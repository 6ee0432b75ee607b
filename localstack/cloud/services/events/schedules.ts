import type { Clock, Timer } from '../../core/clock';
import { parseSchedule } from '../../core/schedule/schedule-expression';
import type { Trace } from '../../core/trace';
import type { Buses } from './buses';
import { makeEnvelope } from './envelope';
import { type RuleRecord, ruleArn, ruleKey } from './records';
import type { Router } from './router';

/**
 * Rules with a schedule: each is due at its times of the clock, and then sends an event to its targets. What came due
 * while the cloud was not running is not made up for.
 */
export class Schedules {
  readonly #clock: Clock;
  readonly #buses: Buses;
  readonly #router: Router;
  readonly #trace: Trace;
  readonly #timers = new Map<string, Timer>();
  #running = false;

  constructor({ clock, trace }: { clock: Clock; trace: Trace }, buses: Buses, router: Router) {
    this.#clock = clock;
    this.#trace = trace;
    this.#buses = buses;
    this.#router = router;
    buses.watchRules((rule, gone) => this.#plan(rule, gone));
  }

  start(): void {
    this.#running = true;
    for (const rule of this.#buses.allRules()) this.#plan(rule, false);
  }

  stop(): void {
    this.#running = false;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #plan(rule: RuleRecord, gone: boolean): void {
    const key = ruleKey(rule);
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
    if (gone || !this.#running || rule.schedule === undefined || rule.state !== 'ENABLED') return;
    const now = this.#clock.now();
    const due = parseSchedule(rule.schedule, rule.scheduledFrom ?? now)?.next(now);
    if (due === undefined) return;
    this.#timers.set(
      key,
      this.#clock.after(due - now, `events: rule ${rule.name} is due`, () => {
        this.#plan(rule, false);
        this.#fire(rule, due);
      }),
    );
  }

  #fire(rule: RuleRecord, due: number): void {
    const { account, region } = rule.bus;
    const envelope = makeEnvelope(
      {
        source: 'aws.events',
        detailType: 'Scheduled Event',
        detail: { value: {}, text: () => '{}' },
        account,
        region,
        resources: [ruleArn(rule)],
        time: due,
      },
      this.#clock.now(),
    );
    const arn = ruleArn(rule);
    const about = envelope.text();
    const hop = this.#trace.note({
      service: 'events',
      operation: 'Schedule',
      target: arn,
      by: 'events',
      causes: [],
      about,
    });
    this.#router.toTargets(rule, envelope, { causes: [hop] });
  }
}
