import { integerKey } from '../../../core/key';
import type { Space, Store } from '../../../core/store';
import { hashOf } from '../table/key-bytes';
import type { KeySchema } from '../table/key-schema';
import type { StoredItem } from '../table/stored-item';
import type { Origin } from '../table/table';
import { itemSize } from '../values/size';
import type { StreamInfo } from './stream-record';

/** How long records can be read. */
export const RETENTION = 24 * 3600 * 1000;

/** A record in the form of GetRecords. */
type LoggedRecord = {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** JSON. */
  readonly text: string;
  readonly position: number;
  /** The hop in the trace that wrote it. */
  readonly cause?: string;
};

const EXPIRED_BY = ',"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}';

/**
 * The records of one stream. Positions count up over all shards of a stream; a sequence number is a position in the
 * form that AWS gives it.
 */
export class StreamLog {
  #info: StreamInfo;
  readonly #records: Space;
  readonly #positions: Space;
  readonly #now: () => number;
  readonly #onFirst: (stream: StreamLog) => void;
  readonly #listeners = new Set<() => void>();
  #position: number;
  /** By shard: the position up to which records have been removed. */
  readonly #trimmed: number[];
  #empty: boolean;

  /** `onFirst` is called when the log gets a record after having had none: somebody has to trim it one day. */
  constructor(info: StreamInfo, store: Store, now: () => number, onFirst: (stream: StreamLog) => void) {
    this.#info = info;
    this.#records = store.space(`dynamodb.records.${info.arn}`);
    this.#positions = store.space('dynamodb.positions');
    this.#now = now;
    this.#onFirst = onFirst;
    const [position = 0, ...trimmed] = (this.#positions.get(info.arn) ?? '0').split(' ').map(Number);
    this.#position = position;
    this.#trimmed = info.shards.map((_, shard) => trimmed[shard] ?? 0);
    this.#empty = this.oldest() === undefined;
  }

  get info(): StreamInfo {
    return this.#info;
  }

  disable(info: StreamInfo): void {
    this.#info = info;
  }

  /** The position of the newest record; 0 before the first. */
  get position(): number {
    return this.#position;
  }

  append(
    keys: KeySchema,
    key: string,
    before: StoredItem | undefined,
    after: StoredItem | undefined,
    origin: Origin,
    cause: string | undefined,
  ): void {
    const { info } = this;
    const position = ++this.#position;
    const at = this.#now();
    const picked = keys.pick(((after ?? before) as StoredItem).item);
    const withNew = after && (info.view === 'NEW_IMAGE' || info.view === 'NEW_AND_OLD_IMAGES');
    const withOld = before && (info.view === 'OLD_IMAGE' || info.view === 'NEW_AND_OLD_IMAGES');
    const size = itemSize(picked) + (withNew ? after.size : 0) + (withOld ? before.size : 0);
    const eventName = before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT';
    const text =
      `{"eventID":"${info.idPrefix}${position.toString(16).padStart(16, '0')}","eventName":"${eventName}",` +
      `"eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"${info.region}","dynamodb":{` +
      `"ApproximateCreationDateTime":${Math.floor(at / 1000)},"Keys":${JSON.stringify(picked)},` +
      (withNew ? `"NewImage":${after.text},` : '') +
      (withOld ? `"OldImage":${before.text},` : '') +
      `"SequenceNumber":"${sequenceNumber(position)}","SizeBytes":${size},"StreamViewType":"${info.view}"}` +
      `${origin === 'time-to-live' ? EXPIRED_BY : ''}}`;
    this.#records.put(
      recordKey(hashOf(key) % info.shards.length, position),
      at + (cause === undefined ? text : ` ${cause}${text}`),
    );
    this.#save();
    if (this.#empty) {
      this.#empty = false;
      this.#onFirst(this);
    }
  }

  /** Tells the readers that there is something new. */
  wake(): void {
    for (const listener of this.#listeners) listener();
  }

  onWrite(listener: () => void): () => void {
    // A listener of its own for each caller, even if two hand in the same function.
    const own = () => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** The records of a shard behind position `after`, oldest first, that have not expired. */
  *read(shard: number, after: number): Generator<LoggedRecord> {
    const horizon = this.#now() - RETENTION;
    const range = { start: recordKey(shard, after + 1), end: recordKey(shard + 1, 0) };
    for (const [key, value] of this.#records.range(range)) {
      const at = timeOf(value);
      if (at <= horizon) continue;
      const brace = value.indexOf('{');
      const space = value.indexOf(' ');
      const cause = space >= 0 && space < brace ? { cause: value.slice(space + 1, brace) } : {};
      yield { at, text: value.slice(brace), position: Number(key.slice(1)), ...cause };
    }
  }

  /** The position of the newest record of a shard; undefined when it is empty. */
  newest(shard: number): number | undefined {
    const range = { start: recordKey(shard, 0), end: recordKey(shard + 1, 0), reverse: true, limit: 1 };
    for (const [key] of this.#records.range(range)) return Number(key.slice(1));
    return undefined;
  }

  /** The position up to which records of a shard are gone, whether removed yet or not. */
  trimmed(shard: number): number {
    const horizon = this.#now() - RETENTION;
    let trimmed = this.#trimmed[shard] ?? 0;
    const range = { start: recordKey(shard, trimmed + 1), end: recordKey(shard + 1, 0) };
    for (const [key, value] of this.#records.range(range)) {
      if (timeOf(value) > horizon) break;
      trimmed = Number(key.slice(1));
    }
    return trimmed;
  }

  /** When the oldest record was written, in milliseconds since 1970; undefined when there is none. */
  oldest(): number | undefined {
    let oldest: number | undefined;
    for (let shard = 0; shard < this.info.shards.length; shard++) {
      const range = { start: recordKey(shard, 0), end: recordKey(shard + 1, 0), limit: 1 };
      for (const [, value] of this.#records.range(range)) {
        const at = timeOf(value);
        oldest = Math.min(oldest ?? at, at);
      }
    }
    return oldest;
  }

  /** Removes the records that nobody can read any more. */
  trim(): void {
    const horizon = this.#now() - RETENTION;
    for (let shard = 0; shard < this.info.shards.length; shard++) {
      const gone: string[] = [];
      for (const [key, value] of this.#records.range({ start: recordKey(shard, 0), end: recordKey(shard + 1, 0) })) {
        if (timeOf(value) > horizon) break;
        gone.push(key);
      }
      for (const key of gone) {
        this.#records.remove(key);
        this.#trimmed[shard] = Number(key.slice(1));
      }
    }
    this.#empty = this.oldest() === undefined;
    this.#save();
  }

  clear(): void {
    this.#records.clear();
    this.#positions.remove(this.info.arn);
  }

  #save(): void {
    this.#positions.put(this.info.arn, [this.#position, ...this.#trimmed].join(' '));
  }
}

/** The log keeps `<time>[ <cause>]<JSON>`. */
const timeOf = (value: string): number => Number.parseInt(value, 10);

const recordKey = (shard: number, position: number): string => String.fromCharCode(shard) + integerKey(position);

/** 21 digits; they sort as text as they do as numbers. */
export const sequenceNumber = (position: number): string => `1${String(position).padStart(20, '0')}`;

/** The position behind a sequence number; undefined when it is none of ours. */
export function positionOf(text: string): number | undefined {
  return /^1\d{20}$/.test(text) ? Number(text.slice(1)) : undefined;
}
