import { Bins } from './bins';
import { hashOn, Sieve } from './sieve';

/** Items by how a text starts, or by how it ends: a text leads to the items of all its beginnings (or endings). */
export class TextEnds<T extends object> {
  readonly #side: 'start' | 'end';
  readonly #bins = new Bins<string, T>();
  /** By length, how many bins there are. */
  readonly #lengths: number[] = [];
  #sieve = new Sieve(0);

  constructor(side: 'start' | 'end') {
    this.#side = side;
  }

  crowd(part: string): number {
    return this.#bins.crowd(part);
  }

  add(part: string, item: T): void {
    if (!this.#bins.add(part, item)) return;
    while (this.#lengths.length <= part.length) this.#lengths.push(0);
    this.#lengths[part.length] = (this.#lengths[part.length] as number) + 1;
    if (this.#bins.size <= this.#sieve.capacity) {
      this.#sieve.add(this.#hashOf(part));
    } else {
      this.#sieve = new Sieve(2 * this.#bins.size);
      for (const some of this.#bins.keys()) this.#sieve.add(this.#hashOf(some));
    }
  }

  delete(part: string, item: T): void {
    if (!this.#bins.delete(part, item)) return;
    this.#lengths[part.length] = (this.#lengths[part.length] as number) - 1;
    while (this.#lengths.at(-1) === 0) this.#lengths.pop();
  }

  each(text: string, visit: (item: T) => void): void {
    const longest = Math.min(this.#lengths.length - 1, text.length);
    let hash = 0;
    for (let length = 0; ; length++) {
      if ((this.#lengths[length] as number) > 0 && this.#sieve.passes(hash)) {
        this.#bins.each(this.#side === 'start' ? text.slice(0, length) : text.slice(text.length - length), visit);
      }
      if (length >= longest) return;
      hash = hashOn(hash, text.charCodeAt(this.#side === 'start' ? length : text.length - 1 - length));
    }
  }

  /** Begun at the end that counts, so that the hash of a part is on the way to that of the text. */
  #hashOf(part: string): number {
    let hash = 0;
    for (let at = 0; at < part.length; at++) {
      hash = hashOn(hash, part.charCodeAt(this.#side === 'start' ? at : part.length - 1 - at));
    }
    return hash;
  }
}
