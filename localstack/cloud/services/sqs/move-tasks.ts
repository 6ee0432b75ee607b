import type { Clock, Timer } from '../../core/clock';
import { uuid } from '../../core/ids';
import { Records } from '../../core/records';
import type { Store } from '../../core/store';
import type { Queue } from './queue';
import { idFromArn } from './queue-record';
import type { Queues } from './queues';

/** A redrive: messages on their way from a dead-letter queue back to where they came from, or to another queue. */
export type MoveTask = {
  readonly id: string;
  readonly sourceArn: string;
  /** Each message's own source queue unless given. */
  readonly destinationArn?: string;
  /** As fast as it can unless given. */
  readonly perSecond?: number;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly failureReason?: string;
  readonly moved: number;
  readonly toMove: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** The hop in the trace that started it. */
  readonly cause?: string;
};

/** How many messages a task without a rate moves before it lets others have their turn. */
const STEP = 1_000;

/** Keeps the tasks in the store, and moves messages by the clock. */
export class MoveTasks {
  readonly #clock: Clock;
  readonly #queues: Queues;
  readonly #records: Records<MoveTask>;
  readonly #timers = new Map<string, Timer>();

  constructor({ clock, store }: { clock: Clock; store: Store }, queues: Queues) {
    this.#clock = clock;
    this.#queues = queues;
    this.#records = new Records(store.space('sqs-moves'));
  }

  /** Goes on with what the last run left. */
  resume(): void {
    for (const task of this.#records.values()) if (task.status === 'RUNNING') this.#step(task);
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  start(source: Queue, options: Pick<MoveTask, 'destinationArn' | 'perSecond' | 'cause'>): MoveTask {
    const task: MoveTask = {
      id: uuid(),
      sourceArn: source.arn,
      ...options,
      status: 'RUNNING',
      moved: 0,
      toMove: source.counts().visible,
      startedAt: this.#clock.now(),
    };
    this.#records.set(task.id, task);
    this.#step(task);
    return task;
  }

  cancel(task: MoveTask): MoveTask {
    this.#timers.get(task.id)?.cancel();
    this.#timers.delete(task.id);
    return this.#set({ ...task, status: 'CANCELLED' });
  }

  find(id: string): MoveTask | undefined {
    return this.#records.get(id);
  }

  /** The tasks of a source queue, newest first. */
  of(sourceArn: string): MoveTask[] {
    return this.#records
      .values()
      .filter((task) => task.sourceArn === sourceArn)
      .sort((a, b) => b.startedAt - a.startedAt);
  }

  /** One second's worth of messages, or one step's. */
  #step(task: MoveTask): void {
    const source = this.#queues.find(idFromArn(task.sourceArn));
    let { moved } = task;
    const end = moved + (task.perSecond ?? STEP);
    while (source && moved < end) {
      const destination = this.#destinationOfNext(task, source);
      if (destination === 'none') {
        this.#set({ ...task, moved, status: 'COMPLETED' });
        return;
      }
      if (!destination) {
        this.#set({ ...task, moved, status: 'FAILED', failureReason: 'CouldNotDetermineMessageSource' });
        return;
      }
      source.moveNextTo(destination, task.cause);
      moved++;
    }
    if (!source) {
      this.#set({ ...task, moved, status: 'FAILED', failureReason: 'AWS.SimpleQueueService.NonExistentQueue' });
      return;
    }
    const going = this.#set({ ...task, moved });
    this.#timers.set(
      task.id,
      this.#clock.after(task.perSecond === undefined ? 0 : 1_000, `sqs: redrive of ${source.record.name}`, () => {
        this.#timers.delete(task.id);
        this.#step(going);
      }),
    );
  }

  /** Undefined when nobody knows where the message came from, or that queue is gone. */
  #destinationOfNext(task: MoveTask, source: Queue): Queue | 'none' | undefined {
    const next = source.peekNext();
    if (!next) return 'none';
    const arn = task.destinationArn ?? next.deadLetterOf;
    return arn === undefined ? undefined : this.#queues.find(idFromArn(arn));
  }

  #set(task: MoveTask): MoveTask {
    this.#records.set(task.id, task);
    return task;
  }
}
