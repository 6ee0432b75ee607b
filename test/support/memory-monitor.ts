import type {
  Counter,
  CounterRange,
  CounterReader,
  CounterWriter,
  Increment,
} from '../../functions/application/insights/ports';
import type {
  ErrorNotes,
  ErrorReader,
  Look,
  Looks,
  NotedError,
  QueueLength,
  QueueLengths,
  QueueLengthsByName,
} from '../../functions/application/monitor/ports';
import { type WatchedQueue, watchedQueues } from '../../functions/application/monitor/watched-queues';

/** What the monitor sees, in memory. */
export class MemoryMonitor {
  readonly total: Record<string, number> = {};
  readonly lengths: Partial<Record<WatchedQueue, QueueLength>> = {};
  readonly noted: NotedError[] = [];
  /** What the next write of a counter or a note fails with. */
  fails: Error | undefined;

  readonly counters: CounterReader & CounterWriter = {
    read: async (_generation: number, { from = '' }: CounterRange): Promise<readonly Counter[]> =>
      Object.keys(this.total).length === 0 ? [] : [{ key: from, values: this.total }],
    add: async (_generation: number, increments: readonly Increment[]) => {
      if (this.fails) throw this.fails;
      for (const { add } of increments)
        for (const [name, number] of Object.entries(add)) this.total[name] = (this.total[name] ?? 0) + number;
    },
  };

  publishedFacts = 0;
  readonly published = { count: async () => this.publishedFacts };

  readonly errors: ErrorNotes & ErrorReader = {
    note: async (errors: readonly NotedError[]) => {
      if (this.fails) throw this.fails;
      this.noted.push(...errors);
    },
    latest: async (limit: number) => this.noted.toReversed().slice(0, limit),
  };

  readonly queues: QueueLengths = { read: async () => this.lengthsByName() };

  lengthsByName(): QueueLengthsByName {
    const none = { visible: 0, inFlight: 0, delayed: 0 };
    return Object.fromEntries(
      watchedQueues.map((name) => [name, this.lengths[name] ?? none]),
    ) as unknown as QueueLengthsByName;
  }
}

export class MemoryLooks implements Looks {
  readonly looks: Partial<Record<WatchedQueue, Look>> = {};

  async last() {
    return { ...this.looks };
  }

  async remember(queue: WatchedQueue, look: Look) {
    if ((this.looks[queue]?.serial ?? 0) < look.serial) this.looks[queue] = look;
  }
}
