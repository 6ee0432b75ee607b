import { afterPrefix, joinKey } from '../../../core/key';
import type { Space } from '../../../core/store';

/** The sequence number up to which everything is done; undefined: nothing, begin at the trim horizon. */
export type Position = string | undefined;

/** How far each mapping has come in each shard, for each of its parallel lanes. */
export class Checkpoints {
  readonly #space: Space;

  constructor(space: Space) {
    this.#space = space;
  }

  read(mapping: string, shard: string): Position[] | undefined {
    const text = this.#space.get(joinKey(mapping, shard));
    return text === undefined ? undefined : (JSON.parse(text) as (string | null)[]).map((at) => at ?? undefined);
  }

  write(mapping: string, shard: string, lanes: readonly Position[]): void {
    this.#space.put(joinKey(mapping, shard), JSON.stringify(lanes.map((at) => at ?? null)));
  }

  remove(mapping: string): void {
    const prefix = joinKey(mapping);
    for (const [key] of [...this.#space.range({ start: prefix, end: afterPrefix(prefix) })]) this.#space.remove(key);
  }
}

/** Sequence numbers are whole numbers of up to 40 digits, written without leading zeros. */
export const isAfter = (a: string, b: Position): boolean =>
  b === undefined || a.length > b.length || (a.length === b.length && a > b);
