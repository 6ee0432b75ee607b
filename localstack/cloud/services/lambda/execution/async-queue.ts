import { AwsError } from '../../../core/aws-error';
import type { Timer } from '../../../core/clock';
import { uuid } from '../../../core/ids';
import { integerKey } from '../../../core/key';
import type { CloudContext } from '../../../core/service';
import type { Space } from '../../../core/store';
import type { Destinations } from '../destinations';
import type { EventInvokeConfig } from '../function-record';
import type { Functions, ResolvedFunction } from '../functions';
import { causesOf, type Origin, type Pending, parseHeader } from './async-event';
import { DueQueue } from './due-queue';
import { deadLetterAttributes, envelope } from './envelope';
import { type FAULT_POINTS, faultAt } from './invocation-faults';
import type { InvocationResult, Invoker } from './invoker';
import { rolePrincipal } from './role-credentials';

type Lane = {
  readonly functionArn: string;
  ready: string[];
  /** The next of `ready`. */
  head: number;
  running: number;
  readonly parked: DueQueue<string>;
  timer: Timer | undefined;
  /** Between an event that came and the look at it. */
  woken: (() => void) | undefined;
};

const RETRY_DELAYS_MS = [60_000, 120_000];
const MAX_THROTTLE_DELAY_MS = 300_000;
const DEFAULT_RETRIES = 2;
const DEFAULT_MAX_AGE_SECONDS = 6 * 3600;
/** The longest that the adversary holds back an event which no other could overtake otherwise. */
const MAX_HELD_BACK_MS = 1000;

/**
 * Lambda's queue of asynchronous invocations. An event is in the store before `enqueue` returns, and leaves it only
 * when it has succeeded or gone to its destination; so a crash means that it is tried again.
 */
export class AsyncQueue {
  readonly #context: CloudContext;
  readonly #functions: Functions;
  readonly #invoker: Invoker;
  readonly #destinations: Destinations;
  readonly #perFunction: number;
  readonly #space: Space;
  readonly #lanes = new Map<string, Lane>();
  /** Events that the adversary has held back once. */
  readonly #heldBack = new Set<string>();
  #sequence = 0;
  #stopped = false;

  constructor(
    context: CloudContext,
    parts: { functions: Functions; invoker: Invoker; destinations: Destinations; perFunction: number },
  ) {
    this.#context = context;
    this.#functions = parts.functions;
    this.#invoker = parts.invoker;
    this.#destinations = parts.destinations;
    this.#perFunction = parts.perFunction;
    this.#space = context.store.space('lambda-async');
    for (const [key] of this.#space.range({ reverse: true, limit: 1 })) this.#sequence = Number(key) + 1;
  }

  /** Takes up what the last run left. */
  start(): void {
    const now = this.#context.clock.now();
    for (const [key, value] of this.#space.range({})) {
      const pending = parseHeader(value);
      const lane = this.#lane(pending.f);
      if (pending.dueAt <= now) this.#ready(lane, key);
      else this.#park(lane, pending.dueAt, key);
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#lanes.values()) timer?.cancel();
  }

  enqueue(target: ResolvedFunction, payload: string, { trigger, by, cause }: Origin): { requestId: string } {
    const now = this.#context.clock.now();
    const pending: Pending = {
      f: target.arn,
      requestId: uuid(),
      enqueuedAt: now,
      attempts: 0,
      throttles: 0,
      dueAt: now,
      trigger,
      by,
      ...(cause === undefined ? {} : { cause }),
    };
    const key = integerKey(this.#sequence++);
    this.#keep(key, pending, payload);
    this.#ready(this.#lane(target.arn), key);
    return { requestId: pending.requestId };
  }

  #keep(key: string, pending: Pending, payload: string): void {
    this.#space.put(key, `${JSON.stringify(pending)}\n${payload}`);
  }

  #lane(functionArn: string): Lane {
    let lane = this.#lanes.get(functionArn);
    if (!lane) {
      lane = {
        functionArn,
        ready: [],
        head: 0,
        running: 0,
        parked: new DueQueue(),
        timer: undefined,
        woken: undefined,
      };
      this.#lanes.set(functionArn, lane);
    }
    return lane;
  }

  /** Marks the lane busy before it returns, so that nobody sees it idle between an event and its first try. */
  #ready(lane: Lane, key: string): void {
    lane.ready.push(key);
    if (lane.woken) return;
    lane.woken = this.#context.activity.begin(`asynchronous invocations of ${lane.functionArn}`);
    setImmediate(() => {
      const done = lane.woken;
      lane.woken = undefined;
      this.#pump(lane);
      done?.();
    });
  }

  #pump(lane: Lane): void {
    while (!this.#stopped && lane.head < lane.ready.length && lane.running < this.#perFunction) {
      const key = this.#next(lane);
      if (key === undefined) continue;
      lane.running++;
      // What waits behind it is not in flight: it goes on when this does, and that may wait for the clock.
      const done = this.#context.activity.begin(`asynchronous invocation of ${lane.functionArn}`);
      this.#try(lane, key).finally(() => {
        lane.running--;
        this.#pump(lane);
        done();
      });
    }
    if (lane.head === lane.ready.length) {
      lane.ready = [];
      lane.head = 0;
    } else if (lane.head > 10_000) {
      lane.ready = lane.ready.slice(lane.head);
      lane.head = 0;
    }
    const idle = lane.running === 0 && lane.ready.length === 0 && lane.parked.size === 0 && !lane.woken;
    if (idle) this.#lanes.delete(lane.functionArn);
  }

  /** Takes the event whose turn it is: the oldest, unless the adversary has another go first. */
  #next(lane: Lane): string | undefined {
    const key = lane.ready[lane.head]!;
    const others = lane.ready.length - lane.head - 1;
    const seen = this.#heldBack.delete(key);
    const fault = seen || !this.#context.faults.active ? undefined : this.#fault('reorder', key);
    if (fault && others > 0) {
      const other = lane.head + 1 + Math.floor(fault.random() * others);
      lane.ready[lane.head] = lane.ready[other]!;
      lane.ready[other] = key;
    } else if (fault) {
      lane.head++;
      this.#heldBack.add(key);
      this.#park(lane, this.#context.clock.now() + 1 + Math.floor(fault.random() * MAX_HELD_BACK_MS), key);
      return undefined;
    }
    return lane.ready[lane.head++]!;
  }

  #fault(kind: (typeof FAULT_POINTS.Async)[number], key: string) {
    const value = this.#space.get(key);
    if (value === undefined) return undefined;
    const { f, by } = parseHeader(value);
    return faultAt(this.#context, 'Async', [kind], { target: f, caller: by });
  }

  #park(lane: Lane, dueAt: number, key: string): void {
    lane.parked.add(dueAt, key);
    this.#setTimer(lane);
  }

  #setTimer(lane: Lane): void {
    const next = lane.parked.next;
    if (next === undefined || (lane.timer && lane.timer.dueAt <= next)) return;
    lane.timer?.cancel();
    const { clock } = this.#context;
    lane.timer = clock.after(next - clock.now(), `retry of ${lane.functionArn}`, () => {
      lane.timer = undefined;
      for (const key of lane.parked.take(clock.now())) this.#ready(lane, key);
      this.#setTimer(lane);
    });
  }

  async #try(lane: Lane, key: string): Promise<void> {
    const value = this.#space.get(key);
    if (value === undefined) return;
    const pending = parseHeader(value);
    const payload = value.slice(value.indexOf('\n') + 1);
    const target = this.#functions.find(pending.f, this.#context);
    if (!target) {
      // The function was deleted, and its destinations with it: AWS drops the event.
      this.#space.remove(key);
      return;
    }
    const config = configFor(target);
    const now = this.#context.clock.now();
    if (now - pending.enqueuedAt > (config?.MaximumEventAgeInSeconds ?? DEFAULT_MAX_AGE_SECONDS) * 1000) {
      this.#finish(target, key, pending, payload, 'EventAgeExceeded', undefined);
      return;
    }
    if (target.record.reservedConcurrency === 0) {
      this.#finish(target, key, pending, payload, 'ZeroReservedConcurrency', undefined);
      return;
    }
    let result: InvocationResult;
    try {
      const { requestId, trigger, by } = pending;
      result = await this.#invoker.invoke(target, {
        payload,
        trigger,
        by,
        requestId,
        causes: causesOf(pending),
        counted: true,
      });
    } catch (error) {
      if (this.#stopped) return;
      // Throttled, or a fault of the cloud's own: tried again with back-off, not counted as an attempt.
      const delay = Math.min(1000 * 2 ** pending.throttles, MAX_THROTTLE_DELAY_MS);
      if (!(error instanceof AwsError)) this.#destinations.reportFailure(target.record, target.arn, error);
      this.#retry(lane, key, { ...pending, throttles: pending.throttles + 1 }, payload, delay);
      return;
    }
    // An environment that was ended because the cloud stops says nothing about the function.
    if (this.#stopped && result.functionError) return;
    const tried = { ...pending, attempts: pending.attempts + 1 };
    if (!result.functionError) {
      this.#finish(target, key, tried, payload, 'Success', result);
      if (!pending.twice && faultAt(this.#context, 'Async', ['duplicate'], { target: pending.f, caller: pending.by })) {
        this.#keep(key, { ...pending, throttles: 0, twice: true }, payload);
        this.#ready(lane, key);
      }
    } else if (tried.attempts > (config?.MaximumRetryAttempts ?? DEFAULT_RETRIES)) {
      this.#finish(target, key, tried, payload, 'RetriesExhausted', result);
    } else {
      this.#retry(lane, key, { ...tried, throttles: 0 }, payload, RETRY_DELAYS_MS[tried.attempts - 1]!);
    }
  }

  #retry(lane: Lane, key: string, pending: Pending, payload: string, delay: number): void {
    const dueAt = this.#context.clock.now() + delay;
    this.#keep(key, { ...pending, dueAt }, payload);
    this.#park(lane, dueAt, key);
  }

  /** In one go: the event leaves the queue, and its result is where it belongs. */
  #finish(
    target: ResolvedFunction,
    key: string,
    pending: Pending,
    payload: string,
    condition: string,
    result: InvocationResult | undefined,
  ): void {
    const { record, config } = target;
    const role = rolePrincipal(config.role, record.name);
    const succeeded = condition === 'Success';
    const causes = result ? [result.hop] : causesOf(pending);
    const { OnSuccess, OnFailure } = configFor(target)?.DestinationConfig ?? {};
    const destination = (succeeded ? OnSuccess : OnFailure)?.Destination;
    if (destination) {
      const functionArn = `${record.arn}:${target.qualifier}`;
      const body = envelope(functionArn, pending, payload, condition, result, this.#context.clock.now());
      this.#destinations.deliver(record, { operation: 'Destination', to: destination, about: body, causes }, () =>
        this.#destinations.send(destination, { body, succeeded, functionArn }, role),
      );
    }
    const deadLetters = config.deadLetterArn;
    if (!succeeded && deadLetters) {
      const attributes = deadLetterAttributes(pending, condition, result);
      this.#destinations.deliver(record, { operation: 'DeadLetter', to: deadLetters, about: payload, causes }, () =>
        this.#destinations.sendLetter(deadLetters, { body: payload, attributes }, role),
      );
    }
    this.#space.remove(key);
  }
}

function configFor({ record, qualifier }: ResolvedFunction): EventInvokeConfig | undefined {
  return record.eventInvoke[qualifier];
}
