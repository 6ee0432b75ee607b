import type { Timer } from '../../../core/clock';
import { randomHex } from '../../../core/ids';
import { Records } from '../../../core/records';
import type { CloudContext } from '../../../core/service';
import type { StreamViewType, TableRecord } from '../table/table-record';
import { RETENTION, StreamLog } from './stream-log';
import type { StreamInfo } from './stream-record';

/** All streams, by ARN: those of tables, and those switched off less than a day ago. */
export class Streams {
  readonly #context: CloudContext;
  readonly #shards: number;
  readonly #infos: Records<StreamInfo>;
  readonly #logs = new Map<string, StreamLog>();
  readonly #timers = new Map<string, Timer>();

  /** `shards`: how many a new stream has. */
  constructor(context: CloudContext, shards: number) {
    this.#context = context;
    this.#shards = shards;
    this.#infos = new Records(context.store.space('dynamodb.streams'));
    for (const info of this.#infos.values()) this.#open(info);
  }

  /** Sets the timers that a restart has lost. */
  start(): void {
    for (const stream of this.#logs.values()) this.#scheduleTrim(stream);
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  get(arn: string): StreamLog | undefined {
    return this.#logs.get(arn);
  }

  all(): StreamLog[] {
    return [...this.#logs.values()];
  }

  create(table: TableRecord, view: StreamViewType): StreamLog {
    const now = this.#context.clock.now();
    const label = this.#label(table.arn, now);
    const info: StreamInfo = {
      arn: `${table.arn}/stream/${label}`,
      label,
      tableName: table.name,
      region: table.region,
      view,
      KeySchema: table.KeySchema,
      createdAt: now,
      shards: Array.from(
        { length: this.#shards },
        (_, shard) => `shardId-${String(now + shard).padStart(20, '0')}-${randomHex(8)}`,
      ),
      idPrefix: randomHex(16),
    };
    this.#infos.set(info.arn, info);
    return this.#open(info);
  }

  /** Ends a stream: nothing more is written to it, and after a day it is gone. */
  disable(arn: string): void {
    const info = this.#infos.get(arn);
    if (!info || info.disabledAt !== undefined) return;
    const disabled = { ...info, disabledAt: this.#context.clock.now() };
    this.#infos.set(arn, disabled);
    this.#logs.get(arn)?.disable(disabled);
    this.#scheduleTrim(this.#logs.get(arn) as StreamLog);
  }

  #open(info: StreamInfo): StreamLog {
    const { store, clock } = this.#context;
    const log = new StreamLog(
      info,
      store,
      () => clock.now(),
      (stream) => this.#scheduleTrim(stream),
    );
    this.#logs.set(info.arn, log);
    return log;
  }

  #scheduleTrim(stream: StreamLog): void {
    const { clock } = this.#context;
    const { arn, disabledAt } = stream.info;
    const since = disabledAt ?? stream.oldest();
    if (since === undefined) return;
    this.#timers.get(arn)?.cancel();
    const wait = since + RETENTION - clock.now();
    this.#timers.set(
      arn,
      clock.after(wait, `dynamodb: trim the stream of ${stream.info.tableName}`, () => this.#trim(stream)),
    );
  }

  #trim(stream: StreamLog): void {
    const { arn, disabledAt } = stream.info;
    this.#timers.delete(arn);
    if (disabledAt !== undefined && disabledAt + RETENTION <= this.#context.clock.now()) {
      stream.clear();
      this.#logs.delete(arn);
      this.#infos.delete(arn);
      return;
    }
    stream.trim();
    this.#scheduleTrim(stream);
  }

  /** The time of its creation; labels of one table's streams differ. */
  #label(tableArn: string, now: number): string {
    for (let at = now; ; at++) {
      const label = new Date(at).toISOString().replace('Z', '');
      if (!this.#logs.has(`${tableArn}/stream/${label}`)) return label;
    }
  }
}
