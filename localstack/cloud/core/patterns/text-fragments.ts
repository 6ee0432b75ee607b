import { Bins } from './bins';
import { firstWeight, hashOf, hashOn, Sieve } from './sieve';

/** The longest one that a text has is taken; of few lengths, because each costs a walk through the texts to be matched. */
const LENGTHS = [8, 4, 3, 2, 1];
/** A text of a pattern has few fragments that differ in how many others have them. */
const MOST_CHOICES = 64;

/** Items by a fragment of a text: a text leads to the items of all fragments that stand anywhere in it. */
export class TextFragments<T extends object> {
  readonly #byLength = new Map<number, FragmentsOfLength<T>>();

  /**
   * The fragment of `text` that the fewest items have, the last of them: texts differ at their ends more often than
   * where they begin. `text` must not be empty.
   */
  rarest(text: string): string {
    const length = LENGTHS.find((some) => some <= text.length) as number;
    let rarest = '';
    let crowd = Number.POSITIVE_INFINITY;
    const last = text.length - length;
    for (let at = last; at >= 0 && at > last - MOST_CHOICES && crowd > 0; at--) {
      const fragment = text.slice(at, at + length);
      const others = this.crowd(fragment);
      if (others >= crowd) continue;
      rarest = fragment;
      crowd = others;
    }
    return rarest;
  }

  crowd(fragment: string): number {
    return this.#byLength.get(fragment.length)?.bins.crowd(fragment) ?? 0;
  }

  add(fragment: string, item: T): void {
    let fragments = this.#byLength.get(fragment.length);
    if (!fragments) {
      fragments = new FragmentsOfLength(fragment.length);
      this.#byLength.set(fragment.length, fragments);
    }
    fragments.add(fragment, item);
  }

  delete(fragment: string, item: T): void {
    const fragments = this.#byLength.get(fragment.length);
    if (fragments?.bins.delete(fragment, item) && fragments.bins.size === 0) this.#byLength.delete(fragment.length);
  }

  each(text: string, visit: (item: T) => void): void {
    for (const fragments of this.#byLength.values()) fragments.each(text, visit);
  }
}

class FragmentsOfLength<T extends object> {
  readonly bins = new Bins<string, T>();
  readonly #length: number;
  readonly #firstWeight: number;
  #sieve = new Sieve(0);

  constructor(length: number) {
    this.#length = length;
    this.#firstWeight = firstWeight(length);
  }

  add(fragment: string, item: T): void {
    if (!this.bins.add(fragment, item)) return;
    if (this.bins.size <= this.#sieve.capacity) {
      this.#sieve.add(hashOf(fragment));
    } else {
      this.#sieve = new Sieve(2 * this.bins.size);
      for (const some of this.bins.keys()) this.#sieve.add(hashOf(some));
    }
  }

  each(text: string, visit: (item: T) => void): void {
    const length = this.#length;
    if (text.length < length) return;
    let seen: Set<string> | undefined;
    let hash = hashOf(text, length);
    for (let end = length; ; end++) {
      if (this.#sieve.passes(hash)) {
        const fragment = text.slice(end - length, end);
        const crowd = this.bins.crowd(fragment);
        // Many are not to be visited for each of the times that a fragment stands in a text.
        if (crowd > 0 && !seen?.has(fragment)) this.bins.each(fragment, visit);
        if (crowd > 1) {
          seen ??= new Set();
          seen.add(fragment);
        }
      }
      if (end === text.length) return;
      const without = hash - Math.imul(text.charCodeAt(end - length), this.#firstWeight);
      hash = hashOn(without, text.charCodeAt(end));
    }
  }
}
