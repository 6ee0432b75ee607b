import type { GrantReport } from './core/peers';
import type { CloudContext, Service } from './core/service';
import { type Controls, NotAtRest, type Snapshot } from './edge/admin/controls';
import type { Idle } from './idle';
import type { RunningServices } from './running-services';
import { Snapshots } from './snapshots';

/** How long one step of an advancing clock may take to come to rest, in milliseconds of real time. */
const STEP_TIMEOUT = 60_000;

/** What the cloud offers to those who test with it, one thing after the other. */
export class CloudControls implements Controls {
  readonly clock: CloudContext['clock'];
  readonly faults: CloudContext['faults'];
  readonly trace: CloudContext['trace'];
  readonly idle: Idle;
  readonly #context: CloudContext;
  readonly #running: RunningServices;
  readonly #snapshots: Snapshots;
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: CloudContext, idle: Idle, running: RunningServices) {
    this.clock = context.clock;
    this.faults = context.faults;
    this.trace = context.trace;
    this.idle = idle;
    this.#context = context;
    this.#running = running;
    this.#snapshots = new Snapshots(context.dir, context.store);
  }

  services(): readonly Service[] {
    return this.#context.registry.services();
  }

  grants(): GrantReport {
    return this.#context.registry.peer('iam').grants();
  }

  advance(ms: number): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.clock.advance(ms, async () => {
          const state = await this.idle(STEP_TIMEOUT);
          if (!state.idle) throw new NotAtRest(state.running);
        });
      } finally {
        keepClock(this.#context);
      }
    });
  }

  snapshots(): readonly Snapshot[] {
    return this.#snapshots.list();
  }

  snapshot(name: string): Promise<Snapshot> {
    return this.#inTurn(async () => {
      const snapshot = { name, takenAt: this.clock.now(), ahead: this.clock.ahead };
      await this.#snapshots.take(snapshot, this.#files());
      return snapshot;
    });
  }

  restore(name: string): Promise<Snapshot | undefined> {
    return this.#inTurn(async () => {
      if (!this.#snapshots.list().some((one) => one.name === name)) return undefined;
      let restored: Snapshot | undefined;
      await this.#running.change(async () => {
        restored = await this.#snapshots.restore(name, this.#files());
        if (!restored) return;
        this.clock.set(this.clock.manual ? restored.takenAt : Date.now() + restored.ahead);
        keepClock(this.#context);
      });
      this.trace.clear();
      return restored;
    });
  }

  removeSnapshot(name: string): boolean {
    return this.#snapshots.remove(name);
  }

  reset({ everything = false }: { readonly everything?: boolean } = {}): Promise<void> {
    return this.#inTurn(async () => {
      const spaces = everything ? ['*'] : this.services().flatMap(({ dataSpaces = [] }) => dataSpaces);
      await this.#running.change(() => this.#context.store.empty(spaces));
      if (everything) keepClock(this.#context);
      this.faults.clear();
      this.trace.clear();
    });
  }

  #files(): string[] {
    return this.services().flatMap(({ files = [] }) => files);
  }

  /** Time does not move while a snapshot is taken, and no two states are changed into one. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

/** A clock that was advanced stays so when the cloud starts again: what has happened must not lie ahead then. */
function keepClock({ store, clock }: CloudContext): void {
  store.space('cloud').put('ahead', String(Math.round(clock.ahead)));
}

/** How far ahead the clock was when the cloud stopped, in milliseconds. */
export function keptClock(store: CloudContext['store']): number {
  return Number(store.space('cloud').get('ahead') ?? 0);
}
