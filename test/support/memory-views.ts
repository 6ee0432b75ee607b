import type { RowRefused, ViewRows } from '../../functions/application/read-models/ports';
import type { ViewRow } from '../../functions/application/read-models/rows';

export type ViewCall = { readonly call: 'getMany' | 'put'; readonly streams: readonly string[] };

/** Rows in memory, under the conditions of the Views table. It notes every call, as each is a call of the SDK. */
export class MemoryViewRows implements ViewRows {
  readonly rows = new Map<string, ViewRow>();
  readonly calls: ViewCall[] = [];
  /** Runs before a put looks at the row: a place for another writer, or for a crash. */
  beforePut: (row: ViewRow) => void = () => {};
  /** Runs when a put has been done: a place for an answer that is lost. */
  afterPut: (row: ViewRow) => void = () => {};

  async getMany(streams: readonly string[]) {
    this.calls.push({ call: 'getMany', streams });
    if (new Set(streams).size < streams.length) throw new Error('a stream may be named once only');
    return new Map(streams.flatMap((stream) => [...this.rows].filter(([key]) => key === stream)));
  }

  async put(row: ViewRow, before: ViewRow | undefined) {
    this.calls.push({ call: 'put', streams: [row.stream] });
    this.beforePut(row);
    const current = this.rows.get(row.stream);
    if (current?.version !== before?.version || current?.fault?.seen !== before?.fault?.seen) {
      return { written: false, current } as const;
    }
    this.rows.set(row.stream, row);
    this.afterPut(row);
    return { written: true } as const;
  }
}

export function rowRefused(message: string): RowRefused {
  return Object.assign(new Error(message), { code: 'row-refused' as const });
}
