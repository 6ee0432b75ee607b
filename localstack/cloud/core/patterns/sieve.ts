/** So many bits for each text that hardly one text in fifty passes that should not. */
const BITS_PER_TEXT = 32;
const SMALLEST = 256;

/** Tells of most texts, by their hash, that they are not among some: with one look, and without making the text. */
export class Sieve {
  readonly #bits: Uint32Array;
  readonly #shift: number;
  /** How many texts it is good for. */
  readonly capacity: number;

  constructor(texts: number) {
    const log = Math.ceil(Math.log2(Math.max(texts, SMALLEST) * BITS_PER_TEXT));
    this.#bits = new Uint32Array(2 ** log / 32);
    this.#shift = 32 - log;
    this.capacity = 2 ** log / BITS_PER_TEXT;
  }

  add(hash: number): void {
    const bit = Math.imul(hash, 0x9e3779b1) >>> this.#shift;
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) | (1 << (bit & 31));
  }

  passes(hash: number): boolean {
    const bit = Math.imul(hash, 0x9e3779b1) >>> this.#shift;
    return (((this.#bits[bit >>> 5] as number) >>> (bit & 31)) & 1) === 1;
  }
}

const BASE = 31;

/** The hash of a text one character longer. */
export const hashOn = (hash: number, char: number): number => (Math.imul(hash, BASE) + char) | 0;

/** What the first character of a text of this length counts in its hash. */
export function firstWeight(length: number): number {
  let weight = 1;
  for (let at = 1; at < length; at++) weight = Math.imul(weight, BASE);
  return weight;
}

/** The hash of the first characters of `text`. */
export function hashOf(text: string, length = text.length): number {
  let hash = 0;
  for (let at = 0; at < length; at++) hash = hashOn(hash, text.charCodeAt(at));
  return hash;
}
