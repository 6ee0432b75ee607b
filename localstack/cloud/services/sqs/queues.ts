import { Records } from '../../core/records';
import type { Call } from '../../core/service';
import { noSuchQueue } from './errors';
import { Queue, type QueueContext } from './queue';
import { allowsRedriveFrom } from './queue-attributes';
import { idFromArn, idFromUrl, keyOf, type QueueId, type QueueRecord } from './queue-record';

/** All queues of the cloud. */
export class Queues {
  readonly #context: QueueContext;
  readonly #records: Records<QueueRecord>;
  readonly #queues = new Map<string, Queue>();

  constructor(context: QueueContext) {
    this.#context = context;
    this.#records = new Records(context.store.space('sqs-queues'));
    for (const record of this.#records.values()) this.#open(record);
  }

  find(id: QueueId | undefined): Queue | undefined {
    return id && this.#queues.get(keyOf(id));
  }

  byArn(arn: string): Queue {
    const queue = this.find(idFromArn(arn));
    if (!queue) throw noSuchQueue();
    return queue;
  }

  byUrl(url: unknown, call: Call): Queue {
    const queue = this.find(idFromUrl(url, call));
    if (!queue) throw noSuchQueue();
    return queue;
  }

  /** Those of the caller's account and region, by name. */
  list(call: Call): Queue[] {
    const prefix = keyOf({ account: call.account, region: call.region, name: '' });
    return this.#records
      .entries()
      .filter(([key]) => key.startsWith(prefix))
      .map(([key]) => this.#queues.get(key) as Queue);
  }

  /** Those whose dead-letter queue has this ARN. */
  sourcesOf(arn: string): Queue[] {
    return [...this.#queues.values()].filter(({ settings }) => settings.redrive?.deadLetterArn === arn);
  }

  create(record: QueueRecord): Queue {
    this.#records.set(keyOf(record), record);
    return this.#open(record);
  }

  update(queue: Queue, change: Partial<Pick<QueueRecord, 'attributes' | 'tags'>>): void {
    const record = { ...queue.record, ...change, modifiedAt: this.#context.clock.now() };
    this.#records.set(keyOf(record), record);
    queue.configure(record);
  }

  delete(queue: Queue): void {
    this.#records.delete(keyOf(queue.record));
    this.#queues.delete(keyOf(queue.record));
    queue.destroy();
  }

  stop(): void {
    for (const queue of this.#queues.values()) queue.stop();
  }

  #open(record: QueueRecord): Queue {
    const queue = new Queue(record, this.#context, (arn) => {
      const target = this.find(idFromArn(arn));
      return target && allowsRedriveFrom(target.settings, record) ? target : undefined;
    });
    this.#queues.set(keyOf(record), queue);
    return queue;
  }
}
