import { Records } from '../../../core/records';
import { resourceNotFound } from '../api/errors';
import { CHECKPOINT_SPACES, Checkpoints } from './checkpoints';
import type { MappingRecord, Poller } from './mapping-record';
import { QueuePoller } from './queue-poller';
import { type PollerParts, StreamPoller } from './stream-poller';

const RESULTS = 'lambda-mapping-results';

/** The spaces of the store that hold how far the mappings have come, and how it went. */
export const MAPPING_DATA_SPACES: readonly string[] = [...CHECKPOINT_SPACES, RESULTS];

/** All event source mappings, and a poller for each that is enabled. */
export class Mappings {
  readonly #parts: PollerParts;
  readonly #records: Records<MappingRecord>;
  readonly #checkpoints: Checkpoints;
  readonly #pollers = new Map<string, Poller>();
  /** A poller that is ending, and what is to come after it. */
  readonly #ending = new Map<string, Promise<void>>();
  /** `LastProcessingResult`, by mapping. */
  readonly #results: Records<string>;
  #running = false;

  constructor(parts: Omit<PollerParts, 'checkpoints' | 'onResult'>) {
    this.#checkpoints = new Checkpoints(parts.context.store);
    this.#records = new Records(parts.context.store.space('lambda-mappings'));
    this.#results = new Records(parts.context.store.space(RESULTS));
    this.#parts = {
      ...parts,
      checkpoints: this.#checkpoints,
      onResult: (mapping, result) => {
        if (this.#results.get(mapping) !== result) this.#results.set(mapping, result);
      },
    };
  }

  start(): void {
    this.#running = true;
    for (const record of this.#records.values()) this.#startPoller(record);
  }

  async stop(): Promise<void> {
    this.#running = false;
    const pollers = [...this.#pollers.values()];
    this.#pollers.clear();
    await Promise.all([...pollers.map((poller) => poller.stop()), ...this.#ending.values()]);
  }

  list(): MappingRecord[] {
    return this.#records.values();
  }

  get(uuid: string): MappingRecord {
    const record = this.#records.get(uuid);
    if (!record) throw resourceNotFound('The resource you requested does not exist.');
    return record;
  }

  byArn(arn: string): MappingRecord {
    return this.get(arn.split(':').pop() ?? '');
  }

  lastResult(uuid: string): string {
    return this.#results.get(uuid) ?? 'No records processed';
  }

  create(record: MappingRecord): void {
    // Fixed now: what is written from here on is behind it, whatever happens before the first batch.
    if (record.startingPosition === 'LATEST') this.#beginAtLatest(record);
    this.#records.set(record.uuid, record);
    this.#startPoller(record);
  }

  update(record: MappingRecord): void {
    this.#records.set(record.uuid, record);
    this.#replacePoller(record);
  }

  /** Keeps what is in flight: only what is known about the mapping changes. */
  setTags(record: MappingRecord, tags: Record<string, string>): void {
    this.#records.set(record.uuid, { ...record, tags });
  }

  delete(record: MappingRecord): void {
    this.#records.delete(record.uuid);
    this.#results.delete(record.uuid);
    this.#endPoller(record.uuid, () => this.#checkpoints.remove(record.uuid));
    this.#checkpoints.remove(record.uuid);
  }

  #beginAtLatest({ uuid, eventSourceArn, parallelization }: MappingRecord): void {
    const source = this.#parts.context.registry.peer('dynamodb');
    for (const shard of source.shards(eventSourceArn)) {
      const latest = source.latest(eventSourceArn, shard);
      this.#checkpoints.write(uuid, shard, new Array(parallelization).fill(latest));
    }
  }

  #startPoller(record: MappingRecord): void {
    if (!this.#running || !record.enabled || this.#pollers.has(record.uuid)) return;
    const poller =
      record.source === 'sqs' ? new QueuePoller(record, this.#parts) : new StreamPoller(record, this.#parts);
    this.#pollers.set(record.uuid, poller);
    try {
      poller.start();
    } catch (error) {
      this.#parts.onResult(record.uuid, `PROBLEM: ${(error as Error).message}`);
    }
  }

  /** The new settings hold from the next batch on; the one that is under way ends first, so that order is kept. */
  #replacePoller(record: MappingRecord): void {
    this.#endPoller(record.uuid, () => {
      const current = this.#records.get(record.uuid);
      if (current) this.#startPoller(current);
    });
  }

  #endPoller(uuid: string, then: () => void): void {
    const poller = this.#pollers.get(uuid);
    if (!poller) {
      // Perhaps one is ending still: what comes next, comes after it.
      const ending = this.#ending.get(uuid);
      if (ending) this.#ending.set(uuid, ending.then(then));
      else then();
      return;
    }
    this.#pollers.delete(uuid);
    const done = this.#parts.context.activity.begin(`mapping ${uuid}`);
    const ended = poller.stop().then(() => {
      if (this.#ending.get(uuid) === ended) this.#ending.delete(uuid);
      then();
      done();
    });
    this.#ending.set(uuid, ended);
  }
}
