/**
 * Something to add to a counter. A counter is a row of named numbers, found by its series and its key in it: `sales#minute` and
 * `2026-11-21T12:34#EUR`, say. Keys of a series sort as text.
 */
export type Increment = {
  readonly series: string;
  readonly key: string;
  /** Whole numbers, by name; a name that is new begins at 0. */
  readonly add: Readonly<Record<string, number>>;
  /** When the row may go; it is not shown any more from then on. Undefined: never. */
  readonly expires?: Date;
  /** The list that the row is ranked in, by its number `quantity`; always the same for a row. Undefined: none. */
  readonly ranking?: string;
};

/** A counter, summed over the shards that it is kept in. */
export type Counter = { readonly key: string; readonly values: Readonly<Record<string, number>> };

export type CounterRange = {
  readonly series: string;
  /** Keys from this one on, and up to and with that one. */
  readonly from?: string;
  readonly to?: string;
};

/** The generation of the counters (`read-models/generations.ts`, projection `insights`); 0: those that belong to none. */
export interface CounterReader {
  /** In the order of their keys. Consistent. Costs one query a shard and page: the caller bounds the range. */
  read(generation: number, range: CounterRange): Promise<readonly Counter[]>;
}

/** Ranked rows by their number `quantity`. */
export interface RankingReader {
  /** The highest first; of equal ones at the end of the page, any. Eventually consistent. Costs a query a shard, however long the list is. */
  top(generation: number, series: string, ranking: string, limit: number): Promise<readonly Counter[]>;
}

export interface CounterWriter {
  /** At least once: for counts that a repetition does not spoil. One write for each row. */
  add(generation: number, increments: readonly Increment[]): Promise<void>;
}
