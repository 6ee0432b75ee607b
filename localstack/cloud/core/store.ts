import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { afterPrefix } from './key';

export type Range = {
  /** First key, inclusive. */
  readonly start?: string;
  /** Last key, exclusive. */
  readonly end?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
};

/** What services see of the store: a sorted map of byte-string keys (see key.ts) to text. */
export interface Space {
  get(key: string): string | undefined;
  put(key: string, value: string): void;
  remove(key: string): void;
  /** Entries in key order (or backwards): at most `limit`. */
  range(range: Range): Iterable<readonly [key: string, value: string]>;
  /** Removes everything in this space. */
  clear(): void;
}

type Pending = { readonly value: string | undefined; readonly batch: number };

/**
 * All state of the local cloud, in one LMDB environment.
 *
 * Every read and write is synchronous, so an operation that does not `await` is atomic. Writes are seen at once by
 * every reader, gather in memory, and go to disk together: one LMDB transaction, one sync, for all that was written
 * while the transaction before was on its way. `durable()` resolves when everything written so far is on disk;
 * whoever acknowledges a write waits for it. Batches reach the disk in the order of the writes, so whatever a crash
 * leaves is a prefix of what happened: no effect without its cause.
 */
export class Store {
  readonly #db: RootDatabase<string, Buffer>;
  /** Written and not on disk yet, by space and key; an undefined value is a removal. Shadows the database. */
  readonly #pending = new Map<string, Map<string, Pending>>();
  /** The batch that writes join now; batches below it are on their way to disk or there. */
  #batch = 1;
  #batchHasWrites = false;
  #durableBatch = 0;
  /** The newest batch that somebody may wait for; the newer ones have only what was written lazily. */
  #awaitedBatch = 0;
  #writes = 0;
  #lazy = false;
  #lazyFlush: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #turn: Promise<void> | undefined;
  #failure: Error | undefined;
  #closed = false;

  /** `sync: false` skips the sync to disk (tests): a crash of the machine may then lose data, a crash of Node not. */
  constructor(options: { dir: string; sync: boolean }) {
    mkdirSync(options.dir, { recursive: true });
    const path = `${options.dir}/store.mdb`;
    if (options.sync && !existsSync(path)) makeEmpty(path);
    this.#db = open({
      path,
      noSubdir: true,
      encoding: 'string',
      keyEncoding: 'binary',
      overlappingSync: false,
      noSync: !options.sync,
      // The map is address space, not memory; a fixed one never has to move under the readers.
      mapSize: 2 ** 36,
    }) as RootDatabase<string, Buffer>;
  }

  /** The keys that begin with `name`, as a map of their own. */
  space(name: string): Space {
    const prefix = `${name}\0`;
    let pending = this.#pending.get(prefix);
    if (!pending) {
      pending = new Map();
      this.#pending.set(prefix, pending);
    }
    const shadow = pending;
    return {
      get: (key) => {
        const written = shadow.get(key);
        return written ? written.value : this.#db.get(toBytes(prefix + key));
      },
      put: (key, value) => this.#write(shadow, key, value),
      remove: (key) => this.#write(shadow, key, undefined),
      range: (range) => this.#range(prefix, shadow, range),
      clear: () => {
        for (const [key] of [...this.#range(prefix, shadow, {})]) this.#write(shadow, key, undefined);
      },
    };
  }

  /** Counts writes; a caller that sees it change knows that it has something to wait for. */
  get writes(): number {
    return this.#writes;
  }

  /**
   * Runs `run`, and makes what it writes (logs) a thing that nobody waits for: it does not count in `writes`, `durable()` does
   * not wait for it, and it goes to disk along with the next that somebody waits for, or a little later.
   */
  lazily<T>(run: () => T): T {
    const before = this.#lazy;
    this.#lazy = true;
    try {
      return run();
    } finally {
      this.#lazy = before;
    }
  }

  /** What is written from now to the end of this turn of the event loop goes to disk together: all of it or nothing. */
  together(): void {
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#turn = undefined;
        resolve();
      });
    });
  }

  /** Resolves when everything written before this call and not lazily is on disk; rejects when the disk refused it. */
  async durable(): Promise<void> {
    if (this.#failure) throw this.#failure;
    const wanted = this.#awaitedBatch;
    // The batch on its way may be older than the caller's writes, so at most two have to land.
    while (this.#durableBatch < wanted) await this.#flush();
  }

  /** As `durable`, and what was written lazily too. */
  async #settled(): Promise<void> {
    if (this.#batchHasWrites) this.#awaitedBatch = this.#batch;
    await this.durable();
    await this.#flushing;
  }

  /** Writes what is durable now to a new file, readable by `replaceWith`. */
  async copyTo(path: string): Promise<void> {
    await this.#settled();
    await this.#db.backup(path, true);
  }

  /**
   * Makes the content that of a copy, all or nothing also in a crash. Nobody may write meanwhile, and whoever holds values in
   * memory has to read them again.
   */
  async replaceWith(path: string): Promise<void> {
    if (!existsSync(path)) throw new Error(`no copy of a store at ${path}`);
    await this.#settled();
    const copy = open({
      path,
      noSubdir: true,
      encoding: 'string',
      keyEncoding: 'binary',
      readOnly: true,
    }) as RootDatabase<string, Buffer>;
    try {
      this.#db.transactionSync(() => {
        this.#db.clearSync();
        for (const { key, value } of copy.getRange({})) this.#db.putSync(key, value);
      });
    } finally {
      await copy.close();
    }
  }

  /**
   * Empties the spaces of these names (`*` at the end: all that begin so), all or nothing also in a crash. Nobody may write
   * meanwhile, and whoever holds values in memory has to read them again.
   */
  async empty(names: readonly string[]): Promise<void> {
    await this.#settled();
    this.#db.transactionSync(() => {
      for (const name of names) {
        const prefix = name.endsWith('*') ? name.slice(0, -1) : `${name}\0`;
        const range = { start: toBytes(prefix), end: toBytes(afterPrefix(prefix)) };
        for (const key of [...this.#db.getKeys(range)]) this.#db.removeSync(key);
      }
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#settled();
    this.#closed = true;
    await this.#db.close();
  }

  #write(shadow: Map<string, Pending>, key: string, value: string | undefined): void {
    if (this.#closed) return;
    if (this.#failure) throw this.#failure;
    shadow.set(key, { value, batch: this.#batch });
    this.#batchHasWrites = true;
    if (!this.#lazy) {
      this.#writes++;
      if (this.#awaitedBatch === this.#batch) return;
      this.#awaitedBatch = this.#batch;
    }
    // Nobody may ask for durability (a checkpoint): such writes go to disk by themselves.
    if (!this.#flushing) this.#flushSoon();
  }

  /** Sees to it that what the batch has goes to disk: at once if somebody may wait for it. */
  #flushSoon(): void {
    const flush = () => void this.#flush().catch(() => {});
    if (this.#awaitedBatch === this.#batch) setImmediate(flush);
    else {
      // Real time: how much of a log a crash may lose is no business of the cloud's clock.
      this.#lazyFlush ??= setTimeout(() => {
        this.#lazyFlush = undefined;
        flush();
      }, LAZY_FLUSH_MS).unref();
    }
  }

  *#range(prefix: string, pending: Map<string, Pending>, range: Range): Generator<readonly [string, string]> {
    const start = range.start ?? '';
    const end = range.end;
    const limit = range.limit ?? Number.POSITIVE_INFINITY;
    const reverse = range.reverse ?? false;
    if ((end !== undefined && start >= end) || limit <= 0) return;
    const shadow = [...pending]
      .filter(([key]) => key >= start && (end === undefined || key < end))
      .sort(([a], [b]) => (a < b !== reverse ? -1 : 1));
    const lower = toBytes(prefix + start);
    const upper = toBytes(end === undefined ? afterPrefix(prefix) : prefix + end);
    // LMDB reads a reversed range from its (exclusive) upper end downwards: ask for one more and drop the bound itself.
    const stored = this.#db
      .getRange(
        reverse
          ? { start: upper, end: lower, reverse: true, inclusiveEnd: true, exclusiveStart: true }
          : { start: lower, end: upper },
      )
      [Symbol.iterator]();
    const keyOf = (entry: { key: Buffer }) => fromBytes(entry.key).slice(prefix.length);
    const before = (a: string, b: string) => (reverse ? a > b : a < b);
    let next = stored.next();
    let count = 0;
    try {
      for (const [key, { value }] of shadow) {
        for (; !next.done && before(keyOf(next.value), key); next = stored.next()) {
          yield [keyOf(next.value), next.value.value];
          if (++count >= limit) return;
        }
        if (!next.done && keyOf(next.value) === key) next = stored.next();
        if (value === undefined) continue;
        yield [key, value];
        if (++count >= limit) return;
      }
      for (; !next.done; next = stored.next()) {
        yield [keyOf(next.value), next.value.value];
        if (++count >= limit) return;
      }
    } finally {
      stored.return?.();
    }
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#commit().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #commit(): Promise<void> {
    if (!this.#batchHasWrites) return;
    if (this.#turn) await this.#turn;
    const batch = this.#batch++;
    this.#batchHasWrites = false;
    // A key written again while this batch is on its way is shadowed by the newer write, and goes with the next.
    const writes: { shadow: Map<string, Pending>; prefix: string; key: string; pending: Pending }[] = [];
    for (const [prefix, shadow] of this.#pending) {
      for (const [key, pending] of shadow) if (pending.batch === batch) writes.push({ shadow, prefix, key, pending });
    }
    try {
      await this.#db.batch(() => {
        for (const { prefix, key, pending } of writes) {
          if (pending.value === undefined) this.#db.remove(toBytes(prefix + key));
          else this.#db.put(toBytes(prefix + key), pending.value);
        }
      });
    } catch (cause) {
      this.#failure = new Error('the local cloud could not write its state to disk', { cause });
      throw this.#failure;
    }
    this.#durableBatch = batch;
    for (const { shadow, key, pending } of writes) if (shadow.get(key) === pending) shadow.delete(key);
    if (this.#batchHasWrites) this.#flushSoon();
  }
}

/** The longest that a lazy write stays in memory, in milliseconds, while the disk is free. */
const LAZY_FLUSH_MS = 50;

/**
 * Makes the file of an empty store, whole on disk before it has its name: LMDB writes the first pages of a new file without a
 * sync, and the process dies when it opens a file of which a power cut has left only a part.
 */
function makeEmpty(path: string): void {
  const aside = `${path}.new`;
  rmSync(aside, { force: true });
  // Closes at once: nothing is on its way.
  void open({ path: aside, noSubdir: true }).close();
  syncToDisk(aside, 'r+');
  renameSync(aside, path);
  rmSync(`${aside}-lock`, { force: true });
  // The names too. Windows has no sync of directories.
  if (process.platform === 'win32') return;
  syncToDisk(dirname(path), 'r');
  syncToDisk(dirname(dirname(path)), 'r');
}

function syncToDisk(path: string, flags: 'r' | 'r+'): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const toBytes = (key: string): Buffer => Buffer.from(key, 'latin1');
const fromBytes = (key: Buffer): string => key.toString('latin1');
