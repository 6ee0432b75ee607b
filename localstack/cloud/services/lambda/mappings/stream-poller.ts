import { AwsError } from '../../../core/aws-error';
import type { Timer } from '../../../core/clock';
import type { StreamRecord, StreamSource } from '../../../core/peers';
import type { CloudContext } from '../../../core/service';
import type { Destinations } from '../destinations';
import type { Invoker } from '../execution/invoker';
import type { Functions } from '../functions';
import { type Checkpoints, isAfter, type Position } from './checkpoints';
import { discardRecords } from './discard-report';
import type { MappingRecord, Poller } from './mapping-record';
import { backoff } from './pause';
import { streamFilter } from './record-filter';
import { SOURCE_ACTIONS, SourcePermission } from './source-permission';
import { itemKey, type StreamEvent } from './stream-event';
import { StreamLane } from './stream-lane';
import { TumblingWindows } from './tumbling-window';

export type PollerParts = {
  readonly context: CloudContext;
  readonly functions: Pick<Functions, 'find' | 'resolve'>;
  readonly invoker: Pick<Invoker, 'free' | 'invoke'>;
  readonly destinations: Pick<Destinations, 'reportFailure' | 'send'>;
  readonly checkpoints: Checkpoints;
  readonly perFunction: number;
  /** Keeps `LastProcessingResult`. */
  readonly onResult: (mapping: string, result: string) => void;
};

type Shard = { readonly id: string; readonly lanes: readonly StreamLane[]; position: Position };

/** Read ahead at most this many records of a shard that are not done. */
const READ_AHEAD_BATCHES = 2;
const READ_AT_ONCE = 1000;

/** Takes the records of a DynamoDB stream to a function. Wakes when something is written; only a lane under load gathers. */
export class StreamPoller implements Poller {
  readonly #mapping: MappingRecord;
  readonly #parts: PollerParts;
  readonly #source: StreamSource;
  readonly #fits: (record: StreamRecord) => boolean;
  readonly #shards = new Map<string, Shard>();
  readonly #permission: SourcePermission;
  #unsubscribe: (() => void) | undefined;
  #awake = false;
  #denials = 0;
  #retryTimer: Timer | undefined;
  #stopped = false;

  constructor(mapping: MappingRecord, parts: PollerParts) {
    this.#mapping = mapping;
    this.#parts = parts;
    this.#source = parts.context.registry.peer('dynamodb');
    this.#fits = streamFilter(mapping.filters, mapping.eventSourceArn);
    this.#permission = new SourcePermission(parts.context, parts.functions, mapping);
  }

  start(): void {
    this.#unsubscribe = this.#source.onWrite(this.#mapping.eventSourceArn, () => this.#wake());
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe?.();
    this.#retryTimer?.cancel();
    await Promise.all([...this.#shards.values()].flatMap(({ lanes }) => lanes.map((lane) => lane.stop())));
  }

  /** What is written in one turn of the event loop is read together. */
  #wake(): void {
    if (this.#awake || this.#stopped || this.#retryTimer) return;
    this.#awake = true;
    const done = this.#parts.context.activity.begin(`stream of ${this.#mapping.functionArn}`);
    setImmediate(() => {
      this.#awake = false;
      try {
        if (!this.#stopped) for (const id of this.#shardIds()) this.#pump(this.#shard(id));
      } finally {
        done();
      }
    });
  }

  /** None when the stream is gone: its table was deleted, and the mapping has nothing to do any more. */
  #shardIds(): readonly string[] {
    try {
      return this.#source.shards(this.#mapping.eventSourceArn);
    } catch (error) {
      this.#parts.onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
      return [];
    }
  }

  #shard(id: string): Shard {
    let shard = this.#shards.get(id);
    if (!shard) {
      const { parallelization, uuid } = this.#mapping;
      const kept = this.#parts.checkpoints.read(uuid, id) ?? [undefined];
      // With another parallelization than before, records are spread differently: all lanes begin at the last place
      // that every one of them had passed.
      const lowest = kept.reduce((low, at) => (at === undefined || (low !== undefined && isAfter(low, at)) ? at : low));
      const lanes = Array.from({ length: parallelization }, (_, index) =>
        this.#lane(id, kept.length === parallelization ? kept[index] : lowest),
      );
      shard = { id, lanes, position: lowest };
      this.#shards.set(id, shard);
    }
    return shard;
  }

  #lane(shardId: string, done: Position): StreamLane {
    const { checkpoints, context } = this.#parts;
    const { uuid, tumblingSeconds, eventSourceArn } = this.#mapping;
    const open = checkpoints.readWindow(uuid, shardId);
    const windows = tumblingSeconds
      ? new TumblingWindows(tumblingSeconds, { shardId, streamArn: eventSourceArn }, open)
      : undefined;
    // Windows were switched off: nobody waits for their state any more.
    if (open && !windows) checkpoints.writeWindow(uuid, shardId, undefined);
    return new StreamLane(
      {
        context,
        mapping: this.#mapping,
        invoke: (event) => this.#invoke(event),
        discard: (records, why) => discardRecords(this.#parts, this.#mapping, { shardId, records, why }),
        progressed: () => this.#progressed(shardId),
        keepWindow: (window) => checkpoints.writeWindow(uuid, shardId, window),
      },
      done,
      windows,
    );
  }

  /** Reads what is new, hands it to the lanes, and starts those that have something to do. */
  #pump(shard: Shard): void {
    if (this.#stopped) return;
    const { batchSize, parallelization } = this.#mapping;
    const most = Math.max(batchSize * parallelization * READ_AHEAD_BATCHES, READ_AT_ONCE);
    let passed = false;
    for (;;) {
      const room = most - shard.lanes.reduce((sum, lane) => sum + lane.waiting, 0);
      if (room <= 0) break;
      const records = this.#read(shard, Math.min(room, READ_AT_ONCE));
      if (records.length === 0) break;
      for (const record of records) {
        shard.position = record.dynamodb.SequenceNumber;
        const lane = shard.lanes[laneOf(record, parallelization)]!;
        if (isAfter(shard.position, lane.done) && this.#fits(record)) lane.add(record);
        else passed = true;
      }
    }
    if (passed) this.#keepCheckpoint(shard);
    for (const lane of shard.lanes) lane.kick();
  }

  #read(shard: Shard, limit: number): readonly StreamRecord[] {
    if (!this.#mayRead()) return [];
    try {
      return this.#source.read(this.#mapping.eventSourceArn, shard.id, shard.position, limit);
    } catch (error) {
      this.#parts.onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
      return [];
    }
  }

  /** Iterators of AWS outlive a right by minutes; here all that the mapping needs is asked for at every read. */
  #mayRead(): boolean {
    try {
      this.#permission.check(SOURCE_ACTIONS.dynamodb);
      this.#denials = 0;
      return true;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#parts.onResult(this.#mapping.uuid, `PROBLEM: ${error.message}`);
      this.#retryLater();
      return false;
    }
  }

  #retryLater(): void {
    if (this.#retryTimer || this.#stopped) return;
    const { clock } = this.#parts.context;
    this.#denials++;
    this.#retryTimer = clock.after(backoff(this.#denials), `retry of ${this.#mapping.functionArn}`, () => {
      this.#retryTimer = undefined;
      this.#wake();
    });
  }

  #progressed(id: string): void {
    const shard = this.#shard(id);
    this.#keepCheckpoint(shard);
    this.#pump(shard);
  }

  #keepCheckpoint(shard: Shard): void {
    // A lane with nothing to do has passed everything that was read.
    const lanes = shard.lanes.map((lane) => (lane.waiting === 0 ? shard.position : lane.done));
    this.#parts.checkpoints.write(this.#mapping.uuid, shard.id, lanes);
  }

  async #invoke({ payload, records, about, causes }: StreamEvent) {
    const { functions, invoker, context, onResult } = this.#parts;
    try {
      const target = functions.resolve(this.#mapping.functionArn, context);
      const batch = { payload, records, about, causes };
      const result = await invoker.invoke(target, { ...batch, trigger: 'dynamodb', counted: true });
      onResult(this.#mapping.uuid, result.functionError ? 'PROBLEM: Function call failed' : 'OK');
      return result;
    } catch (error) {
      onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
      throw error;
    }
  }
}

/** The same lane for all records of an item, so that they keep their order. */
function laneOf(record: StreamRecord, lanes: number): number {
  if (lanes === 1) return 0;
  const keys = itemKey(record);
  let hash = 2_166_136_261;
  for (let index = 0; index < keys.length; index++) hash = Math.imul(hash ^ keys.charCodeAt(index), 16_777_619);
  return (hash >>> 0) % lanes;
}
