import type { StreamRecord } from '../../../core/peers';
import type { CloudContext } from '../../../core/service';
import type { InvocationResult } from '../execution/invoker';
import { failedItems } from './batch-response';
import type { MappingRecord } from './mapping-record';
import { backoff, Pause } from './pause';

export type LaneOwner = {
  readonly context: CloudContext;
  readonly mapping: MappingRecord;
  /** Rejects when the function could not be run at all (throttled, deleted). */
  invoke(payload: string, records: number): Promise<InvocationResult>;
  /** These records will not be tried again. */
  discard(records: readonly StreamRecord[], why: Discard): void;
  /** The lane has come further, or has nothing left: look for more, and keep the checkpoint. */
  progressed(): void;
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
  /** `done`: how many of the records, from the first. */
  | { readonly kind: 'answered'; readonly done: number; readonly result: InvocationResult };

type Batch = { readonly records: readonly StreamRecord[]; readonly attempts: number; readonly failures: number };

/** The largest event of a function, in bytes. */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/**
 * While records pile up, batches begin at least this far apart, in milliseconds: an invocation costs the same for one
 * record as for ten. (AWS polls a shard four times a second; a lone record is not kept waiting here.)
 */
const GATHER_MS = 20;

/**
 * Records of one shard that have to be processed in order, one batch after the other. A batch is retried, cut in two,
 * or discarded before the next one is begun.
 */
export class StreamLane {
  readonly #owner: LaneOwner;
  readonly #pause = new Pause();
  #pending: StreamRecord[] = [];
  #running = false;
  #windowOpen = false;
  #windowTimer: { cancel(): void } | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #gathered: (() => void) | undefined;
  #lastBatch = { size: 0, begunAt: 0 };
  #stopped = false;
  #ended: (() => void) | undefined;
  /** Everything up to here is done. */
  done: string | undefined;

  constructor(owner: LaneOwner, done: string | undefined) {
    this.#owner = owner;
    this.done = done;
  }

  /** Records that are not done yet. */
  get waiting(): number {
    return this.#pending.length;
  }

  add(record: StreamRecord): void {
    this.#pending.push(record);
  }

  /** Begins a batch, unless one is under way, the batching window is still open, or more records are about to come. */
  kick(): void {
    if (this.#running || this.#stopped || this.#pending.length === 0) return;
    if (this.#waitForWindow() || this.#gather()) return;
    this.#running = true;
    this.#windowOpen = false;
    this.#lastBatch = {
      size: Math.min(this.#pending.length, this.#owner.mapping.batchSize),
      begunAt: performance.now(),
    };
    const end = this.#owner.context.activity.begin(this.#label());
    let release = end;
    this.#process(
      () => release(),
      () => {
        release = this.#owner.context.activity.begin(this.#label());
      },
    ).finally(() => {
      this.#running = false;
      this.#owner.progressed();
      this.kick();
      release();
      if (this.#stopped) this.#ended?.();
    });
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#windowTimer?.cancel();
    clearTimeout(this.#gathering);
    this.#gathered?.();
    this.#pause.cut();
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  /** With a batching window: true while the batch may still grow. */
  #waitForWindow(): boolean {
    const { mapping, context } = this.#owner;
    if (mapping.windowSeconds === 0 || this.#windowOpen || this.#pending.length >= mapping.batchSize) {
      this.#windowTimer?.cancel();
      this.#windowTimer = undefined;
      return false;
    }
    this.#windowTimer ??= context.clock.after(mapping.windowSeconds * 1000, `batch of ${this.#label()}`, () => {
      this.#windowTimer = undefined;
      this.#windowOpen = true;
      this.kick();
    });
    return true;
  }

  /** True while the batch may still grow because the last one was begun a moment ago, and was no lone record. */
  #gather(): boolean {
    if (this.#gathering) return true;
    const { size, begunAt } = this.#lastBatch;
    const wait = begunAt + GATHER_MS - performance.now();
    if (size < 2 || wait <= 0 || this.#pending.length >= this.#owner.mapping.batchSize) return false;
    this.#gathered = this.#owner.context.activity.begin(this.#label());
    // Real time: how much work an invocation is worth has nothing to do with the clock of the cloud.
    this.#gathering = setTimeout(() => {
      this.#lastBatch = { size: 0, begunAt: 0 };
      this.#gathering = undefined;
      this.kick();
      this.#gathered?.();
    }, wait);
    return true;
  }

  /** `park` and `resume` enclose a wait by the clock, during which nothing is in flight. */
  async #process(park: () => void, resume: () => void): Promise<void> {
    const { mapping, context } = this.#owner;
    const taken = cut(this.#pending, mapping.batchSize);
    const batches: Batch[] = [{ records: taken, attempts: 0, failures: 0 }];
    while (batches.length > 0 && !this.#stopped) {
      const batch = this.#dropAged(batches.shift()!);
      if (batch.records.length === 0) continue;
      const outcome = await this.#try(batch);
      if (outcome.kind === 'unknown') return;
      if (outcome.kind === 'throttled') {
        const failures = batch.failures + 1;
        batches.unshift({ ...batch, failures });
        park();
        await this.#pause.wait(context.clock, backoff(failures), `retry of ${this.#label()}`, resume);
        continue;
      }
      this.#advance(batch.records.slice(0, outcome.done));
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
        this.#advance(rest);
        continue;
      }
      const failures = batch.failures + 1;
      batches.unshift({ records: rest, attempts, failures });
      park();
      await this.#pause.wait(context.clock, backoff(failures), `retry of ${this.#label()}`, resume);
    }
  }

  async #try(batch: Batch): Promise<Outcome> {
    const { mapping } = this.#owner;
    const payload = `{"Records":[${batch.records.map((record) => eventRecord(record, mapping)).join(',')}]}`;
    let result: InvocationResult;
    try {
      result = await this.#owner.invoke(payload, batch.records.length);
    } catch {
      return { kind: 'throttled' };
    }
    if (result.functionError) return this.#stopped ? { kind: 'unknown' } : { kind: 'answered', done: 0, result };
    if (!mapping.reportFailures) return { kind: 'answered', done: batch.records.length, result };
    const numbers = batch.records.map((record) => record.dynamodb.SequenceNumber);
    const failed = failedItems(result.payload, (identifier) => numbers.includes(identifier));
    if (failed === 'all') return { kind: 'answered', done: 0, result };
    const lowest = numbers.findIndex((number) => failed.has(number));
    return { kind: 'answered', done: lowest < 0 ? numbers.length : lowest, result };
  }

  #dropAged(batch: Batch): Batch {
    const { mapping, context } = this.#owner;
    if (mapping.maxRecordAge < 0) return batch;
    const oldest = context.clock.now() - mapping.maxRecordAge * 1000;
    const isYoung = (record: StreamRecord) => record.dynamodb.ApproximateCreationDateTime * 1000 >= oldest;
    const young = batch.records.findIndex(isYoung);
    const aged = young < 0 ? batch.records : batch.records.slice(0, young);
    if (aged.length === 0) return batch;
    this.#owner.discard(aged, { condition: 'RecordAgeExceeded', attempts: batch.attempts, result: undefined });
    this.#advance(aged);
    return { ...batch, records: batch.records.slice(aged.length) };
  }

  #advance(records: readonly StreamRecord[]): void {
    const last = records[records.length - 1];
    if (!last) return;
    this.done = last.dynamodb.SequenceNumber;
    this.#pending.splice(0, records.length);
    this.#owner.progressed();
  }

  #label = (): string => `${this.#owner.mapping.functionArn.split(':')[6]} on its stream`;
}

/** The next records for one invocation; at least one. */
function cut(pending: readonly StreamRecord[], batchSize: number): StreamRecord[] {
  const taken: StreamRecord[] = [];
  let bytes = 0;
  for (const record of pending) {
    // As JSON a record is larger than its items are; never more than about twice.
    bytes += record.dynamodb.SizeBytes * 2 + 500;
    if (taken.length === batchSize || (taken.length > 0 && bytes > MAX_PAYLOAD_BYTES)) break;
    taken.push(record);
  }
  return taken;
}

function eventRecord({ userIdentity, ...record }: StreamRecord, mapping: MappingRecord): string {
  return JSON.stringify({
    ...record,
    eventSourceARN: mapping.eventSourceArn,
    ...(userIdentity ? { userIdentity } : {}),
  });
}
