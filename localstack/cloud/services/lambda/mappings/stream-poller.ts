import type { StreamRecord, StreamSource } from '../../../core/peers';
import type { CloudContext } from '../../../core/service';
import type { Destinations } from '../destinations';
import type { Invoker } from '../execution/invoker';
import { rolePrincipal } from '../execution/role-credentials';
import type { Functions } from '../functions';
import { type Checkpoints, isAfter, type Position } from './checkpoints';
import type { MappingRecord, Poller } from './mapping-record';
import { streamFilter } from './record-filter';
import { type Discard, StreamLane } from './stream-lane';

export type PollerParts = {
  readonly context: CloudContext;
  readonly functions: Functions;
  readonly invoker: Invoker;
  readonly destinations: Destinations;
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
  #unsubscribe: (() => void) | undefined;
  #awake = false;
  #stopped = false;

  constructor(mapping: MappingRecord, parts: PollerParts) {
    this.#mapping = mapping;
    this.#parts = parts;
    this.#source = parts.context.registry.peer('dynamodb');
    this.#fits = streamFilter(mapping.filters);
  }

  start(): void {
    this.#unsubscribe = this.#source.onWrite(this.#mapping.eventSourceArn, () => this.#wake());
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe?.();
    await Promise.all([...this.#shards.values()].flatMap(({ lanes }) => lanes.map((lane) => lane.stop())));
  }

  /** What is written in one turn of the event loop is read together. */
  #wake(): void {
    if (this.#awake || this.#stopped) return;
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
      const lanes = Array.from(
        { length: parallelization },
        (_, index): StreamLane =>
          new StreamLane(
            {
              context: this.#parts.context,
              mapping: this.#mapping,
              invoke: (payload, records) => this.#invoke(payload, records),
              discard: (records, why) => this.#discard(id, records, why),
              progressed: () => this.#progressed(id),
            },
            kept.length === parallelization ? kept[index] : lowest,
          ),
      );
      shard = { id, lanes, position: lowest };
      this.#shards.set(id, shard);
    }
    return shard;
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
    try {
      return this.#source.read(this.#mapping.eventSourceArn, shard.id, shard.position, limit);
    } catch (error) {
      this.#parts.onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
      return [];
    }
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

  async #invoke(payload: string, records: number) {
    const { functions, invoker, context, onResult } = this.#parts;
    try {
      const target = functions.resolve(this.#mapping.functionArn, context);
      const result = await invoker.invoke(target, { payload, trigger: 'dynamodb', records });
      onResult(this.#mapping.uuid, result.functionError ? 'PROBLEM: Function call failed' : 'OK');
      return result;
    } catch (error) {
      onResult(this.#mapping.uuid, `PROBLEM: ${(error as Error).message}`);
      throw error;
    }
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html: a pointer, not the records. */
  #discard(shardId: string, records: readonly StreamRecord[], { condition, attempts, result }: Discard): void {
    const { context, destinations, functions } = this.#parts;
    const { onFailure, functionArn, eventSourceArn } = this.#mapping;
    if (!onFailure) return;
    const [first, last] = [records[0]!, records[records.length - 1]!];
    const arrival = ({ dynamodb }: StreamRecord) =>
      new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString().replace(/\.000Z$/, 'Z');
    const body = JSON.stringify({
      requestContext: {
        requestId: result?.requestId ?? '',
        functionArn,
        condition,
        approximateInvokeCount: attempts,
      },
      ...(result
        ? {
            responseContext: {
              statusCode: 200,
              executedVersion: result.executedVersion,
              ...(result.functionError ? { functionError: result.functionError } : {}),
            },
          }
        : {}),
      version: '1.0',
      timestamp: new Date(context.clock.now()).toISOString(),
      DDBStreamBatchInfo: {
        shardId,
        startSequenceNumber: first.dynamodb.SequenceNumber,
        endSequenceNumber: last.dynamodb.SequenceNumber,
        approximateArrivalOfFirstRecord: arrival(first),
        approximateArrivalOfLastRecord: arrival(last),
        batchSize: records.length,
        streamArn: eventSourceArn,
      },
    });
    const target = functions.find(functionArn, context);
    if (!target) return;
    try {
      const role = rolePrincipal(target.config.role, target.record.name);
      destinations.send(onFailure, { body, succeeded: false, functionArn }, role);
    } catch (error) {
      destinations.reportFailure(target.record, onFailure, error);
    }
  }
}

/** The same lane for all records of an item, so that they keep their order. */
function laneOf(record: StreamRecord, lanes: number): number {
  if (lanes === 1) return 0;
  const keys = JSON.stringify(Object.entries(record.dynamodb.Keys).sort(([a], [b]) => (a < b ? -1 : 1)));
  let hash = 2_166_136_261;
  for (let index = 0; index < keys.length; index++) hash = Math.imul(hash ^ keys.charCodeAt(index), 16_777_619);
  return (hash >>> 0) % lanes;
}
