import type { Clock } from '../../core/clock';
import type { Faults } from '../../core/faults';
import type { GrantReport } from '../../core/peers';
import type { Service } from '../../core/service';
import type { Trace } from '../../core/trace';
import type { Idle } from '../../idle';

/** A state of the cloud that was kept under a name. */
export type Snapshot = {
  readonly name: string;
  /** When it was taken, in milliseconds since 1970 by the cloud's clock. */
  readonly takenAt: number;
  /** How far the cloud's clock was ahead of the machine's, in milliseconds. */
  readonly ahead: number;
};

/** What somebody who tests a system can do to the cloud beyond AWS's APIs; `/_cloud/…` is this over HTTP. */
export interface Controls {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly idle: Idle;
  services(): readonly Service[];
  /** What roles may do, and what they have done since the cloud was started, reset or restored. */
  grants(): GrantReport;
  /**
   * Moves the clock forward by `ms`: everything due on the way happens in order, each with its consequences before the
   * next. Rejects with `NotAtRest` when something does not come to rest.
   */
  advance(ms: number): Promise<void>;
  /** The snapshots, by name. */
  snapshots(): readonly Snapshot[];
  /** Keeps the state as it is under a name; replaces an older snapshot of that name. */
  snapshot(name: string): Promise<Snapshot>;
  /** Makes the state that of a snapshot, the clock included. What was in flight is dropped. Undefined: there is none. */
  restore(name: string): Promise<Snapshot | undefined>;
  /** False when there is none of that name. */
  removeSnapshot(name: string): boolean;
  /**
   * Empties tables, queues, logs and everything that is under way, and leaves what is deployed: tables, functions, rules,
   * stacks. `everything`: leaves nothing at all. Faults and trace are cleared; the clock goes on.
   */
  reset(options?: { readonly everything?: boolean }): Promise<void>;
}

/** Something is still in flight, so that the clock could not be moved on; it stands where it had come to. */
export class NotAtRest extends Error {
  readonly running: readonly string[];

  constructor(running: readonly string[]) {
    super(`the cloud does not come to rest; still running: ${running.join(', ')}`);
    this.running = running;
  }
}
