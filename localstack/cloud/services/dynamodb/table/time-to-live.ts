import { integerKey } from '../../../core/key';
import type { Space } from '../../../core/store';
import type { Item } from '../values/attribute-value';
import { member } from '../values/attribute-value';

/** A time longer ago than this is taken for something else than an expiry. */
const TOO_OLD = 5 * 365 * 24 * 3600;

/** Which items of a table expire when: an ordered list of (expiry, item key) in the store. */
export class TimeToLive {
  readonly attribute: string;
  readonly #expiries: Space;

  constructor(attribute: string, expiries: Space) {
    this.attribute = attribute;
    this.#expiries = expiries;
  }

  /** Keeps the list when an item changes. */
  note(key: string, before: Item | undefined, after: Item | undefined): void {
    const old = before && this.expiryOf(before);
    const now = after && this.expiryOf(after);
    if (old === now) return;
    if (old !== undefined) this.#expiries.remove(integerKey(old) + key);
    if (now !== undefined) this.#expiries.put(integerKey(now) + key, '1');
  }

  /** When an item expires, in seconds since 1970; undefined when it does not. */
  expiryOf(item: Item): number | undefined {
    const text = member(item, this.attribute)?.N;
    if (text === undefined) return undefined;
    const expiry = Math.floor(Number(text));
    return Number.isSafeInteger(expiry) && expiry >= 0 ? expiry : undefined;
  }

  /** When the next item expires, in seconds since 1970. `now`: in milliseconds. */
  next(now: number): number | undefined {
    const oldest = Math.max(0, Math.floor(now / 1000) - TOO_OLD);
    for (const [entry] of this.#expiries.range({ start: integerKey(oldest), limit: 1 })) {
      return Number(entry.slice(0, 16));
    }
    return undefined;
  }

  /** The keys of the items that have expired at `now` (milliseconds). */
  expired(now: number): string[] {
    const seconds = Math.floor(now / 1000);
    const range = { start: integerKey(Math.max(0, seconds - TOO_OLD)), end: integerKey(seconds + 1) };
    return [...this.#expiries.range(range)].map(([entry]) => entry.slice(16));
  }

  clear(): void {
    this.#expiries.clear();
  }
}
