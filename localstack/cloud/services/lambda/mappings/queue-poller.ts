import type { Timer } from '../../../core/clock';
import type { QueueAccess, ReceivedMessage } from '../../../core/peers';
import type { InvocationResult } from '../execution/invoker';
import type { ResolvedFunction } from '../functions';
import { failedItems } from './batch-response';
import type { MappingRecord, Poller } from './mapping-record';
import { backoff } from './pause';
import { messageFilter } from './record-filter';
import type { PollerParts } from './stream-poller';

/** The most that SQS gives in one call. */
const RECEIVE_AT_ONCE = 10;

/**
 * Takes the messages of a queue to a function. A message is deleted when the function has succeeded with it; else it
 * becomes visible again by itself. Takes no message for which no concurrency is left.
 */
export class QueuePoller implements Poller {
  readonly #mapping: MappingRecord;
  readonly #parts: PollerParts;
  readonly #queue: QueueAccess;
  readonly #fits: (message: ReceivedMessage) => boolean;
  #unsubscribe: (() => void) | undefined;
  /** With a batching window: received and not passed on yet. */
  #gathered: ReceivedMessage[] = [];
  #windowTimer: Timer | undefined;
  #retryTimer: Timer | undefined;
  #throttles = 0;
  #inFlight = 0;
  #awake: (() => void) | undefined;
  #stopped = false;
  #ended: (() => void) | undefined;

  constructor(mapping: MappingRecord, parts: PollerParts) {
    this.#mapping = mapping;
    this.#parts = parts;
    this.#queue = parts.context.registry.peer('sqs');
    this.#fits = messageFilter(mapping.filters);
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
    for (const message of this.#gathered.splice(0)) this.#release(message, 0);
    if (this.#inFlight === 0) return Promise.resolve();
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
    const target = this.#target();
    if (!target) return;
    while (!this.#stopped && this.#inFlight < this.#limit(target)) {
      const batch = this.#gather();
      if (batch.length === 0) return;
      this.#inFlight++;
      const done = this.#parts.context.activity.begin(`${target.record.name} on its queue`);
      this.#process(target, batch).finally(() => {
        this.#inFlight--;
        this.#wake();
        done();
        if (this.#stopped && this.#inFlight === 0) this.#ended?.();
      });
    }
    // Others use up the reserved concurrency; when they are done, nobody tells this queue.
    if (this.#inFlight === 0 && !this.#stopped) this.#retryLater();
  }

  #target(): ResolvedFunction | undefined {
    const { functions, context, onResult } = this.#parts;
    try {
      return functions.resolve(this.#mapping.functionArn, context);
    } catch (error) {
      onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
      return undefined;
    }
  }

  #limit(target: ResolvedFunction): number {
    const { invoker, perFunction } = this.#parts;
    const free = this.#inFlight + invoker.free(target.record);
    return Math.min(this.#mapping.maximumConcurrency ?? perFunction, perFunction, free);
  }

  /** The next batch; empty while there is none, or while the batching window is open. */
  #gather(): ReceivedMessage[] {
    const { batchSize, windowSeconds, eventSourceArn } = this.#mapping;
    while (this.#gathered.length < batchSize) {
      const wanted = Math.min(batchSize - this.#gathered.length, RECEIVE_AT_ONCE);
      let received: readonly ReceivedMessage[];
      try {
        received = this.#queue.receive(eventSourceArn, wanted);
      } catch (error) {
        this.#parts.onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
        break;
      }
      if (received.length === 0) break;
      for (const message of received) {
        if (this.#fits(message)) this.#gathered.push(message);
        // What the filter passes over is gone, as on AWS.
        else this.#queue.delete(eventSourceArn, message.receiptHandle);
      }
    }
    if (this.#gathered.length === 0) return [];
    const full = this.#gathered.length >= batchSize;
    if (windowSeconds > 0 && !full && this.#windowTimer === undefined) {
      const { clock } = this.#parts.context;
      this.#windowTimer = clock.after(windowSeconds * 1000, `batch of ${this.#mapping.functionArn}`, () =>
        this.#wake(),
      );
    }
    if (windowSeconds > 0 && !full && this.#windowTimer!.dueAt > this.#parts.context.clock.now()) return [];
    this.#windowTimer?.cancel();
    this.#windowTimer = undefined;
    return this.#gathered.splice(0, batchSize);
  }

  async #process(target: ResolvedFunction, batch: readonly ReceivedMessage[]): Promise<void> {
    const { invoker, onResult } = this.#parts;
    const { uuid, reportFailures } = this.#mapping;
    const payload = `{"Records":[${batch.map((message) => this.#eventRecord(message)).join(',')}]}`;
    let result: InvocationResult;
    try {
      result = await invoker.invoke(target, { payload, trigger: 'sqs', records: batch.length });
    } catch (error) {
      onResult(uuid, `PROBLEM: ${(error as Error).message}`);
      this.#throttles++;
      for (const message of batch) this.#release(message, backoff(this.#throttles));
      this.#retryLater();
      return;
    }
    this.#throttles = 0;
    onResult(uuid, result.functionError ? 'PROBLEM: Function call failed' : 'OK');
    if (result.functionError) return;
    const ids = new Set(batch.map(({ messageId }) => messageId));
    const failed = reportFailures ? failedItems(result.payload, (id) => ids.has(id)) : new Set<string>();
    if (failed === 'all') return;
    for (const { messageId, receiptHandle } of batch) {
      if (failed.has(messageId)) continue;
      try {
        this.#queue.delete(this.#mapping.eventSourceArn, receiptHandle);
      } catch (error) {
        // The queue is gone, or the message became visible again: it comes once more.
        onResult(uuid, `PROBLEM: ${(error as Error).message}`);
      }
    }
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

  #release(message: ReceivedMessage, ms: number): void {
    try {
      this.#queue.release(this.#mapping.eventSourceArn, message.receiptHandle, ms);
    } catch (error) {
      this.#parts.onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
    }
  }

  #eventRecord(message: ReceivedMessage): string {
    const arn = this.#mapping.eventSourceArn;
    return JSON.stringify({
      messageId: message.messageId,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: message.attributes,
      messageAttributes: Object.fromEntries(
        Object.entries(message.messageAttributes).map(([name, value]) => [name, eventAttribute(value)]),
      ),
      md5OfBody: message.md5OfBody,
      ...(message.md5OfMessageAttributes ? { md5OfMessageAttributes: message.md5OfMessageAttributes } : {}),
      eventSource: 'aws:sqs',
      eventSourceARN: arn,
      awsRegion: arn.split(':')[3],
    });
  }
}

/** Lambda writes the members of a message attribute in small letters, and the empty lists too. */
function eventAttribute(value: unknown): object {
  const { StringValue, BinaryValue, DataType } = value as Record<string, unknown>;
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}
