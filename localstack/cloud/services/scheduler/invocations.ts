import { AwsError } from '../../core/aws-error';
import type { Timer } from '../../core/clock';
import type { Fault, FaultKind } from '../../core/faults';
import { randomHex } from '../../core/ids';
import { Records } from '../../core/records';
import { type Exhausted, nextTry } from '../../core/retry-policy';
import type { CloudContext, Principal } from '../../core/service';
import { deadLetter } from './dead-letter';
import { type Delivery, type DeliveryError, deliveryError } from './delivery';
import type { Invocation } from './invocation';
import { payloadOf } from './payload';
import {
  type Occurrence,
  type ScheduleId,
  type ScheduleRecord,
  scheduleArn,
  scheduleKey,
  scheduleName,
} from './records';
import type { Roles } from './roles';

export const DELIVER_FAULTS: readonly FaultKind[] = ['error', 'throttle', 'latency', 'duplicate'];

type Parts = {
  readonly roles: Roles;
  readonly delivery: Delivery;
  /** Nothing of this schedule is under way any more. */
  readonly done: (schedule: ScheduleId) => void;
};

/**
 * Occurrences that were due. Each is in the store until its target has it: tried at once, then again with exponential
 * back-off by the clock until its retry policy is exhausted; then it goes to the dead-letter queue. A crash in between
 * repeats an attempt; it loses none.
 */
export class Invocations {
  readonly #context: CloudContext;
  readonly #parts: Parts;
  readonly #pending: Records<Invocation>;
  readonly #timers = new Map<string, Timer>();
  /** How many of each schedule are pending, by its key. */
  readonly #counts = new Map<string, number>();
  #running = false;

  constructor(context: CloudContext, parts: Parts) {
    this.#context = context;
    this.#parts = parts;
    this.#pending = new Records(context.store.space('scheduler-invocations'));
    for (const { schedule } of this.#pending.values()) this.#count(schedule, 1);
  }

  /** Takes up what the last run left. */
  start(): void {
    this.#running = true;
    for (const invocation of this.#pending.values()) this.#wait(invocation);
  }

  stop(): void {
    this.#running = false;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  /** Whether anything of this schedule is under way. */
  has(schedule: ScheduleId): boolean {
    return this.#counts.has(scheduleKey(schedule));
  }

  /** `record` is due now. */
  add(record: ScheduleRecord, { scheduledAt }: Occurrence): void {
    const { account, region, group, name, definition, cause } = record;
    const now = this.#context.clock.now();
    const draft: Invocation = {
      id: randomHex(16),
      schedule: { account, region, group, name },
      target: definition.target,
      scheduledAt,
      firstTriedAt: now,
      attempt: 1,
      dueAt: now,
      cause: '',
    };
    const hop = this.#context.trace.note({
      service: 'scheduler',
      operation: 'Schedule',
      target: scheduleArn(record),
      by: 'scheduler',
      causes: cause === undefined ? [] : [cause],
      about: payloadOf(draft),
    });
    const invocation = { ...draft, cause: hop };
    this.#pending.set(invocation.id, invocation);
    this.#count(invocation.schedule, 1);
    this.#try(invocation);
  }

  /** Nothing of a schedule that is deleted happens any more. */
  drop(schedule: ScheduleId): void {
    if (!this.has(schedule)) return;
    const key = scheduleKey(schedule);
    for (const invocation of this.#pending.values()) {
      if (scheduleKey(invocation.schedule) === key) this.#forget(invocation);
    }
  }

  #count(schedule: ScheduleId, change: 1 | -1): void {
    const key = scheduleKey(schedule);
    const count = (this.#counts.get(key) ?? 0) + change;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }

  #forget({ id, schedule }: Invocation): void {
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
    if (this.#pending.delete(id)) this.#count(schedule, -1);
  }

  #wait(invocation: Invocation): void {
    const { clock } = this.#context;
    const { id, attempt, schedule, target, dueAt } = invocation;
    const what = attempt === 1 ? 'delivery' : `retry ${attempt - 1}`;
    const label = `scheduler: ${what} of schedule ${scheduleName(schedule)} to ${target.Arn}`;
    this.#timers.set(
      id,
      clock.after(dueAt - clock.now(), label, () => {
        this.#timers.delete(id);
        this.#try(invocation);
      }),
    );
  }

  #try(invocation: Invocation): void {
    const end = this.#context.activity.begin(`scheduler: schedule ${scheduleName(invocation.schedule)} is delivered`);
    void this.#attempt(invocation).finally(end);
  }

  async #attempt(invocation: Invocation): Promise<void> {
    const { schedule, target, id } = invocation;
    const fault = this.#fault(invocation);
    if (fault?.kind === 'latency') {
      this.#later({ ...invocation, late: true, dueAt: this.#context.clock.now() + (fault.rule.ms ?? 0) });
      return;
    }
    const hop = this.#context.trace.begin({
      service: 'scheduler',
      operation: 'Deliver',
      target: target.Arn,
      by: scheduleArn(schedule),
      causes: [invocation.cause],
      about: payloadOf(invocation),
    });
    let principal: Principal | undefined;
    try {
      principal = await this.#parts.roles.assume(target.RoleArn, schedule, `${id}${id}`);
      if (fault?.kind === 'error' || fault?.kind === 'throttle') throw failure(fault);
      for (let times = fault?.kind === 'duplicate' ? 2 : 1; times > 0; times--) {
        // Stopped, or deleted, in the meantime. From here to the end nothing waits unless the target does.
        if (!this.#isPending(id)) return hop.end('dropped');
        const handed = this.#handOver(invocation, principal, hop.id);
        if (handed) await handed;
      }
      hop.end();
      if (this.#isPending(id)) this.#finish(invocation);
    } catch (error) {
      const failed = deliveryError(error);
      hop.end(failed.code, failed.message);
      if (this.#isPending(id)) this.#failed(invocation, failed, principal, hop.id);
    }
  }

  #isPending(id: string): boolean {
    return this.#running && this.#pending.has(id);
  }

  #fault({ target, late }: Invocation): Fault | undefined {
    const { faults } = this.#context;
    if (!faults.active || late) return undefined;
    const occasion = { service: 'scheduler', operation: 'Deliver', target: target.Arn, caller: 'scheduler' };
    return faults.at(occasion, DELIVER_FAULTS);
  }

  #handOver(invocation: Invocation, principal: Principal, hop: string): void | Promise<void> {
    return this.#context.trace.within(hop, () => this.#parts.delivery.hand(invocation, principal, hop));
  }

  #finish(invocation: Invocation): void {
    this.#forget(invocation);
    if (!this.has(invocation.schedule)) this.#parts.done(invocation.schedule);
  }

  #failed(invocation: Invocation, error: DeliveryError, principal: Principal | undefined, hop: string): void {
    const { target, attempt, firstTriedAt } = invocation;
    const { late: _, ...again } = invocation;
    if (!error.retriable) {
      this.#giveUp(invocation, error, principal, hop);
      return;
    }
    const next = nextTry(target.RetryPolicy, { firstTriedAt, retries: attempt - 1 }, this.#context.clock.now());
    if ('exhausted' in next) this.#giveUp(invocation, error, principal, hop, next.exhausted);
    else this.#later({ ...again, attempt: attempt + 1, dueAt: next.at });
  }

  #later(invocation: Invocation): void {
    if (!this.#isPending(invocation.id)) return;
    this.#pending.set(invocation.id, invocation);
    this.#wait(invocation);
  }

  #giveUp(
    invocation: Invocation,
    error: DeliveryError,
    principal: Principal | undefined,
    hop: string,
    exhausted?: Exhausted,
  ): void {
    const queue = invocation.target.DeadLetterConfig?.Arn;
    if (queue !== undefined) {
      try {
        if (!principal) throw new Error(error.message);
        const { registry, trace } = this.#context;
        const message = deadLetter(invocation, error, exhausted);
        trace.within(hop, () => registry.peer('sqs').send(queue, message, principal));
      } catch (failure) {
        // Like AWS, which counts this as InvocationsFailedToBeSentToDeadLetterCount and drops the invocation.
        const reason = failure instanceof Error ? failure.message : String(failure);
        const name = scheduleName(invocation.schedule);
        console.error(`scheduler: schedule ${name} could not send to its dead-letter queue: ${reason}`);
      }
    }
    this.#finish(invocation);
  }
}

function failure({ kind, rule }: Fault): AwsError {
  const general =
    kind === 'throttle'
      ? { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 }
      : { code: 'InternalFailure', message: 'The request failed because of an internal error.', status: 500 };
  return new AwsError(rule.code ?? general.code, rule.message ?? general.message, {
    status: rule.status ?? (rule.code === undefined ? general.status : 400),
  });
}
