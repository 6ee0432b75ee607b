import type { Timer } from '../../../core/clock';
import type { StreamRecord } from '../../../core/peers';
import type { Position } from './checkpoints';
import { PendingRecords } from './pending-records';
import { type LaneOwner, StreamWork } from './stream-work';
import type { TumblingWindows } from './tumbling-window';

/**
 * While records pile up, batches begin at least this far apart, in milliseconds: an invocation costs the same for one
 * record as for ten. (AWS polls a shard four times a second; a lone record is not kept waiting here.)
 */
const GATHER_MS = 20;

/** Records of one shard that have to be processed in order. Decides when the next batch begins. */
export class StreamLane {
  readonly #owner: LaneOwner;
  readonly #pending: PendingRecords;
  readonly #windows: TumblingWindows | undefined;
  readonly #work: StreamWork;
  readonly #label: string;
  #running = false;
  /** The batching window. */
  #batchTimer: Timer | undefined;
  #batchIsDue = false;
  /** The end of the tumbling window. */
  #windowTimer: Timer | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #gathered: (() => void) | undefined;
  #lastBatch = { size: 0, begunAt: 0 };
  #stopped = false;
  #ended: (() => void) | undefined;

  constructor(owner: LaneOwner, done: Position, windows: TumblingWindows | undefined) {
    this.#owner = owner;
    this.#label = `${owner.mapping.functionArn.split(':')[6]} on its stream`;
    this.#pending = new PendingRecords(done, windows !== undefined);
    this.#windows = windows;
    this.#work = new StreamWork(owner, { pending: this.#pending, windows, label: this.#label });
  }

  /** Everything up to here is done. */
  get done(): Position {
    return this.#pending.done;
  }

  /** Records that are not done yet. */
  get waiting(): number {
    return this.#pending.size;
  }

  add(record: StreamRecord): void {
    this.#pending.add(record);
  }

  /** Begins a batch, unless one is under way, the batching window is still open, or more records are about to come. */
  kick(): void {
    if (this.#running || this.#stopped) return;
    this.#awaitWindowEnd();
    if (!this.#work.windowIsOver()) {
      if (this.#pending.size === 0 || this.#waitForBatch() || this.#gather()) return;
      this.#batchIsDue = false;
      const size = Math.min(this.#pending.size, this.#owner.mapping.batchSize);
      this.#lastBatch = { size, begunAt: performance.now() };
    }
    this.#running = true;
    void this.#run();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#batchTimer?.cancel();
    this.#windowTimer?.cancel();
    clearTimeout(this.#gathering);
    this.#gathered?.();
    this.#work.stop();
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  async #run(): Promise<void> {
    const work = await this.#work.run();
    this.#running = false;
    this.#owner.progressed();
    this.kick();
    work.end();
    if (this.#stopped) this.#ended?.();
  }

  /** With a batching window: true while the batch may still grow. */
  #waitForBatch(): boolean {
    const { mapping, context } = this.#owner;
    const full = this.#pending.isFull(mapping.batchSize);
    if (mapping.windowSeconds === 0 || this.#batchIsDue || full || this.#nextWindowEnd() <= context.clock.now()) {
      this.#batchTimer?.cancel();
      this.#batchTimer = undefined;
      return false;
    }
    this.#batchTimer ??= context.clock.after(mapping.windowSeconds * 1000, `batch of ${this.#label}`, () => {
      this.#batchTimer = undefined;
      this.#batchIsDue = true;
      this.kick();
    });
    return true;
  }

  /** True while the batch may still grow because the last one was begun a moment ago, and was no lone record. */
  #gather(): boolean {
    if (this.#gathering) return true;
    const { size, begunAt } = this.#lastBatch;
    const wait = begunAt + GATHER_MS - performance.now();
    if (size < 2 || wait <= 0 || this.#pending.isFull(this.#owner.mapping.batchSize)) return false;
    this.#gathered = this.#owner.context.activity.begin(this.#label);
    // Real time: how much work an invocation is worth has nothing to do with the clock of the cloud.
    this.#gathering = setTimeout(() => {
      this.#lastBatch = { size: 0, begunAt: 0 };
      this.#gathering = undefined;
      this.kick();
      this.#gathered?.();
    }, wait);
    return true;
  }

  #awaitWindowEnd(): void {
    const end = this.#nextWindowEnd();
    if (this.#windowTimer?.dueAt === end || (this.#windowTimer === undefined && end === Number.POSITIVE_INFINITY))
      return;
    this.#windowTimer?.cancel();
    this.#windowTimer = undefined;
    const { clock } = this.#owner.context;
    if (end === Number.POSITIVE_INFINITY || end <= clock.now()) return;
    this.#windowTimer = clock.after(end - clock.now(), `window of ${this.#label} ends`, () => {
      this.#windowTimer = undefined;
      // What was written up to now belongs to the window, whether it has been read or not.
      this.#owner.progressed();
    });
  }

  /** Of the tumbling window that is open, or of the one that the next record opens. */
  #nextWindowEnd(): number {
    const { first } = this.#pending;
    const window = this.#windows?.open ?? (first && this.#windows?.spanOf(first));
    return window?.end ?? Number.POSITIVE_INFINITY;
  }
}
