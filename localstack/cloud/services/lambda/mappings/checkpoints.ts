import { afterPrefix, joinKey } from '../../../core/key';
import type { Space, Store } from '../../../core/store';
import type { OpenWindow } from './tumbling-window';

/** The sequence number up to which everything is done; undefined: nothing, begin at the trim horizon. */
export type Position = string | undefined;

const POSITIONS = 'lambda-checkpoints';
const WINDOWS = 'lambda-windows';

/** The spaces of the store that hold how far the mappings have come. */
export const CHECKPOINT_SPACES: readonly string[] = [POSITIONS, WINDOWS];

/**
 * How far each mapping has come in each shard, for each of its parallel lanes, and the state of its open tumbling window.
 * What is written of both without an `await` between reaches the disk together.
 */
export class Checkpoints {
  readonly #positions: Space;
  readonly #windows: Space;

  constructor(store: Store) {
    this.#positions = store.space(POSITIONS);
    this.#windows = store.space(WINDOWS);
  }

  read(mapping: string, shard: string): Position[] | undefined {
    const text = this.#positions.get(joinKey(mapping, shard));
    return text === undefined ? undefined : (JSON.parse(text) as (string | null)[]).map((at) => at ?? undefined);
  }

  write(mapping: string, shard: string, lanes: readonly Position[]): void {
    this.#positions.put(joinKey(mapping, shard), JSON.stringify(lanes.map((at) => at ?? null)));
  }

  readWindow(mapping: string, shard: string): OpenWindow | undefined {
    const text = this.#windows.get(joinKey(mapping, shard));
    return text === undefined ? undefined : (JSON.parse(text) as OpenWindow);
  }

  writeWindow(mapping: string, shard: string, window: OpenWindow | undefined): void {
    const key = joinKey(mapping, shard);
    if (window) this.#windows.put(key, JSON.stringify(window));
    else this.#windows.remove(key);
  }

  remove(mapping: string): void {
    const prefix = joinKey(mapping);
    for (const space of [this.#positions, this.#windows]) {
      for (const [key] of [...space.range({ start: prefix, end: afterPrefix(prefix) })]) space.remove(key);
    }
  }
}

/** Sequence numbers are whole numbers of up to 40 digits, written without leading zeros. */
export const isAfter = (a: string, b: Position): boolean =>
  b === undefined || a.length > b.length || (a.length === b.length && a > b);
