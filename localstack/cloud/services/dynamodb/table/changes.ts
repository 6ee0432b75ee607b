import type { Trace } from '../../../core/trace';
import type { StreamLog } from '../streams/stream-log';
import type { KeySchema } from './key-schema';
import type { StoredItem } from './stored-item';
import type { Origin, Table } from './table';

type Change = { readonly stream: StreamLog; readonly append: () => void };

/**
 * What the writes of one request have to tell, told when all of them are done: the stream records, in the order of
 * the writes or, for a transaction, in any order; then a wake-up for each stream's readers.
 */
export class Changes {
  readonly #trace: Trace;
  readonly #changes: Change[] = [];
  readonly #expiring = new Set<Table>();

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  record(
    stream: StreamLog,
    keys: KeySchema,
    key: string,
    before: StoredItem | undefined,
    after: StoredItem | undefined,
    origin: Origin,
  ): void {
    // Told later, but caused now.
    const { cause } = this.#trace;
    this.#changes.push({ stream, append: () => stream.append(keys, key, before, after, origin, cause) });
  }

  /** A table has got an item that may expire. */
  expiring(table: Table): void {
    this.#expiring.add(table);
  }

  /** `random` (0 ≤ n < 1) mixes the records. */
  publish(options: { random?: () => number; scheduleExpiry: (table: Table) => void }): void {
    if (options.random) shuffle(this.#changes, options.random);
    for (const { append } of this.#changes) append();
    for (const table of this.#expiring) options.scheduleExpiry(table);
    if (this.#changes.length === 1) this.#changes[0]?.stream.wake();
    else for (const stream of new Set(this.#changes.map((change) => change.stream))) stream.wake();
  }
}

function shuffle<T>(values: T[], random: () => number): void {
  for (let at = values.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [values[at], values[other]] = [values[other] as T, values[at] as T];
  }
}
