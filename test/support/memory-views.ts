import type { RowPlace, RowRefused, ViewRows } from '../../functions/application/read-models/ports';
import type { ViewRow } from '../../functions/application/read-models/rows';

export type ViewCall = { readonly call: 'getMany' | 'put'; readonly streams: readonly string[] };

/** Rows in memory, under the conditions of the Views table. It notes every call, as each is a call of the SDK. */
export class MemoryViewRows implements ViewRows {
  readonly #copies = new Map<number, Map<string, ViewRow>>();
  readonly calls: ViewCall[] = [];
  /** Runs before a put looks at the row: a place for another writer, or for a crash. */
  beforePut: (row: ViewRow) => void = () => {};
  /** Runs when a put has been done: a place for an answer that is lost. */
  afterPut: (row: ViewRow) => void = () => {};

  /** The rows of a generation, by their streams. */
  copy(generation: number): Map<string, ViewRow> {
    const copy = this.#copies.get(generation) ?? new Map<string, ViewRow>();
    this.#copies.set(generation, copy);
    return copy;
  }

  /** Those of the first generation. */
  get rows(): Map<string, ViewRow> {
    return this.copy(1);
  }

  get generations(): readonly number[] {
    return [...this.#copies.keys()];
  }

  async getMany(places: readonly RowPlace[]) {
    this.calls.push({ call: 'getMany', streams: places.map(({ stream }) => stream) });
    const names = new Set(places.map(({ stream, generation }) => `${generation}@${stream}`));
    if (names.size < places.length) throw new Error('a place may be named once only');
    return places.flatMap(({ stream, generation }) => {
      const row = this.copy(generation).get(stream);
      return row ? [{ stream, generation, row }] : [];
    });
  }

  async put(generation: number, row: ViewRow, before: ViewRow | undefined) {
    this.calls.push({ call: 'put', streams: [row.stream] });
    this.beforePut(row);
    const copy = this.copy(generation);
    const current = copy.get(row.stream);
    if (current?.version !== before?.version || current?.fault?.seen !== before?.fault?.seen) {
      return { written: false, current } as const;
    }
    copy.set(row.stream, row);
    this.afterPut(row);
    return { written: true } as const;
  }
}

export function rowRefused(message: string): RowRefused {
  return Object.assign(new Error(message), { code: 'row-refused' as const });
}
