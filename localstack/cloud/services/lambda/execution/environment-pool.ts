import type { Activity } from '../../../core/activity';
import { AwsError } from '../../../core/aws-error';
import type { Clock, Timer } from '../../../core/clock';
import type { Environment } from './environment';

export type PoolLimits = {
  /** Environments in all, above which no function gets a second one. */
  readonly total: number;
  /** Environments of one function. */
  readonly perFunction: number;
  /** How long an environment may be idle, in milliseconds. */
  readonly idleMs: number;
  /** Of this machine: idle environments are a matter of its memory, and time that the cloud's clock leaps over ends none. */
  readonly machine: Clock;
};

/** Idle for so long (milliseconds), an environment is not about to be used again. */
const SETTLED_MS = 1_000;

/**
 * Idle for so long, it makes room for a function that has none. Not sooner: more functions than places, each used every
 * few seconds, would otherwise end each other's environments and begin cold every time.
 */
const FORGOTTEN_MS = 10_000;

/** What environments are made for: one version of a function, as it is configured now. */
export interface Target {
  /** Changes whenever environments have to be made anew. */
  readonly key: string;
  create(): Environment;
}

type Waiter = {
  readonly order: number;
  /** Undefined: what it waits for was replaced. */
  readonly take: (environment: Environment | undefined) => void;
  readonly fail: (error: unknown) => void;
};
type Lane = {
  readonly target: Target;
  busy: number;
  readonly idle: Environment[];
  waiting: Waiter[];
  retired: boolean;
};

/**
 * Who gets an execution environment. The one used last comes first, so that the others can end. Above the limits an
 * invocation waits for its turn (AWS would make one more environment). A start costs as much as hundreds of warm
 * invocations, so a function that has an environment waits for that rather than take a place from another. One that has
 * none gets one in any case, in the place of one that has been idle for long if there is any: however long the others
 * take, nobody waits for somebody else's function.
 */
export class EnvironmentPool {
  readonly #clock: Clock;
  readonly #activity: Activity;
  readonly #limits: PoolLimits;
  readonly #lanes = new Map<string, Lane>();
  readonly #all = new Set<Environment>();
  #order = 0;
  #idleTimer: Timer | undefined;

  constructor({ clock, activity }: { readonly clock: Clock; readonly activity: Activity }, limits: PoolLimits) {
    this.#clock = clock;
    this.#activity = activity;
    this.#limits = limits;
  }

  /**
   * An environment for one run; give it back with `release`. `nested`: the caller is itself a function that waits
   * and keeps its place meanwhile, so this one may go above the limits rather than wait for it for ever. Undefined: the
   * target was retired while this waited.
   */
  acquire(target: Target, nested: boolean): Environment | Promise<Environment | undefined> {
    const lane = this.#lane(target);
    const warm = this.#takeIdle(lane);
    if (warm) {
      lane.busy++;
      return warm;
    }
    const first = lane.busy === 0;
    const mayGrow =
      lane.busy < this.#limits.perFunction && (this.#all.size < this.#limits.total || this.#evictIdle(first) || first);
    if (mayGrow || nested) return this.#create(lane);
    return this.#wait(lane);
  }

  release(target: Target, environment: Environment): void {
    const lane = this.#lane(target);
    lane.busy--;
    const only = lane.busy === 0 && lane.idle.length === 0;
    const usable =
      environment.alive &&
      !lane.retired &&
      environment.usableUntil > this.#clock.now() &&
      (only || this.#all.size <= this.#limits.total);
    if (usable) {
      const waiter = lane.waiting.shift();
      if (waiter) {
        lane.busy++;
        waiter.take(environment);
        return;
      }
      environment.idleSince = this.#limits.machine.now();
      lane.idle.push(environment);
      this.#setIdleTimer();
      return;
    }
    this.#end(environment);
    this.#tidy(lane);
    const next = this.#nextLane();
    if (next && (next.busy === 0 || this.#all.size < this.#limits.total)) this.#serve(next);
  }

  /** Ends the environments of a target: idle ones now, busy ones when they are given back. Who waits has to ask anew. */
  retire(key: string): void {
    const lane = this.#lanes.get(key);
    if (!lane) return;
    lane.retired = true;
    for (const { take } of lane.waiting.splice(0)) take(undefined);
    for (const environment of lane.idle.splice(0)) this.#end(environment);
    this.#tidy(lane);
  }

  /** Ends all environments, at work or not. */
  async close(): Promise<void> {
    this.#idleTimer?.cancel();
    const closed = new AwsError('ServiceException', 'The local cloud stops.', { status: 500 });
    for (const { waiting } of this.#lanes.values()) for (const { fail } of waiting.splice(0)) fail(closed);
    await Promise.all([...this.#all].map((environment) => environment.terminate()));
    this.#all.clear();
    this.#lanes.clear();
  }

  #lane(target: Target): Lane {
    let lane = this.#lanes.get(target.key);
    if (!lane) {
      lane = { target, busy: 0, idle: [], waiting: [], retired: false };
      this.#lanes.set(target.key, lane);
    }
    return lane;
  }

  /**
   * Whoever waits for a place is at work no more than what holds the place: it may be that nothing goes on before the
   * clock is advanced.
   */
  #wait(lane: Lane): Promise<Environment | undefined> {
    const goOn = this.#activity.park();
    return new Promise((resolve, reject) => {
      lane.waiting.push({
        order: this.#order++,
        take: (environment) => {
          goOn();
          resolve(environment);
        },
        fail: (error) => {
          goOn();
          reject(error as Error);
        },
      });
    });
  }

  #takeIdle(lane: Lane): Environment | undefined {
    for (let warm = lane.idle.pop(); warm; warm = lane.idle.pop()) {
      if (warm.alive && warm.usableUntil > this.#clock.now()) return warm;
      this.#end(warm);
    }
    return undefined;
  }

  #create(lane: Lane): Environment {
    try {
      const environment = lane.target.create();
      this.#all.add(environment);
      lane.busy++;
      return environment;
    } catch (error) {
      this.#tidy(lane);
      throw error;
    }
  }

  #serve(lane: Lane): void {
    const { take, fail } = lane.waiting.shift()!;
    try {
      take(this.#create(lane));
    } catch (error) {
      fail(error);
    }
  }

  /** Whose turn it is among those that wait and may have one more. */
  #nextLane(): Lane | undefined {
    let best: Lane | undefined;
    for (const lane of this.#lanes.values()) {
      if (lane.waiting.length === 0 || lane.busy >= this.#limits.perFunction) continue;
      const better =
        !best || lane.busy < best.busy || (lane.busy === best.busy && lane.waiting[0]!.order < best.waiting[0]!.order);
      if (better) best = lane;
    }
    return best;
  }

  /**
   * Makes room by ending an environment that is idle: for the `first` of a function at once one of a function that has
   * others, and the only one of a function when that is about to be forgotten.
   */
  #evictIdle(first: boolean): boolean {
    const now = this.#limits.machine.now();
    let oldest: { lane: Lane; environment: Environment } | undefined;
    for (const lane of this.#lanes.values()) {
      const environment = lane.idle[0];
      if (!environment) continue;
      const spare = lane.busy + lane.idle.length > 1;
      const age = first ? (spare ? 0 : FORGOTTEN_MS) : SETTLED_MS;
      if (environment.idleSince > now - age) continue;
      if (!oldest || environment.idleSince < oldest.environment.idleSince) oldest = { lane, environment };
    }
    if (!oldest) return false;
    oldest.lane.idle.shift();
    this.#end(oldest.environment);
    this.#tidy(oldest.lane);
    return true;
  }

  #end(environment: Environment): void {
    this.#all.delete(environment);
    if (environment.alive) void environment.terminate();
  }

  #tidy(lane: Lane): void {
    if (lane.busy > 0 || lane.idle.length > 0 || lane.waiting.length > 0) return;
    if (this.#lanes.get(lane.target.key) === lane) this.#lanes.delete(lane.target.key);
  }

  #setIdleTimer(): void {
    if (this.#idleTimer) return;
    this.#idleTimer = this.#limits.machine.after(this.#limits.idleMs, 'idle execution environments end', () => {
      this.#idleTimer = undefined;
      const before = this.#limits.machine.now() - this.#limits.idleMs;
      let left = false;
      for (const lane of [...this.#lanes.values()]) {
        while (lane.idle[0] && lane.idle[0].idleSince <= before) this.#end(lane.idle.shift()!);
        left ||= lane.idle.length > 0;
        this.#tidy(lane);
      }
      if (left) this.#setIdleTimer();
    });
  }
}
