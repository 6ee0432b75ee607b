import { AwsError } from '../../../core/aws-error';
import type { Timer } from '../../../core/clock';
import type { QueueAccess, ReceivedMessage } from '../../../core/peers';
import type { InvocationResult } from '../execution/invoker';
import type { ResolvedFunction } from '../functions';
import { failedItems } from './batch-response';
import { BATCH_FAULTS, QUEUE_BATCH, shuffle } from './fault-points';
import type { MappingRecord, Poller } from './mapping-record';
import { backoff, Work } from './pause';
import { QueueBatch } from './queue-batch';
import { queueRecord } from './queue-event';
import { messageFilter } from './record-filter';
import { SourcePermission } from './source-permission';
import { causesOf } from './stream-event';
import type { PollerParts } from './stream-poller';

/** The most that SQS gives in one call. */
const RECEIVE_AT_ONCE = 10;
const RECEIVING = ['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'];
const DELETING = ['sqs:DeleteMessage'];

/**
 * Takes the messages of a queue to a function. A message is deleted when the function has succeeded with it; else it
 * becomes visible again by itself. Takes no message for which no concurrency is left.
 */
export class QueuePoller implements Poller {
  readonly #mapping: MappingRecord;
  readonly #parts: PollerParts;
  readonly #queue: QueueAccess;
  readonly #fits: (message: ReceivedMessage) => boolean;
  readonly #gathered: QueueBatch;
  readonly #works = new Set<Work>();
  readonly #permission: SourcePermission;
  #unsubscribe: (() => void) | undefined;
  #windowTimer: Timer | undefined;
  #retryTimer: Timer | undefined;
  #throttles = 0;
  #awake: (() => void) | undefined;
  #stopped = false;
  #ended: (() => void) | undefined;

  constructor(mapping: MappingRecord, parts: PollerParts) {
    this.#mapping = mapping;
    this.#parts = parts;
    this.#queue = parts.context.registry.peer('sqs');
    this.#fits = messageFilter(mapping.filters, mapping.eventSourceArn);
    this.#gathered = new QueueBatch(mapping.batchSize, mapping.eventSourceArn);
    this.#permission = new SourcePermission(parts.context, parts.functions, mapping);
  }

  start(): void {
    this.#unsubscribe = this.#queue.onMessage(this.#mapping.eventSourceArn, () => this.#wake());
    this.#wake();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe?.();
    this.#windowTimer?.cancel();
    this.#retryTimer?.cancel();
    for (const message of this.#gathered.clear()) this.#release(message, 0);
    for (const work of this.#works) work.hurry();
    if (this.#works.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  #wake(): void {
    if (this.#awake || this.#stopped || this.#retryTimer) return;
    this.#awake = this.#parts.context.activity.begin(`queue of ${this.#mapping.functionArn}`);
    setImmediate(() => {
      const done = this.#awake;
      this.#awake = undefined;
      this.#pump();
      done?.();
    });
  }

  #pump(): void {
    if (this.#stopped) return;
    const target = this.#target();
    while (target && this.#works.size < this.#limit(target)) {
      const batch = this.#gather();
      if (batch.length === 0) return;
      const work = new Work(this.#parts.context.activity, `${target.record.name} on its queue`);
      this.#works.add(work);
      this.#process(target, batch, work).finally(() => {
        this.#works.delete(work);
        this.#wake();
        work.end();
        if (this.#stopped && this.#works.size === 0) this.#ended?.();
      });
    }
    // The function is gone, or others use up the reserved concurrency: when that ends, nobody tells this queue.
    if (this.#works.size === 0) this.#retryLater();
  }

  #target(): ResolvedFunction | undefined {
    const { functions, context, onResult } = this.#parts;
    try {
      return functions.resolve(this.#mapping.functionArn, context);
    } catch (error) {
      onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
      this.#throttles++;
      return undefined;
    }
  }

  #limit(target: ResolvedFunction): number {
    const { invoker, perFunction } = this.#parts;
    const free = this.#works.size + invoker.free(target.record);
    return Math.min(this.#mapping.maximumConcurrency ?? perFunction, perFunction, free);
  }

  /** The next batch; empty while there is none, or while the batching window is open. */
  #gather(): readonly { readonly message: ReceivedMessage; readonly text: string }[] {
    const { windowSeconds, functionArn } = this.#mapping;
    const { clock } = this.#parts.context;
    this.#receive();
    if (this.#gathered.isEmpty) return [];
    if (windowSeconds > 0 && !this.#gathered.isFull) {
      this.#windowTimer ??= clock.after(windowSeconds * 1000, `batch of ${functionArn}`, () => this.#wake());
      if (this.#windowTimer.dueAt > clock.now()) return [];
    }
    this.#windowTimer?.cancel();
    this.#windowTimer = undefined;
    return this.#gathered.take();
  }

  #receive(): void {
    const { eventSourceArn } = this.#mapping;
    while (!this.#gathered.isFull) {
      if (!this.#mayReceive()) return;
      let received: readonly ReceivedMessage[];
      try {
        received = this.#queue.receive(eventSourceArn, Math.min(this.#gathered.room, RECEIVE_AT_ONCE));
      } catch (error) {
        this.#parts.onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
        return;
      }
      if (received.length === 0) return;
      for (const message of received) {
        if (this.#fits(message)) this.#gathered.add(message);
        // What the filter passes over is gone, as on AWS.
        else this.#delete(message);
      }
    }
  }

  #mayReceive(): boolean {
    try {
      this.#permission.check(RECEIVING);
      return true;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#parts.onResult(this.#mapping.uuid, `PROBLEM: ${error.message}`);
      // Nobody tells this queue when the role is allowed to.
      this.#throttles++;
      this.#retryLater();
      return false;
    }
  }

  async #process(
    target: ResolvedFunction,
    batch: readonly { readonly message: ReceivedMessage; readonly text: string }[],
    work: Work,
  ): Promise<void> {
    const { context, onResult } = this.#parts;
    const fault = this.#fault();
    if (fault?.kind === 'latency') {
      await work.wait(context.clock, fault.rule.ms ?? 0, `a batch of ${target.record.name} is late`);
    }
    let messages = batch.map(({ message }) => message);
    let texts = batch.map(({ text }) => text);
    if (fault?.kind === 'reorder') {
      messages = shuffle(messages, this.#mapping.eventSourceArn.endsWith('.fifo'), fault.random);
      texts = messages.map((message) => queueRecord(message, this.#mapping.eventSourceArn));
    }
    // The adversary may bring a batch that succeeded once more, as when SQS had lost that it was deleted.
    for (let times = fault?.kind === 'duplicate' ? 2 : 1; times > 0; times--) {
      if (this.#stopped) {
        for (const message of messages) this.#release(message, 0);
        return;
      }
      const result = await this.#invoke(target, messages, texts);
      if (!result) return;
      onResult(this.#mapping.uuid, result.functionError ? 'PROBLEM: Function call failed' : 'OK');
      const done = this.#done(messages, result);
      if (times === 1 || done.length < messages.length) {
        for (const message of done) this.#delete(message);
        return;
      }
    }
  }

  #fault() {
    const { faults } = this.#parts.context;
    if (!faults.active) return undefined;
    const target = this.#mapping.functionArn;
    return faults.at({ service: 'lambda', operation: QUEUE_BATCH, target, caller: 'sqs' }, BATCH_FAULTS);
  }

  /** Undefined when it was throttled: the messages come again, and nobody takes more of them before. */
  async #invoke(
    target: ResolvedFunction,
    messages: readonly ReceivedMessage[],
    texts: readonly string[],
  ): Promise<InvocationResult | undefined> {
    const { invoker, onResult } = this.#parts;
    try {
      const payload = `{"Records":[${texts.join(',')}]}`;
      const batch = { payload, records: messages.length, about: texts, causes: causesOf(messages) };
      const result = await invoker.invoke(target, { ...batch, trigger: 'sqs', counted: true });
      this.#throttles = 0;
      return result;
    } catch (error) {
      onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
      this.#throttles++;
      for (const message of messages) this.#release(message, backoff(this.#throttles));
      this.#retryLater();
      return undefined;
    }
  }

  /** The messages that the function is done with. */
  #done(messages: readonly ReceivedMessage[], result: InvocationResult): readonly ReceivedMessage[] {
    if (result.functionError) return [];
    if (!this.#mapping.reportFailures) return messages;
    const ids = new Set(messages.map(({ messageId }) => messageId));
    const failed = failedItems(result.payload, (id) => ids.has(id));
    return failed === 'all' ? [] : messages.filter(({ messageId }) => !failed.has(messageId));
  }

  #retryLater(): void {
    if (this.#retryTimer || this.#stopped) return;
    const { clock } = this.#parts.context;
    this.#retryTimer = clock.after(
      backoff(Math.max(1, this.#throttles)),
      `retry of ${this.#mapping.functionArn}`,
      () => {
        this.#retryTimer = undefined;
        this.#wake();
      },
    );
  }

  #delete({ receiptHandle }: ReceivedMessage): void {
    try {
      this.#permission.check(DELETING);
      this.#queue.delete(this.#mapping.eventSourceArn, receiptHandle);
    } catch (error) {
      // The queue is gone, and nothing is left to be deleted; or it may not be, and comes again.
      this.#parts.onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
    }
  }

  #release(message: ReceivedMessage, ms: number): void {
    try {
      this.#queue.release(this.#mapping.eventSourceArn, message.receiptHandle, ms);
    } catch (error) {
      this.#parts.onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
    }
  }
}
