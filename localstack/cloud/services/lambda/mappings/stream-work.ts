import type { StreamRecord } from '../../../core/peers';
import type { CloudContext } from '../../../core/service';
import type { InvocationResult } from '../execution/invoker';
import { failedItems } from './batch-response';
import { BATCH_FAULTS, overtake, STREAM_BATCH } from './fault-points';
import type { MappingRecord } from './mapping-record';
import { backoff, Work } from './pause';
import type { PendingRecords } from './pending-records';
import { createdAt, type StreamEvent, streamEvent } from './stream-event';
import { type OpenWindow, type TumblingWindows, windowAfter } from './tumbling-window';

export type LaneOwner = {
  readonly context: CloudContext;
  readonly mapping: MappingRecord;
  /** Rejects when the function could not be run at all (throttled, deleted). */
  invoke(event: StreamEvent): Promise<InvocationResult>;
  /** These records will not be tried again. */
  discard(records: readonly StreamRecord[], why: Discard): void;
  /** The lane has come further, or has nothing left: look for more, and keep the checkpoint. */
  progressed(): void;
  /** The open window with its state, or none; kept together with the checkpoint. */
  keepWindow(window: OpenWindow | undefined): void;
};

export type Discard = {
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly attempts: number;
  readonly result: InvocationResult | undefined;
};

type Outcome =
  | { readonly kind: 'throttled' }
  /** The environment was ended because the cloud stops: that says nothing about the function. */
  | { readonly kind: 'unknown' }
  /** `done`: how many of the records, from the first. `window`: what it is after them. */
  | {
      readonly kind: 'answered';
      readonly done: number;
      readonly result: InvocationResult;
      readonly window?: OpenWindow;
    };

type Batch = {
  readonly records: readonly StreamRecord[];
  /** Invocations that failed. */
  readonly attempts: number;
  /** The same and those that were throttled. */
  readonly failures: number;
  /** After it has succeeded, it comes once more. */
  readonly again?: boolean;
};

/** How long a stream keeps a record, in milliseconds: nobody can try it any longer. */
const RETENTION_MS = 24 * 3600 * 1000;

/** So many hops are named as what brought the last invocation for a window about. */
const MAX_CAUSES = 1000;

/** Brings the records of a lane to the function, one batch after the other: retries, cuts in two, discards. */
export class StreamWork {
  readonly #owner: LaneOwner;
  readonly #pending: PendingRecords;
  readonly #windows: TumblingWindows | undefined;
  readonly #label: string;
  #work: Work | undefined;
  #stopped = false;
  /** The invocations for the open window, as hops of the trace. */
  #windowHops: string[] = [];
  /** Resolves when the last checkpoint is on disk. */
  #kept: Promise<void> | undefined;

  constructor(
    owner: LaneOwner,
    parts: { pending: PendingRecords; windows: TumblingWindows | undefined; label: string },
  ) {
    this.#owner = owner;
    this.#pending = parts.pending;
    this.#windows = parts.windows;
    this.#label = parts.label;
  }

  /** One batch, or the end of a tumbling window. What happens in flight counts as such until `end` is called. */
  async run(): Promise<{ end(): void }> {
    const work = new Work(this.#owner.context.activity, this.#label);
    this.#work = work;
    try {
      if (this.windowIsOver()) await this.#endWindow(work);
      else await this.#runBatch(work);
    } finally {
      this.#work = undefined;
    }
    return work;
  }

  /** The invocation under way is the last. */
  stop(): void {
    this.#stopped = true;
    this.#work?.hurry();
  }

  windowIsOver(): boolean {
    return this.#windows?.isOver(this.#owner.context.clock.now(), this.#pending.first) ?? false;
  }

  async #runBatch(work: Work): Promise<void> {
    const { mapping } = this.#owner;
    const batches = await this.#batches(work);
    while (batches.length > 0 && !this.#stopped) {
      const batch = this.#dropAged(batches.shift()!);
      if (batch.records.length === 0) continue;
      const outcome = await this.#try(batch);
      if (outcome.kind === 'unknown') return;
      if (outcome.kind === 'throttled') {
        batches.unshift({ ...batch, failures: batch.failures + 1 });
        await this.#backOff(work, batch.failures + 1);
        continue;
      }
      if (batch.again && outcome.done === batch.records.length) {
        // As when its checkpoint was lost: nobody knows that it was done.
        batches.unshift({ ...batch, again: false });
        continue;
      }
      if (outcome.window) this.#windows!.open = outcome.window;
      this.#finish(batch.records.slice(0, outcome.done));
      const rest = batch.records.slice(outcome.done);
      if (rest.length === 0) continue;
      if (outcome.done > 0) {
        // It came further, so this is not a repetition: the rest begins anew.
        batches.unshift({ records: rest, attempts: 0, failures: 0 });
        continue;
      }
      if (mapping.bisect && rest.length > 1) {
        // Cutting a batch in two does not count as a retry.
        const middle = Math.ceil(rest.length / 2);
        batches.unshift({ ...batch, records: rest.slice(0, middle) }, { ...batch, records: rest.slice(middle) });
        continue;
      }
      const attempts = batch.attempts + 1;
      if (mapping.maxRetries >= 0 && attempts > mapping.maxRetries) {
        this.#owner.discard(rest, { condition: 'RetryAttemptsExhausted', attempts, result: outcome.result });
        this.#finish(rest);
        continue;
      }
      const failures = batch.failures + 1;
      batches.unshift({ ...batch, records: rest, attempts, failures });
      await this.#backOff(work, failures);
    }
  }

  /** The next batch; the adversary may make two of it. */
  async #batches(work: Work): Promise<Batch[]> {
    const { mapping, context } = this.#owner;
    const span = this.#windows && this.#pending.first && this.#windows.spanOf(this.#pending.first);
    const records = this.#pending.next(
      mapping.batchSize,
      (record) => !span || this.#windows!.spanOf(record).start === span.start,
    );
    const batch: Batch = { records, attempts: 0, failures: 0 };
    if (!context.faults.active) return [batch];
    const target = mapping.functionArn;
    const occasion = { service: 'lambda', operation: STREAM_BATCH, target, caller: 'dynamodb' };
    const fault = context.faults.at(occasion, BATCH_FAULTS);
    if (fault?.kind === 'reorder') {
      return overtake(records, fault.random).map((part) => ({ ...batch, records: part }));
    }
    if (fault?.kind === 'latency') {
      await work.wait(context.clock, fault.rule.ms ?? 0, `a batch of ${this.#label} is late`);
    }
    return [{ ...batch, again: fault?.kind === 'duplicate' }];
  }

  async #try(batch: Batch): Promise<Outcome> {
    const { mapping } = this.#owner;
    const window = this.#windows?.spanOf(batch.records[0]!);
    const event = window
      ? this.#windows!.event(batch.records, window)
      : streamEvent(batch.records, mapping.eventSourceArn);
    const result = await this.#invoke(event);
    if (typeof result === 'string') return { kind: result };
    const after = window && !result.functionError ? windowAfter(window, result.payload) : undefined;
    if (result.functionError || (window && !after)) return { kind: 'answered', done: 0, result };
    const done = mapping.reportFailures ? doneOf(batch.records, result.payload) : batch.records.length;
    if (window && this.#windowHops.length < MAX_CAUSES) this.#windowHops.push(result.hop);
    return { kind: 'answered', done, result, ...(after && done > 0 ? { window: after } : {}) };
  }

  /** The last invocation for the open window; while it is tried again, nothing else of the shard is taken up. */
  async #endWindow(work: Work): Promise<void> {
    const { mapping, context } = this.#owner;
    const window = this.#windows!.open!;
    for (let attempts = 0, failures = 1; ; failures++) {
      const result = await this.#invoke(this.#windows!.finalEvent(window, this.#windowHops));
      if (result === 'unknown') return;
      if (result !== 'throttled') {
        if (!result.functionError && windowAfter(window, result.payload)) break;
        attempts++;
      }
      const condition = this.#givenUp(attempts, window.end);
      if (condition) {
        const causes = this.#windowHops;
        const hop = { service: 'lambda', operation: 'Discard', target: mapping.functionArn, by: 'dynamodb' };
        context.trace.note({ ...hop, causes, about: window.state }, condition);
        break;
      }
      await this.#backOff(work, failures);
    }
    this.#windows!.open = undefined;
    this.#windowHops = [];
    this.#finish([]);
  }

  async #invoke(event: StreamEvent): Promise<InvocationResult | 'throttled' | 'unknown'> {
    // A batch begins when the checkpoint of the one before is safe, so a crash repeats no more than one that is done.
    await this.#kept;
    if (this.#stopped) return 'unknown';
    try {
      const result = await this.#owner.invoke(event);
      return result.functionError && this.#stopped ? 'unknown' : result;
    } catch {
      return 'throttled';
    }
  }

  #backOff(work: Work, failures: number): Promise<void> {
    return work.wait(this.#owner.context.clock, backoff(failures), `retry of ${this.#label}`);
  }

  #dropAged(batch: Batch): Batch {
    const oldest = this.#owner.context.clock.now() - this.#maxAge();
    const young = batch.records.findIndex((record) => createdAt(record) >= oldest);
    const aged = young < 0 ? batch.records : batch.records.slice(0, young);
    if (aged.length === 0) return batch;
    this.#owner.discard(aged, { condition: 'RecordAgeExceeded', attempts: batch.attempts, result: undefined });
    this.#finish(aged);
    return { ...batch, records: batch.records.slice(aged.length) };
  }

  /** Why there is no other try of what came `at`, after so many that failed. */
  #givenUp(attempts: number, at: number): Discard['condition'] | undefined {
    const { mapping, context } = this.#owner;
    if (mapping.maxRetries >= 0 && attempts > mapping.maxRetries) return 'RetryAttemptsExhausted';
    return context.clock.now() - at >= this.#maxAge() ? 'RecordAgeExceeded' : undefined;
  }

  #maxAge(): number {
    const { maxRecordAge } = this.#owner.mapping;
    return maxRecordAge < 0 ? RETENTION_MS : Math.min(maxRecordAge * 1000, RETENTION_MS);
  }

  #finish(records: readonly StreamRecord[]): void {
    this.#pending.finish(records);
    // A state that holds what the place in the stream has not passed yet would count it twice after a crash.
    if (this.#windows && this.#pending.inOrder) this.#owner.keepWindow(this.#windows.open);
    this.#owner.progressed();
    this.#kept = this.#owner.context.store.durable().catch(() => {});
  }
}

/** How many of the records, from the first, are done by what the function reported. */
function doneOf(records: readonly StreamRecord[], payload: string): number {
  const numbers = records.map((record) => record.dynamodb.SequenceNumber);
  const failed = failedItems(payload, (identifier) => numbers.includes(identifier));
  if (failed === 'all') return 0;
  const lowest = numbers.findIndex((number) => failed.has(number));
  return lowest < 0 ? numbers.length : lowest;
}
